"""Specification by reported responses: who wrote the page that someone posted.

A manifest, `responses/*.json`, states for each file the names that are right as its
writer, what may be said of hop and way (null: anything; `unknown` is always allowed),
its source and the deciding clue, and whether the bytes leave the writer open
(`undecidable`). `python -m bench.accuracy.responses` prints the counts.
"""

from typing import Any

import pytest

from bench.accuracy.responses import REPORTED, attribution_of, reported, verdict

ENTRIES = [e for path in sorted(REPORTED.glob("*.json")) for e in reported(path)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_reported_response_has_its_writer(entry: dict[str, Any]) -> None:
    """The writer is found where the bytes show it, and nothing said is wrong."""
    answer = attribution_of(entry)
    assert verdict(entry, answer) == "right", (answer, entry["clue"])
