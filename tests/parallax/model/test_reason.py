"""Specification of the ids of reasons: each is explained, and documented."""

import re
from pathlib import Path

from parallax.model.reason import MEANINGS, Reason

PAGE = Path(__file__).parents[3] / "docs" / "reasons.md"


def test_every_reason_has_a_meaning() -> None:
    """And every meaning a reason."""
    assert set(MEANINGS) == set(Reason)


def test_the_page_lists_every_reason_with_its_meaning() -> None:
    """In the order of the module."""
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    assert rows == [(str(reason), meaning) for reason, meaning in MEANINGS.items()]
