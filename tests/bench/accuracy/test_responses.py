"""The measure of attribution: its verdicts, and its table."""

import pytest

from bench.accuracy.responses import captures, main, verdict
from parallax.writers import Attribution

ENTRY = {
    "writer": ["haproxy"],
    "hop": ["ingress"],
    "how": None,
    "undecidable": False,
}


@pytest.mark.parametrize(
    ("writer", "hop", "undecidable", "expected"),
    [
        ("haproxy", "ingress", False, "right"),
        ("haproxy", "unknown", False, "right"),
        ("haproxy", "cdn", False, "wrong hop"),
        ("nginx", "ingress", False, "wrong writer"),
        ("nginx", "ingress", True, "wrong writer"),
        ("unknown", "unknown", False, "unknown"),
        ("unknown", "unknown", True, "right"),
    ],
)
def test_unknown_is_never_wrong(
    writer: str,
    hop: str,
    undecidable: bool,  # noqa: FBT001 - a row of the table
    expected: str,
) -> None:
    """It is right only where the bytes leave the writer open."""
    answer = Attribution(writer=writer, hop=hop, how="own-page", clues=())
    assert verdict(ENTRY | {"undecidable": undecidable}, answer) == expected


def test_what_cannot_be_read_is_unknown() -> None:
    """Such a paste counts as not right."""
    assert verdict(ENTRY, None) == "unknown"


def test_the_table_has_a_row_for_each_set(capsys: pytest.CaptureFixture[str]) -> None:
    """The captures are one of them; with `--all` it lists the greeting."""
    assert main(["--all"]) == 0
    lines = capsys.readouterr().out.splitlines()
    row = next(line for line in lines if line.startswith("captures"))
    assert row.split()[1:] == [str(len(captures())), "75", "1", "0"]
    assert any("upstream_garbage" in line for line in lines)
