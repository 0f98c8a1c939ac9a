"""Rollback: what today's code stores, as the models of the last release read it.

In: an incident of each recording, and the schemas that the release's own models gave.
It does not: run the release's code.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parallax.diagnose.judge import judge
from parallax.model.advice import AdviceRecord
from parallax.model.finding import Incident
from parallax.model.wire import encode, schema
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.consumers.emitted import recorded
from tests.consumers.freeze import FOLDER
from tools.interfaces.breaking import breaking
from tools.interfaces.promise import opened

LAST = "0.1.0"
NEW_WORDS = {"affected"}
"""Of open lists. The release cannot read an item with one."""
MODELS = {"incident": Incident, "advice_record": AdviceRecord}


def frozen(name: str) -> dict[str, Any]:
    """Return the schema of a payload as the release read it."""
    return json.loads((FOLDER / LAST / f"items.{name}.schema.json").read_text())


def incidents() -> Iterator[Any]:
    """Yield an incident as it is stored, for each recording that begins one."""
    for _, snapshot in recorded():
        if incident := advance(None, judge(snapshot), snapshot, rules=Rules()):
            yield json.loads(json.dumps(encode(incident)))


def test_the_last_release_reads_today_s_incidents_but_for_the_new_words() -> None:
    """Each other error would lose an open incident at a rollback."""
    validator = Draft202012Validator(frozen("incident"))
    errors = [error for one in incidents() for error in validator.iter_errors(one)]
    leaves = [leaf for error in errors for leaf in _leaves(error)]
    assert {leaf.instance for leaf in leaves if leaf.validator == "enum"} <= NEW_WORDS
    tolerant = Draft202012Validator(opened(frozen("incident")))
    assert [e.message for one in incidents() for e in tolerant.iter_errors(one)] == []


def _leaves(error: Any) -> Iterator[Any]:
    """Yield the innermost causes of an error."""
    if not error.context:
        yield error
    for inner in error.context or ():
        yield from _leaves(inner)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_no_change_of_a_model_breaks_the_last_release_s_tables(name: str) -> None:
    """Also one that no recording shows."""
    assert breaking(opened(frozen(name)), schema(MODELS[name])) == []


def test_a_new_field_of_an_incident_is_optional() -> None:
    """An item that the last release wrote after a rollback is read again."""
    then, now = frozen("incident"), schema(Incident)
    assert set(now.get("required", ())) <= set(then.get("required", ()))
