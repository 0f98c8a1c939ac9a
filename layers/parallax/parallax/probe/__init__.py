"""Probe: send requests to a target, and record each response or failure.

In: a `ProbeRequest`, or targets to watch. Out: `Probe` and `ProbeRun` values.
It does not: interpret a response, store anything, or import pydantic (which would
double the cold start; a test checks this).
"""

from parallax.probe.failure import NotSentError
from parallax.probe.fetch import SPACING, fetch
from parallax.probe.investigate import investigate
from parallax.probe.plan import Plan, configured_plan
from parallax.probe.probe_request import INSIDE, USER_AGENT, ProbeRequest
from parallax.probe.uses import Uses
from parallax.probe.watch import watch

__all__ = [
    "INSIDE",
    "SPACING",
    "USER_AGENT",
    "NotSentError",
    "Plan",
    "ProbeRequest",
    "Uses",
    "configured_plan",
    "fetch",
    "investigate",
    "watch",
]
