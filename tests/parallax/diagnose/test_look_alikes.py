"""Specification of what proves nothing: look-alikes of a fault, as snapshots."""

import pytest

from parallax.diagnose.judge import judge
from tests.parallax.look_alikes import SNAPSHOTS, UNLISTED


@pytest.mark.parametrize("look_alike", SNAPSHOTS)
def test_no_cause_is_named_for_a_look_alike(look_alike: str) -> None:
    """Only the causes that its function returns may be named."""
    snapshot, accepted = SNAPSHOTS[look_alike]()
    assert judge(snapshot).cause in accepted


def test_the_table_lists_every_look_alike_snapshot() -> None:
    """A function without a row would never be judged."""
    assert set() == UNLISTED
