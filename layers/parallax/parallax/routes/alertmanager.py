"""Alertmanager: an alert for `POST /api/v2/alerts`.

In: a notice, the fields `alertmanager_url` and, optional, `alertmanager_token`. Out: a
POST.
It does not: send the alert again while it fires: `endsAt` is far in the future, and the
end of the group ends it. Alertmanager would resolve it after five minutes without that.
Its labels identify an alert, so they are only what never changes of a group, and the
severity: each request ends the alerts with the other severities.
Source: Alertmanager, `api/v2/openapi.yaml` (`postableAlerts`); "Alerting: clients";
label names of the Prometheus data model.
"""

from datetime import timedelta
from typing import Any

from parallax.model.target import Severity
from parallax.model.wire import encode
from parallax.routes.notice import Notice, Place
from parallax.routes.request import Request, json_request, needed

PATH = "/api/v2/alerts"
OPEN = timedelta(days=365)
"""It fires for so long after the last alert of its group. Nothing follows for weeks if
somebody acknowledged it and nothing changes; only recovery may resolve it."""


def request(notice: Notice, place: Place) -> Request:
    """Return the request; raises `PlaceError` without a URL."""
    url = needed(place, "alertmanager_url").rstrip("/")
    if not url.endswith(PATH):
        url += PATH
    token = place.get("alertmanager_token", "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    document = [_alert(notice, severity) for severity in Severity]
    return json_request(url, document, headers)


def _alert(notice: Notice, severity: Severity) -> dict[str, Any]:
    fires = severity is notice.severity and not notice.has_ended
    made: dict[str, Any] = {
        "labels": {
            "alertname": "Parallax",
            "group": notice.group,
            "source": notice.source,
            "severity": severity.value,
        },
        "startsAt": encode(min(notice.since, notice.at)),
        "endsAt": encode(notice.at + OPEN if fires else notice.at),
        "annotations": _annotations(notice),
    }
    if notice.links:
        made["generatorURL"] = notice.links[0].url
    return made


def _annotations(notice: Notice) -> dict[str, str]:
    return {
        "summary": notice.title,
        "description": notice.text,
        **notice.facts,
        **{f"label_{_name(key)}": text for key, text in notice.labels.items()},
        **({"runbook_url": notice.runbook} if notice.runbook else {}),
    }


def _name(key: str) -> str:
    """Return a label's key as a name of Prometheus."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in key)
