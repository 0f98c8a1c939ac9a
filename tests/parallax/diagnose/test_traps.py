"""Specification of what is no proof: worlds that look like another one's fault."""

import pytest

from parallax.diagnose.judge import judge
from tests.parallax.traps import TRAPS


@pytest.mark.parametrize("trap", TRAPS)
def test_nobody_is_blamed_for_a_look_alike(trap: str) -> None:
    """Named is what the world's docstring tells, or nobody."""
    snapshot, accepted = TRAPS[trap]()
    assert judge(snapshot).cause in accepted
