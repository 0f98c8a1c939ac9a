"""Assessed: what one cause answers about a snapshot, for the tests of causes.

In: a cause and a snapshot. Out: its answer. It does not: name a cause; `judge` does.
"""

from parallax.causes import Cause
from parallax.diagnose.judge import ask
from parallax.model.judgement import Answer
from parallax.model.snapshot import Snapshot


def answer(cause: Cause, snapshot: Snapshot) -> Answer:
    """Return the cause's answer."""
    return ask(cause, snapshot).answer
