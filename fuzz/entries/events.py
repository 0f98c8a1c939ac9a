"""Events: what unknown senders make of a function URL's event, and of a link.

In: events in AWS' format 2.0. Out: the entries of `ingest`, `report`, `exporter` and of
the alerts' queue. It does not: call AWS; a key or a table is a stand-in.
"""

import json
from datetime import UTC, datetime

from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent

from fuzz.entries.recorded import dumped
from fuzz.entry import Entry, Kind
from parallax.exporter.endpoint import Endpoint as Exporter
from parallax.ingest.rejection import PushRejected
from parallax.ingest.request import read_request as read_push
from parallax.links.signature import Signer, expires_at, is_formed
from parallax.model.finding import NotificationReason
from parallax.report.act import act_in
from parallax.report.request import RequestRefused, read_request
from parallax.routes.notice import OtherEventError, notice_of
from tests.parallax.routes.notices import body

NOW = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
SIGNER = Signer(stack="s", key=b"k" * 32)
LINK = SIGNER.sign("f1dbd4db-65bc-5c93-b848-622b935af588", NOW)
HEADERS = {"content-type": "application/x-www-form-urlencoded", "host": "a"}


def _event(
    method: str, path: str, query: str = "", body: str = ""
) -> dict[str, object]:
    http = {"method": method, "path": path, "sourceIp": "203.0.113.1"}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": HEADERS,
        "requestContext": {"http": http},
        "body": body,
        "isBase64Encoded": False,
    }


def _events() -> list[bytes]:
    query = f"s={LINK.signature}&e={LINK.expiry}"
    page = f"/i/{LINK.group}"
    coded = _event("POST", page, query, "YWN0PW11dGU=") | {"isBase64Encoded": True}
    return [
        dumped(_event("GET", page, query)),
        dumped(_event("POST", page, query, "button=acknowledge&hours=1")),
        dumped(coded),
        dumped(_event("POST", "/v1/observations", "", "{}")),
        dumped(_event("GET", "/metrics")),
    ]


def _alerts() -> list[bytes]:
    turns = (NotificationReason.FIRING, NotificationReason.RESOLVED)
    return [body(turn).encode() for turn in turns]


def _report(data: bytes) -> None:
    request = read_request(json.loads(data))
    SIGNER.verify(request.link, NOW)
    if is_formed(request.link):
        expires_at(request.link)
    if request.form is not None:
        act_in(request.form)


def _link(data: bytes) -> None:
    path, _, query = data.decode("utf-8", "replace").partition("?")
    _report(dumped(_event("GET", path, query)))


def _push(data: bytes) -> None:
    read_push(json.loads(data))


def _metrics(data: bytes) -> None:
    event = json.loads(data)
    if isinstance(event, dict):
        Exporter(None, dict).respond(LambdaFunctionUrlEvent(event))  # type: ignore[arg-type]


def _notice(data: bytes) -> None:
    notice_of(data.decode("utf-8", "replace"), NOW)


JSON_ERRORS = (json.JSONDecodeError, UnicodeDecodeError, RecursionError)
ENTRIES = (
    Entry(name="report-event", seeds=_events, call=_report, kind=Kind.JSON, share=25,
         allowed=(RequestRefused, *JSON_ERRORS)),
    Entry(name="report-link", seeds=lambda: [LINK.path.encode()], call=_link, share=25,
         allowed=(RequestRefused,)),
    Entry(name="push-event", seeds=_events, call=_push, kind=Kind.JSON, share=25,
         allowed=(PushRejected, *JSON_ERRORS)),
    Entry(name="metrics-event", seeds=_events, call=_metrics, kind=Kind.TYPED,
          share=20),
    Entry(name="alert", seeds=_alerts, call=_notice, kind=Kind.JSON, share=15,
         allowed=(OtherEventError, ValueError, RecursionError)),
)  # fmt: skip
