"""Which text describes which value."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tools.chart.values import described, descriptions, leaves

CHART = Path(__file__).parents[3] / "agent/chart"
VALUES = """\
# About the file.

# First line,
# second line.
plain: 1

parent:
  # Of the child.
  child: ""
  bare: {}
  list:
    # Not a value of the chart.
    - item: 1
# After it.
last: []
"""


def test_the_comment_above_a_key_describes_it() -> None:
    """An empty line ends a comment; a key without a comment has no description."""
    found = descriptions(VALUES)
    assert found["plain"] == "First line, second line."
    assert found["parent.child"] == "Of the child."
    assert found["last"] == "After it."
    assert not found.keys() & {"parent", "parent.bare"}


def test_every_value_of_the_chart_is_described() -> None:
    """In values.yaml, so that table and schema have the text too."""
    schema = json.loads((CHART / "values.schema.json").read_text())
    described_values = descriptions((CHART / "values.yaml").read_text()).keys()
    assert leaves(schema).keys() - {"global"} <= described_values


def test_only_leaves_get_descriptions() -> None:
    """An object with properties is a heading; the rest of the schema is unchanged."""
    schema = {"properties": {"a": {"properties": {"b": {"type": "string"}}}}}
    made = described(schema, {"a": "a heading", "a.b": "a value"})
    assert "description" not in made["properties"]["a"]
    leaf = {"type": "string", "description": "a value"}
    assert leaves(made) == {"a.b": leaf}
    assert leaves(schema) == {"a.b": {"type": "string"}}


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    """A description never contains a line break: it is one cell of a table."""
    assert not [d for d in descriptions(text).values() if "\n" in d]
