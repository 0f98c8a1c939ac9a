"""The table of values in the chart's README."""

import pytest

from tools.chart.table import table, with_table

SCHEMA = {
    "properties": {
        "global": {"type": "object"},
        "mode": {"enum": ["a", "b"], "description": "How."},
        "image": {"properties": {"tag": {"type": ["integer", "string"]}}},
    }
}


def test_a_row_has_path_type_default_and_meaning() -> None:
    """Members of an enumeration are strings; `global` belongs to parents."""
    rows = table(SCHEMA, {"mode": "a", "image": {"tag": 1}}).splitlines()[2:]
    assert rows == [
        '| `mode` | string | `"a"` | How. |',
        "| `image.tag` | integer or string | `1` |  |",
    ]


def test_only_the_text_between_the_marks_changes() -> None:
    """Twice the same table gives the same file."""
    readme = "before\n<!-- values -->\nold\n<!-- /values -->\nafter\n"
    once = with_table(readme, "new")
    assert once == "before\n<!-- values -->\nnew\n<!-- /values -->\nafter\n"
    assert with_table(once, "new") == once


def test_without_marks_nothing_is_written() -> None:
    """The error names the marks."""
    with pytest.raises(ValueError, match="<!-- values -->"):
        with_table("# README\n", "table")
