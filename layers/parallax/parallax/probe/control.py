"""Control: a URL of another operator, to distinguish a dead target from a blind probe.

In: a target's first probe. Out: the request to the control URL, if one is needed.
It does not: judge. A control that fails says nothing about the target.
"""

from parallax.model.probe import Probe, Role
from parallax.model.target import Target
from parallax.probe.plan import Plan
from parallax.probe.probe_request import ProbeRequest


def control(
    target: Target, first: Probe, plan: Plan
) -> tuple[ProbeRequest | None, str | None]:
    """Return the request to the control URL, or why a needed one is omitted.

    A probe that received any HTTP response is not blind and needs no control.
    """
    if first.status_code is not None:
        return None, None
    if plan.control_url is None:
        return None, "control: no control URL is configured"
    request = ProbeRequest(
        role=Role.CONTROL,
        url=plan.control_url,
        healthy=None,
        timeout=min(plan.control_seconds, plan.seconds),
        allow_private=target.allow_private_addresses,
        body_limit=0,
    )
    return request, None
