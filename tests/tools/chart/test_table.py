"""The table of values in the chart's README."""

import pytest

from tools.chart.table import alerts, table, with_table

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


def test_an_alert_has_severity_delay_and_summary() -> None:
    """Labels are in capitals and the value is N; without a severity, the target's."""
    texts = {
        "summary": "{{ $labels.target }} fails for {{ $value | humanizeDuration }}"
    }
    rules = [
        {"alert": "A", "for": "5m", "labels": {"severity": "warning"}},
        {"alert": "B"},
    ]
    groups = [{"rules": [rule | {"annotations": texts} for rule in rules]}]
    assert alerts({"groups": groups}).splitlines()[2:] == [
        "| `A` | warning | 5m | TARGET fails for N |",
        "| `B` | the target's | 0m | TARGET fails for N |",
    ]


def test_only_the_text_between_the_marks_changes() -> None:
    """Twice the same table gives the same file."""
    readme = "before\n<!-- values -->\nold\n<!-- /values -->\nafter\n"
    once = with_table(readme, "values", "new")
    assert once == "before\n<!-- values -->\nnew\n<!-- /values -->\nafter\n"
    assert with_table(once, "values", "new") == once


def test_without_marks_nothing_is_written() -> None:
    """The error names the marks."""
    with pytest.raises(ValueError, match="<!-- values -->"):
        with_table("# README\n", "values", "table")
