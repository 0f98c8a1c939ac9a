"""The schema for editors: it has every key, and agrees with the checks of the file."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from parallax.targets import TargetsError, checks, load, schema
from parallax.targets.described import DESCRIPTIONS

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
VALIDATOR = Draft7Validator(schema.schema())
ONLY_CHECKS = {
    "key-twice",  # YAML editors report it themselves
    "loop",
    "tag",
    "maintenance-on-no-day",
    "not-yaml",
    "name-twice",
    "maintenance-ends-before-it-starts",
    "maintenance-once-and-recurring",
    "maintenance-time-zone-unknown",
    "maintenance-without-zone",
    "maintenance-recurs-at-no-time",
    "cluster-no-key-can-hold",
    "labels-no-filter-can-use",
    "label-in-defaults",
    "runbook-no-url",
    "url-with-bad-port",
    "url-with-password",
    "interval-odd",
    "max-seconds-not-below-timeout",
    "request-does-not-fit",
    "login-does-not-fit",
    "pattern-not-supported",
}
"""Bad files whose problem a schema cannot express, or that another tool reports."""


def as_json(value: Any) -> Any:
    """Return YAML's content as editors pass it to a schema: instants are texts."""
    return json.loads(
        json.dumps(
            value, default=lambda v: v.isoformat() if isinstance(v, datetime) else v
        )
    )


def test_the_committed_schema_is_what_the_code_makes(tmp_path: Path) -> None:
    """`python -m parallax.targets.schema docs/schema` changes nothing."""
    schema.write(tmp_path)
    kept = ROOT / "docs" / "schema" / "targets.schema.json"
    assert kept.read_text() == (tmp_path / "targets.schema.json").read_text()


def test_the_schema_is_valid() -> None:
    """By its own draft."""
    Draft7Validator.check_schema(schema.schema())


def test_the_schema_has_each_key_that_the_file_may_have() -> None:
    """A key without a schema would be marked as an error in every editor."""
    known = {
        "": schema.TARGET,
        "healthy.": schema.HEALTHY,
        "reached.": schema.REACHED,
        "login.": schema.LOGIN,
        "public.": schema.PUBLIC,
        "maintenance.": schema.MAINTENANCE,
    }
    assert set(schema.TARGET) == set(checks.TARGET)
    for name, keys in checks.NESTED.items():
        assert set(known[f"{name}."]) == set(keys)
    assert set(schema.MAINTENANCE) == set(checks.KEYS)
    paths = {f"{at}{key}" for at, keys in known.items() for key in keys}
    assert set(DESCRIPTIONS) == paths | {"defaults", "targets"}


def test_the_shipped_file_names_its_schema_and_is_valid() -> None:
    """Editors with yaml-language-server find it by the first line."""
    text = (ROOT / "targets.yaml").read_text()
    assert text.startswith(
        "# yaml-language-server: $schema=docs/schema/targets.schema.json\n"
    )
    VALIDATOR.validate(as_json(yaml.safe_load(text)))


@pytest.mark.parametrize(
    "path", sorted((HERE / "good").iterdir()), ids=lambda path: path.stem
)
def test_a_good_file_is_good_for_both(path: Path) -> None:
    """An editor marks nothing, and the file loads."""
    VALIDATOR.validate(as_json(yaml.safe_load(path.read_text())))
    assert load(path, disabled=True)


@pytest.mark.parametrize(
    "path",
    [p for p in sorted((HERE / "bad").iterdir()) if p.stem not in ONLY_CHECKS],
    ids=lambda path: path.stem,
)
def test_a_bad_file_is_marked_in_an_editor(path: Path) -> None:
    """While a person types, and not at the deployment only."""
    assert not VALIDATOR.is_valid(as_json(yaml.safe_load(path.read_text())))
    with pytest.raises(TargetsError):
        load(path)


def test_the_list_of_what_only_the_checks_find_is_current() -> None:
    """Each name in it is a bad file."""
    assert {p.stem for p in (HERE / "bad").iterdir()} >= ONLY_CHECKS
