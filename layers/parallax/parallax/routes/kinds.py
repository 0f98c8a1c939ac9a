"""Kinds: the receivers of alerts that a stack can configure.

In: a name of the setting `PARALLAX_ROUTES`. Out: how to make its request.
It does not: know where a receiver is; the stack's secret does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from parallax.routes import alertmanager, ntfy, opsgenie, pagerduty, slack, teams
from parallax.routes import webhook as signed
from parallax.routes.notice import Notice, Place
from parallax.routes.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One receiver.

    `requests`: what to send for an alert, in order. `keeps_alerts`: it knows an alert
    by its key. So the same request twice does no harm, and it needs the end of a group
    that people do not hear of. `keeps_open`: it shows a group as open until it gets the
    end. So an older alert must not follow a newer one.
    """

    requests: Callable[[Notice, Place], Sequence[Request]]
    keeps_alerts: bool = False
    keeps_open: bool = False


def _one(request: Callable[[Notice, Place], Request]) -> Kind:
    """Return a chat, which gets one request for each alert and shows each of them."""
    return Kind(requests=lambda notice, place: (request(notice, place),))


KINDS = {
    "slack": _one(slack.request),
    "teams": _one(teams.request),
    "pagerduty": replace(_one(pagerduty.request), keeps_alerts=True, keeps_open=True),
    "opsgenie": Kind(requests=opsgenie.requests, keeps_alerts=True, keeps_open=True),
    "alertmanager": replace(
        _one(alertmanager.request), keeps_alerts=True, keeps_open=True
    ),
    # Its receiver knows a repeated message by its id, and an older one by its number.
    "webhook": replace(_one(signed.request), keeps_alerts=True),
    "ntfy": _one(ntfy.request),
}


def wants(name: str, notice: Notice) -> bool:
    """Say whether a receiver gets an alert: no chat gets that of a muted group."""
    return KINDS[name].keeps_alerts or not notice.muted
