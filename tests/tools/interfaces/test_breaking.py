"""A change that breaks a reader is detected, and one that does not is allowed."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from parallax.model import schema
from tools.interfaces.breaking import breaking
from tools.interfaces.promise import CLOSED, OPEN, opened

type Schema = dict[str, Any]
FINDING = schema.finding_schema()


def data(made: Schema) -> Schema:
    """Return the part of a finding's schema that is about `data`."""
    return made["properties"]["data"]


def rename(made: Schema) -> None:
    """Give a required field another name."""
    fields = data(made)["properties"]
    fields["reason_code"] = fields.pop("cause")
    data(made)["required"].remove("cause")


def remove(made: Schema) -> None:
    """Remove a field that may be missing."""
    data(made)["properties"].pop("proof")


def leave_out(made: Schema) -> None:
    """Leave a required field out now and then."""
    data(made)["required"].remove("symptom")


def become_text(made: Schema) -> None:
    """Write a number as text."""
    made["$defs"]["Symptom"]["properties"]["failed"] = {"type": "string"}


def become_null(made: Schema) -> None:
    """Write null where there was always a text."""
    field = data(made)["properties"]["title"]
    data(made)["properties"]["title"] = {"anyOf": [field, {"type": "null"}]}


def become_number(made: Schema) -> None:
    """Write a fraction where there was a whole number."""
    made["$defs"]["Symptom"]["properties"]["total"] = {"type": "number"}


def close_nothing(made: Schema) -> None:
    """Add a word to a list that is closed."""
    made["$defs"]["Answer"]["enum"].append("perhaps")


def deep(made: Schema) -> None:
    """Rename a field of the items of a list."""
    fields = made["$defs"]["NextStep"]["properties"]
    fields["shell"] = fields.pop("command")


def become_list(made: Schema) -> None:
    """Write a list of other items."""
    data(made)["properties"]["assessments"]["items"] = {"type": "string"}


def another_type(made: Schema) -> None:
    """Change the type of the event."""
    made["properties"]["type"]["const"] = "io.parallax.finding.v2"


BREAKING: dict[Callable[[Schema], None], str] = {
    rename: "$.data.cause: may be missing now",
    remove: "$.data.proof: is gone",
    leave_out: "$.data.symptom: may be missing now",
    become_text: "$.data.symptom.failed: may be string now",
    become_null: "$.data.title: may be null now",
    become_number: "$.data.symptom.total: may be number now",
    close_nothing: "$.data.assessments[].answer: new values perhaps",
    deep: "$.data.next_steps[].command: is gone",
    become_list: "$.data.assessments[]: may be string now",
    another_type: "$.type: new values io.parallax.finding.v2",
}


@pytest.mark.parametrize("change", BREAKING, ids=lambda change: change.__name__)
def test_a_change_that_breaks_a_reader_is_named(
    change: Callable[[Schema], None],
) -> None:
    """With its place."""
    changed = deepcopy(FINDING)
    change(changed)
    assert BREAKING[change] in breaking(opened(FINDING), changed)


def add_field(made: Schema) -> None:
    """Add a field, required or not."""
    data(made)["properties"]["new"] = {"type": "string"}
    data(made)["required"].append("new")


def add_word(made: Schema) -> None:
    """Add a word to a list that is open."""
    made["$defs"]["Hop"]["enum"].append("mesh")


def require(made: Schema) -> None:
    """Write a field always that was missing now and then."""
    data(made)["required"].append("proof")


def narrow(made: Schema) -> None:
    """Write fewer words, and never null."""
    made["$defs"]["State"]["enum"].remove("pending")
    data(made)["properties"]["runbook"] = {"type": "string"}


@pytest.mark.parametrize("change", [add_field, add_word, require, narrow])
def test_a_change_that_breaks_nobody_is_allowed(
    change: Callable[[Schema], None],
) -> None:
    """By the promise in docs/api/compatibility.md."""
    changed = deepcopy(FINDING)
    change(changed)
    assert breaking(opened(FINDING), changed) == []


def test_a_field_that_a_reader_may_lack_is_no_problem() -> None:
    """As for `ingest`, which has a default for it."""
    changed = deepcopy(FINDING)
    remove(changed)
    assert breaking(FINDING, changed, may_lack=True) == []


def test_the_parts_of_a_pair_are_compared_too() -> None:
    """As in a label, a key and its value."""
    text, number = {"type": "string"}, {"type": "integer"}
    old = {"type": "array", "prefixItems": [text, text]}
    new = {"type": "array", "prefixItems": [text, number]}
    assert breaking(old, new) == ["$[1]: may be integer now"]


_VALUES = st.sampled_from(
    [{"type": "string"}, {"type": "integer"}, {"type": "null"}, {"enum": ["a", "b"]}]
)
_FIELDS = st.dictionaries(st.sampled_from("abc"), _VALUES)
_DOCUMENTS = st.dictionaries(
    st.sampled_from("abc"),
    st.one_of(st.sampled_from(["a", "z"]), st.integers(), st.none()),
)


@given(_FIELDS, _FIELDS, st.booleans(), _DOCUMENTS)
def test_without_a_problem_a_reader_accepts_what_the_writer_writes(
    old: Schema, new: Schema, is_required: object, document: Schema
) -> None:
    """Whatever is valid by the new schema is valid by the old one."""
    expected, written = (
        _object(old, required=bool(is_required)),
        _object(new, required=True),
    )
    if breaking(expected, written):
        return
    if Draft202012Validator(written).is_valid(document):
        known = {name: value for name, value in document.items() if name in new}
        Draft202012Validator(expected).validate(known)


def test_each_list_of_words_is_open_or_closed() -> None:
    """And the page for people names each open one, and each closed one."""
    documents = (
        FINDING,
        schema.alert_schema(),
        schema.advice_schema(),
        schema.snapshot_schema(),
    )
    found = {
        name
        for document in documents
        for name, content in document["$defs"].items()
        if "enum" in content
    }
    assert found == OPEN.keys() | CLOSED.keys()
    page = Path("docs/api/compatibility.md").read_text()
    for text in (*OPEN.values(), *CLOSED.values()):
        assert text in page


def _object(fields: Schema, *, required: bool) -> Schema:
    names = list(fields) if required else []
    return {"type": "object", "properties": fields, "required": names}
