"""Specification by reported responses: what a page that someone posted is said to be.

`responses/manifest.json` holds, for each file, the names that are right as its writer,
what may be said of hop and way (null: anything; `unknown` is always allowed), its
source, and whether the bytes leave the writer open. A wrong writer or hop fails; so
does a known writer that is not found. `python -m tests.reported.test_responses` prints
the counts.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from parallax.cli.attribute import attributed
from parallax.cli.responses import read_responses
from parallax.writers import Attribution

FOLDER = Path(__file__).parent / "responses"


def manifest() -> list[dict[str, Any]]:
    """Return the entries of all manifests."""
    return [
        entry
        for path in sorted(FOLDER.glob("*.json"))
        for entry in json.loads(path.read_text(encoding="utf-8"))["responses"]
    ]


def said(entry: dict[str, Any]) -> Attribution:
    """Return what Parallax says of a response."""
    return attributed(read_responses((FOLDER / entry["file"]).read_bytes()).chosen)


def verdict(entry: dict[str, Any], answer: Attribution) -> str:
    """Return right, unknown or wrong, by the writer and then by hop and way."""
    open_writer = entry["undecidable"]
    for key in ("hop", "how"):
        allowed = entry[key]
        value = getattr(answer, key)
        if allowed is not None and value not in (*allowed, "unknown"):
            return f"wrong {key}"
    if answer.writer == "unknown":
        return "right" if open_writer else "unknown"
    return "right" if answer.writer in entry["writer"] else "wrong writer"


ENTRIES = manifest()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_reported_response_is_never_attributed_wrongly(entry: dict[str, Any]) -> None:
    """Its writer, hop and way are right, or unknown."""
    answer = said(entry)
    assert not verdict(entry, answer).startswith("wrong"), answer


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_reported_response_has_its_writer(entry: dict[str, Any]) -> None:
    """The writer is found wherever the bytes show it."""
    answer = said(entry)
    assert verdict(entry, answer) == "right", answer


if __name__ == "__main__":
    for kind, number in Counter(verdict(e, said(e)) for e in ENTRIES).most_common():
        print(f"{kind}: {number} of {len(ENTRIES)}")
