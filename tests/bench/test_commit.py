"""The commit of a measured page."""

import re

from bench.commit import short_commit


def test_a_clone_has_a_short_commit() -> None:
    """Outside a clone, it is empty."""
    assert re.fullmatch(r"[0-9a-f]{7,}|", short_commit())
