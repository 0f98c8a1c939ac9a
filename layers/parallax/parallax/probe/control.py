"""Control: somebody else's URL, to tell a target that is down from a blind monitor.

In: a target's first probe. Out: the question to the control, if it is to be asked.
It does not: judge. A control that fails says nothing about the target.
"""

from parallax.model.probe import Probe, Role
from parallax.model.target import Target
from parallax.probe.plan import Plan
from parallax.probe.question import Question


def control(
    target: Target, first: Probe, plan: Plan
) -> tuple[Question | None, str | None]:
    """Return the question, or in words why there is none where one was due.

    Whoever got an answer over HTTP is not blind, whatever it says.
    """
    if first.status_code is not None:
        return None, None
    if plan.control_url is None:
        return None, "control: no URL is configured"
    question = Question(
        role=Role.CONTROL,
        url=plan.control_url,
        healthy=None,
        timeout=min(plan.control_seconds, plan.seconds),
        allow_private=target.allow_private_addresses,
        body_limit=0,
    )
    return question, None
