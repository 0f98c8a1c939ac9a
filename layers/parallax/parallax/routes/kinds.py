"""Kinds: the receivers of alerts that a stack can configure.

In: a name of the setting `PARALLAX_ROUTES`. Out: how to make its request.
It does not: know where a receiver is; the stack's secret does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from parallax.routes import alertmanager, ntfy, opsgenie, pagerduty, slack, teams
from parallax.routes import webhook as signed
from parallax.routes.notice import Notice, Place
from parallax.routes.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One receiver.

    `keeps_alerts`: it keeps one alert open for each group. So the same request twice
    does no harm, and it needs the end of a group that people do not hear of.
    """

    request: Callable[[Notice, Place], Request]
    keeps_alerts: bool


KINDS = {
    "slack": Kind(request=slack.request, keeps_alerts=False),
    "teams": Kind(request=teams.request, keeps_alerts=False),
    "pagerduty": Kind(request=pagerduty.request, keeps_alerts=True),
    "opsgenie": Kind(request=opsgenie.request, keeps_alerts=True),
    "alertmanager": Kind(request=alertmanager.request, keeps_alerts=True),
    # Its receiver knows a repeated message by its id.
    "webhook": Kind(request=signed.request, keeps_alerts=True),
    "ntfy": Kind(request=ntfy.request, keeps_alerts=False),
}


def wants(name: str, notice: Notice) -> bool:
    """Say whether a receiver gets an alert: no chat gets that of a muted group."""
    return KINDS[name].keeps_alerts or not notice.muted
