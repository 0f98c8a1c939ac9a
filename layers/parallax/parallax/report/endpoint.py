"""Endpoint: the page behind a link, from the function URL's event to the response.

In: the event of a function URL. Out: a response. 200 is the incident's page, 303
follows a button; 403 and 410 refuse a link, 404 has no incident, 503 is for AWS.
Without its snapshot the page is complete but for the measurements, and says why.
It does not: log a link, or any part of a query: whoever has it can use it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from parallax.groups.keeping import Keeping
from parallax.groups.person import UnknownGroupError, mute_of
from parallax.groups.table import DynamoGroups
from parallax.incidents.table import DynamoIncidents
from parallax.journal.recent_probes import recent_probes
from parallax.links.key import LinkKey
from parallax.links.signature import Link, Refusal, Signer, expires_at
from parallax.links.verified import verified
from parallax.model.group import Group, Groups
from parallax.model.packed import UnreadableError
from parallax.report import refusal
from parallax.report.act import Act, act_in, perform
from parallax.report.last_probes import Probes
from parallax.report.observed import observed
from parallax.report.page import incident_page, shown_finding
from parallax.report.raw import raw_snapshot
from parallax.report.request import Request, RequestRefused, raw_path, read_request
from parallax.report.response import Response, see_other
from parallax.report.standing import Standing
from parallax.settings import Settings
from parallax.story.rules import Rules

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The report of one container; `now` is the clock."""

    table: str
    rules: Rules
    key: LinkKey
    now: Callable[[], datetime]
    journal: str | None = None
    """The journal's table; None: the page does not show the newest probes."""
    bucket: str | None = None
    """That of the stack's snapshots; None: any."""

    def respond(self, event: object) -> Response:
        """Check the link, do what a button requests, and return the response."""
        try:
            request = read_request(event)
            response = self._respond(request)
        except RequestRefused as refused:
            return refusal.rejected(refused.status_code, refused.text)
        except UnreadableError as error:
            log.error("incident was not readable", extra={"reason": str(error)})  # noqa: TRY400 - the reason is enough
            return refusal.unreadable()
        except Exception:
            log.exception("report was not available")
            return refusal.unavailable()
        is_head = request.method == "HEAD"
        return replace(response, page="", raw=None) if is_head else response

    def _respond(self, request: Request) -> Response:
        link, now = request.link, self.now()
        signer, refused = verified(self.key, link, now)
        if signer is None or refused is Refusal.INVALID:
            return refusal.invalid()
        if refused is Refusal.EXPIRED:
            return refusal.expired(expires_at(link))
        if request.form is not None:
            return self._post(link, act_in(request.form), now)
        if request.raw:
            return self._raw(link, gzip=request.gzip)
        return self._page(link, signer, now)

    def _post(self, link: Link, act: Act | None, now: datetime) -> Response:
        if act is None:
            raise RequestRefused(400, "The form has no button of the page.")
        keeping = Keeping(
            DynamoGroups(self.table), DynamoIncidents(self.table), self.rules
        )

        def step(board: Groups) -> tuple[Groups, tuple[()]]:
            return perform(board, link.group, act, now), ()

        facts = {"group": link.group, "act": act.button}
        try:
            keeping.change(step)
        except UnknownGroupError:
            # It ended meanwhile; the page says so.
            log.info("incident had ended", extra=facts)
        else:
            log.info("a person changed an incident", extra=facts)
        return see_other(link.path)

    def _page(self, link: Link, signer: Signer, now: datetime) -> Response:
        groups = DynamoGroups(self.table)
        alert = groups.last(link.group)
        if alert is None:
            return refusal.missing()
        board = groups.get()
        group = next((g for g in board.groups if g.id == link.group), None)
        into = alert.merged_into if group is None else None
        standing = Standing(
            alert=alert,
            group=group,
            mute=mute_of(board, group, now) if group else None,
            now=now,
            merged=signer.until(into, int(link.expiry)).path if into else None,
            probes=self._probes(group) if group else {},
        )
        seen = observed(shown_finding(alert), self.bucket)
        page = incident_page(standing, expires_at(link), seen, raw_path(link))
        return Response(200, page)

    def _probes(self, group: Group) -> Probes:
        """Return the members' newest probes; the page is complete without them."""
        if self.journal is None:
            return {}
        try:
            return recent_probes(self.journal, {m.target for m in group.members})
        except Exception:
            log.exception("newest probes were not read")
            return {}

    def _raw(self, link: Link, *, gzip: bool) -> Response:
        alert = DynamoGroups(self.table).last(link.group)
        if alert is None:
            return refusal.missing()
        return raw_snapshot(shown_finding(alert), self.bucket, gzip=gzip)


def open_endpoint(settings: Settings) -> Endpoint:
    """Return the report of a function with these settings.

    Without a table, as in `sam local invoke`, every link is refused.
    """
    table = settings.incidents_table or ""
    return Endpoint(
        table,
        Rules.of(settings),
        LinkKey(table),
        lambda: datetime.now(UTC),
        settings.journal_table,
        settings.snapshot_bucket,
    )
