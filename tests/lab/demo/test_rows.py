"""Rows: the same JSON value, one object on each row."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lab.demo.rows import in_rows

PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=30,
)


@given(value=VALUES)
def test_the_text_is_json_of_the_same_value(value: object) -> None:
    """Whatever the shape, reading the text gives the value back."""
    assert json.loads(in_rows(value)) == value


def test_each_object_of_a_list_has_a_row_of_its_own() -> None:
    """The fields beside the list share the first row."""
    probes = [{"role": f"repeat-{n}", "body": "x" * 300} for n in range(2)]
    value = {"run": {"target": "shop", "probes": probes, "skipped": []}}
    assert in_rows(value).splitlines() == [
        "{",
        ' "run": {"target": "shop", "skipped": [],',
        '  "probes": [',
        f"   {json.dumps(probes[0])},",
        f"   {json.dumps(probes[1])}]}}}}",
    ]


def test_a_changed_probe_changes_one_row() -> None:
    """A diff of two texts names the probe."""

    def rows(codes: list[int]) -> list[str]:
        """Return the rows of a run whose probes got these status codes."""
        probes: list[dict[str, Any]] = [{"code": c, "body": "x" * 300} for c in codes]
        return in_rows({"probes": probes}).splitlines()

    pairs = zip(rows([503, 200, 503]), rows([503, 504, 503]), strict=True)
    assert [(a[:20], b[:20]) for a, b in pairs if a != b] == [
        ('  {"code": 200, "bod', '  {"code": 504, "bod')
    ]
