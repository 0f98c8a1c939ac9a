"""Probe: ask a target from where we stand, and say truly what came back.

In: a `Question`, or targets to watch. Out: `Probe` and `ProbeRun` values.
It does not: say what an answer means, keep anything, or import pydantic (it
would double a cold start; a test holds that wall).
"""

from parallax.probe.bound import lighter
from parallax.probe.failure import NotSentError
from parallax.probe.fetch import SPACING, fetch
from parallax.probe.investigate import investigate
from parallax.probe.plan import Plan
from parallax.probe.question import INSIDE, USER_AGENT, Question
from parallax.probe.watch import watch

__all__ = [
    "INSIDE",
    "SPACING",
    "USER_AGENT",
    "NotSentError",
    "Plan",
    "Question",
    "fetch",
    "investigate",
    "lighter",
    "watch",
]
