"""Callers: what unknown senders, assistants and people send to the other entries.

In: requests, tokens, headers and arguments in their usual forms. Out: the entries of
the overview's link, the metrics' token, OTLP's headers and answers, the status page's
file, and the tools for assistants. It does not: call AWS; secrets and tables are
stand-ins.
"""

import asyncio
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast, override
from unittest.mock import patch

from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError

from fuzz.entries.events import SIGNER, _event
from fuzz.entries.recorded import dumped
from fuzz.entry import Entry, Kind
from parallax.exporter import endpoint, push
from parallax.exporter.otlp_headers import HeadersError, read_headers
from parallax.links.overview import PATH, SCOPE, overview_link, overview_query
from parallax.mcp.server import open_server
from parallax.mcp.stack import Stack
from parallax.model.finding import Incident
from parallax.model.group import Groups
from parallax.overview.filters import filter_in
from parallax.overview.request import overview_request
from parallax.routes.request import Request
from parallax.status_page.status_file import (
    ServiceStatus,
    StatusFile,
    StatusFileError,
    read_status,
    write_status,
)

NOW = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
TOKENS = "first-token-of-the-metrics,second-token-of-the-metrics"
JSON_ERRORS = (json.JSONDecodeError, UnicodeDecodeError, RecursionError)


def _overview(data: bytes) -> None:
    path, _, query = data.decode("utf-8", "replace").partition("?")
    request = overview_request(json.loads(dumped(_event("GET", path, query))))
    if request is not None:
        SIGNER.verify(overview_link(request.fields), NOW, SCOPE)
        filter_in(request.fields, "")


def _overviews() -> list[bytes]:
    query = overview_query(SIGNER, NOW)
    return [
        f"{PATH}?{query}".encode(),
        f"{PATH}/?{query}&state=failing&label=team%3Dshop&q=api&group=zone".encode(),
    ]


class _ReadError(Exception):
    """The metrics would be read now: the token is valid."""


def _no_view() -> Any:
    raise _ReadError


def _token(data: bytes) -> None:
    event = _event("GET", endpoint.PATH)
    event["headers"] = {"authorization": data.decode("utf-8", "surrogateescape")}
    with patch.object(endpoint, "secret", lambda *_: TOKENS):
        exporter = endpoint.Endpoint("arn", _no_view)
        exporter.respond(LambdaFunctionUrlEvent(event))


def _headers(data: bytes) -> None:
    read_headers(data.decode("utf-8", "replace"))


def _otlp(data: bytes) -> None:
    request = Request(
        url="https://a.example/?key=secret-of-a-query",
        body=b"",
        headers={"Authorization": "Basic c2VjcmV0"},
    )
    push._rejected(data, request)


def _status() -> list[bytes]:
    service = ServiceStatus(
        title="Shop", status="up", uptime=99.9, outage_minutes=(0, None, 7)
    )
    return [
        write_status(StatusFile(title="Status", updated_at=NOW, services=(service,)))
    ]


class CrashedToolError(Exception):
    """A tool failed with an error that it does not document."""


class _Shelf(Stack):
    """A stack without incidents, whose bucket no input can name."""

    @override
    def groups(self) -> Groups:
        return Groups()

    @override
    def last_alert(self, group: str) -> None:
        return None

    @override
    def incident(self, target: str) -> Incident | None:
        return None

    @override
    def _output(self, key: str) -> str:
        return "c0f3be1d-of-nobody"


@cache
def _tools() -> Any:
    return open_server(_Shelf("parallax"))


def _call(data: bytes) -> None:
    call = json.loads(data)
    if not isinstance(call, dict):
        return
    name, arguments = call.get("name"), call.get("arguments")
    if isinstance(name, str) and isinstance(arguments, dict):
        known = cast("dict[str, Any]", arguments)
        try:
            asyncio.run(_tools().call_tool(name, known))
        except UnexpectedToolError as error:  # the SDK's wrapper of a crash
            raise CrashedToolError(name) from error


def _calls() -> list[bytes]:
    address = f"s3://other/snapshots/2026-11-27/{'0' * 64}.json.gz"
    made = {
        "list_incidents": {"offset": 0},
        "show_incident": {"incident": "f1dbd4db-65bc-5c93-b848-622b935af588"},
        "show_target": {"target": "shop"},
        "judge_snapshot": {"address": address},
        "list_evidence": {"source": "shop", "answer": "all", "offset": 0},
        "list_causes": {"search": "firewall"},
        "explain_cause": {"cause_id": "lb-health-check-wrong-port"},
    }
    return [dumped({"name": n, "arguments": given}) for n, given in made.items()]


ENTRIES = (
    Entry(name="overview-link", seeds=_overviews, call=_overview, share=20),
    Entry(
        name="metrics-token",
        seeds=lambda: [b"Bearer " + TOKENS[:26].encode(), b"Basic YQ==", b"Bearer"],
        call=_token,
        allowed=(_ReadError,),
        share=20,
    ),
    Entry(
        name="otlp-headers",
        seeds=lambda: [b"authorization=Basic%20abc,x-scope=1"],
        call=_headers,
        allowed=(HeadersError,),
        share=20,
    ),
    Entry(
        name="otlp-answer",
        seeds=lambda: [
            dumped({"partialSuccess": {"rejectedDataPoints": "7", "errorMessage": "x"}})
        ],
        call=_otlp,
        kind=Kind.JSON,
        share=15,
    ),
    Entry(
        name="status-file",
        seeds=_status,
        call=read_status,
        allowed=(StatusFileError,),
        kind=Kind.JSON,
        share=10,
    ),
    Entry(
        name="mcp-call",
        seeds=_calls,
        call=_call,
        allowed=(ToolError, *JSON_ERRORS),
        kind=Kind.JSON,
        share=3,
    ),
)
