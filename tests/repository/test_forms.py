"""The issue forms ask for what a maintainer needs, and protect who fills them in."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from parallax.model.judgement import Hop

ROOT = Path(__file__).parents[2]
FORMS = {
    path.stem: yaml.safe_load(path.read_text())
    for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")
    if path.stem != "config"
}


def fields(form: str) -> dict[str, dict[str, Any]]:
    """Return the fields of a form by their ids."""
    return {item["id"]: item for item in FORMS[form]["body"] if "id" in item}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_warns_before_it_asks(form: str) -> None:
    """What to remove, or where to look, is the first text."""
    first = FORMS[form]["body"][0]
    assert first["type"] == "markdown"


def test_a_wrong_verdict_states_what_was_true() -> None:
    """And that secrets were removed; the snapshot itself is optional."""
    held = fields("wrong-verdict")
    required = {i for i, f in held.items() if f.get("validations", {}).get("required")}
    assert {"kind", "named", "true_cause", "path", "version"} == required
    assert held["cleaned"]["attributes"]["options"][0]["required"] is True


def test_the_hops_are_those_of_the_model() -> None:
    """In the order of a request."""
    options = fields("new-cause")["hop"]["attributes"]["options"]
    hops = [hop.value for hop in Hop if hop is not Hop.MONITOR]
    assert options == [*hops, "something else"]
