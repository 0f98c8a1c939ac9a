"""Endpoint: the overview behind its link, from the event to the response.

In: the event of a function URL. Out: a response: 200 is the page; 403 and 410 refuse a
link, 404 another path, 405 another method, 503 is for AWS.
It does not: log a link, or any part of a query: whoever has it can use it.
"""

import gzip
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from parallax import targets as targets_file
from parallax.links.key import LinkKey
from parallax.links.overview import SCOPE, overview_link
from parallax.links.signature import Link, Refusal, Signer, expires_at
from parallax.links.verified import verified
from parallax.model.target import Target
from parallax.notify.paragraph import clock
from parallax.overview.filters import filter_in
from parallax.overview.page import View, overview_page
from parallax.overview.request import METHODS, OverviewRequest, overview_request
from parallax.overview.sources import Sources
from parallax.overview.state import states
from parallax.overview.style import CSS, POLICY
from parallax.report.elements import document, element
from parallax.report.response import Response
from parallax.settings import Settings

log = logging.getLogger(__name__)
NEW_LINK = "With access to the AWS account, this prints a new link:"
COMMAND = "parallax overview"


@dataclass(frozen=True, slots=True)
class Overview:
    """The overview of one container; `now` is the clock."""

    sources: Sources
    key: LinkKey
    load: Callable[[], Sequence[Target]]
    now: Callable[[], datetime]

    def respond(self, event: object) -> dict[str, Any]:
        """Return the encoded response; 404 if the event is for another page."""
        request = overview_request(event)
        if request is None:
            text = "There is no such page."
            return _refused(404, "This request is not supported", text).encode()
        try:
            response = self._respond(request)
        except Exception:
            log.exception("overview was not available")
            text = "The data cannot be read now. Try again in a minute."
            response = _refused(503, "Temporarily unavailable", text)
        if request.method == "HEAD":
            response = replace(response, page="")
        return _encoded(response, compressed=request.gzip)

    def _respond(self, request: OverviewRequest) -> Response:
        if request.method not in METHODS:
            text = "This page supports only GET and HEAD."
            return _refused(405, "This request is not supported", text)
        link, now = overview_link(request.fields), self.now()
        signer, refused = verified(self.key, link, now, SCOPE)
        if signer is None or refused is Refusal.INVALID:
            text = "Perhaps it was cut off, or all earlier links were revoked."
            return _refused(403, "This link is not valid", text)
        if refused is Refusal.EXPIRED:
            text = f"It worked until {clock(expires_at(link))}."
            return _refused(410, "This link has expired", text)
        return Response(200, self._page(request, link, signer, now))

    def _page(
        self, request: OverviewRequest, link: Link, signer: Signer, now: datetime
    ) -> str:
        watched = self.load()
        facts = self.sources.read(watched)
        expiry = int(link.expiry)
        return overview_page(
            View(
                states=states(watched, facts.board, facts.newest, now),
                facts=facts,
                chosen=filter_in(request.fields, f"s={link.signature}&e={link.expiry}"),
                now=now,
                expires=expires_at(link),
                sign=lambda group: signer.until(group.id, expiry).path,
            )
        )


def open_overview(settings: Settings) -> Overview:
    """Return the overview of a function with these settings."""
    table = settings.incidents_table or ""
    sources = Sources(
        incidents=table, journal=settings.journal_table, uptime=settings.uptime_table
    )
    return Overview(
        sources,
        LinkKey(table),
        lambda: targets_file.load(targets_file.find()),
        lambda: datetime.now(UTC),
    )


def _refused(status_code: int, title: str, text: str) -> Response:
    body = element(
        "main",
        element("h1", title),
        element("p", text),
        element("p", NEW_LINK),
        element("pre", COMMAND),
    )
    return Response(status_code, document(title, CSS, body))


def _encoded(response: Response, *, compressed: bool) -> dict[str, Any]:
    """Return the response with the overview's policy, compressed if that is wanted."""
    headers = {"content-security-policy": POLICY, **response.headers}
    encoded = replace(response, headers=headers).encode()
    if compressed and response.page:
        import base64  # noqa: PLC0415 - few requests come here

        body = gzip.compress(response.page.encode(), compresslevel=4, mtime=0)
        encoded["body"] = base64.b64encode(body).decode()
        encoded["isBase64Encoded"] = True
        encoded["headers"] |= {"content-encoding": "gzip", "vary": "accept-encoding"}
    return encoded
