"""The endpoint, with the emulated tables: nothing without a valid link."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.stub import Stubber
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parallax import aws
from parallax.groups.table import KEY, DynamoGroups
from parallax.incidents.items import ConflictError
from parallax.journal.dynamodb import DynamoJournal
from parallax.links.key import ITEM, LinkKey
from parallax.links.signature import LIFETIME, Link, Signer
from parallax.model.finding import NotificationReason
from parallax.model.group import Groups
from parallax.model.round import Round, Streak, TargetRound
from parallax.report.endpoint import Endpoint
from parallax.report.request import FORM_TYPE
from parallax.report.response import Response
from parallax.story.rules import Rules
from tests.conftest import Cloud
from tests.parallax.open_group import ALERT, BOARD, ENDED, GROUP_ID, OTHER_ID, store
from tests.parallax.sent_finding import NOON

LATER = NOON + timedelta(minutes=37)


@dataclass
class Report:
    """The report of a stack with one open incident, and its link."""

    table: str
    link: Link
    now: datetime = LATER

    @property
    def endpoint(self) -> Endpoint:
        """Return the endpoint of a new container."""
        return Endpoint(self.table, Rules(), LinkKey(self.table), lambda: self.now)

    @property
    def board(self) -> Groups:
        """Return the groups as stored."""
        return DynamoGroups(self.table).get()

    def get(self, link: Link | None = None, method: str = "GET") -> Response:
        """Open a link."""
        return self.endpoint.respond(event(link or self.link, method))

    def post(self, link: Link | None = None, /, **form: str) -> Response:
        """Press a button."""
        return self.endpoint.respond(event(link or self.link, "POST", form))


def event(link: Link, method: str, form: dict[str, str] | None = None) -> Any:
    """Return the event of a function URL."""
    path, _, query = link.path.partition("?")
    return {
        "rawPath": path,
        "rawQueryString": query,
        "requestContext": {"http": {"method": method}},
        "headers": {"content-type": FORM_TYPE},
        "body": urlencode(form or {}),
    }


@pytest.fixture
def report(cloud: Cloud) -> Report:
    """Give a test a stack with an open incident of two targets."""
    store(cloud.incidents)
    key = LinkKey(cloud.incidents).read_or_create()
    link = Signer(stack=cloud.incidents, key=key).sign(GROUP_ID, NOON)
    return Report(cloud.incidents, link)


def test_a_valid_link_shows_the_incident(report: Report) -> None:
    """And changes nothing, however often a mail scanner opens it."""
    for method in ("GET", "HEAD", "GET"):
        assert report.get(method=method).status_code == 200
    assert "health check uses port" in report.get().page
    assert report.get(method="HEAD").page == ""
    assert report.board.version == 1


def test_a_journal_that_refuses_leaves_the_page_complete(
    report: Report, cloud: Cloud
) -> None:
    """Without the last probe; with it if the journal has one."""
    target = report.board.groups[0].members[0].target
    past = (Streak(started_at=LATER - timedelta(seconds=9), healthy=False),)
    shard = Round(
        shard=0,
        of=1,
        started_at=LATER,
        ended_at=LATER,
        targets=(TargetRound(target=target, past=past),),
    )
    DynamoJournal(cloud.journal).record_round(shard)
    asked = event(report.link, "GET")
    seen = replace(report.endpoint, journal=cloud.journal).respond(asked)
    assert "9 s ago" in seen.page
    blind = replace(report.endpoint, journal="missing").respond(asked)
    assert blind.status_code == 200
    assert "9 s ago" not in blind.page


@pytest.mark.parametrize("query", ["do=acknowledge", "do=mute-24h&by=x"])
def test_a_get_with_the_form_s_fields_changes_nothing(
    report: Report, query: str
) -> None:
    """Only the form does, which no scanner sends."""
    request = event(report.link, "GET")
    request["rawQueryString"] += f"&{query}"
    assert report.endpoint.respond(request).status_code == 200
    assert report.board.version == 1


def test_acknowledge_is_stored_and_shown(report: Report) -> None:
    """The response leads back to the page; a reload repeats nothing."""
    response = report.post(do="acknowledge", by="  Ana\r\n<b> ")
    assert (response.status_code, response.page) == (303, "")
    assert response.headers["location"] == report.link.path
    done = report.board.groups[0].acknowledged
    assert done is not None
    assert (done.by, done.at) == ("Ana <b>", LATER)
    assert "Acknowledged by Ana &lt;b&gt; at 12:37 UTC" in report.get().page


def test_mute_and_unmute_are_stored_and_shown(report: Report) -> None:
    """For the time on the button; a mute ends by itself as well."""
    assert report.post(do="mute-4h").status_code == 303
    (mute,) = report.board.mutes
    assert (mute.subject, mute.until) == (GROUP_ID, LATER + timedelta(hours=4))
    assert "until 16:37 UTC" in report.get().page
    report.now = LATER + timedelta(hours=4)
    assert "MUTED" not in report.get().page
    report.now = LATER
    assert report.post(do="unmute").status_code == 303
    assert report.board.mutes == ()


@pytest.mark.parametrize("form", [{}, {"do": "delete"}, {"do": "mute-1h\n"}])
def test_a_form_without_a_button_of_the_page_changes_nothing(
    report: Report, form: dict[str, str]
) -> None:
    """It is refused."""
    assert report.post(None, **form).status_code == 400
    assert report.board.version == 1


def test_damaged_groups_are_shown_as_that_and_not_replaced(report: Report) -> None:
    """Who opens the page must not end what others acknowledged."""
    key = {"pk": {"S": KEY}}
    broken = key | {"version": {"N": "7"}, "payload": {"B": b"x"}}
    table, dynamodb = report.table, aws.client("dynamodb")
    dynamodb.put_item(TableName=table, Item=broken)
    assert report.get().status_code == 500
    assert report.post(do="acknowledge").status_code == 500
    assert dynamodb.get_item(TableName=table, Key=key)["Item"] == broken


def altered(link: Link) -> dict[str, Link]:
    """Return links that are none of this stack's."""
    return {
        "other group": replace(link, group=OTHER_ID),
        "later expiry": replace(link, expiry=str(int(link.expiry) + 1)),
        "no signature": replace(link, signature=""),
        "other stack": Signer(stack="other", key=b"k" * 32).sign(GROUP_ID, NOON),
        "cut": replace(link, signature=link.signature[:-1]),
        "path": replace(link, group=f"../{GROUP_ID}"),
        "the groups themselves": replace(link, group="open"),
        "the key": replace(link, group="links/key"),
    }


@pytest.mark.parametrize("how", altered(Link(group="", expiry="1", signature="x")))
def test_an_altered_link_shows_and_changes_nothing(report: Report, how: str) -> None:
    """With one page for all of them, which has no detail."""
    link = altered(report.link)[how]
    responses = [report.get(link), report.post(link, do="acknowledge")]
    assert {r.status_code for r in responses} == {403}
    assert len({r.page for r in responses}) == 1
    for secret in ("lb-1", "front", GROUP_ID, report.link.signature):
        assert secret not in responses[0].page
    assert "parallax incidents" in responses[0].page
    assert report.board.version == 1


def test_an_expired_link_says_so_and_what_to_do(report: Report) -> None:
    """It shows and changes nothing; after 14 days and the tolerance of the clocks."""
    report.now = NOON + LIFETIME + timedelta(minutes=6)
    for response in (report.get(), report.post(do="acknowledge")):
        assert response.status_code == 410
        assert "2025-12-04 12:00:00 UTC" in response.page
        assert "Open the newest mail" in response.page
        assert "lb-1" not in response.page
    assert report.board.version == 1


def test_a_deleted_key_revokes_all_links(cloud: Cloud, report: Report) -> None:
    """In a new container at once, in others after five minutes."""
    cloud.client("dynamodb").delete_item(
        TableName=cloud.incidents, Key={"pk": {"S": ITEM}}
    )
    assert report.get().status_code == 403
    LinkKey(cloud.incidents).read_or_create()
    assert report.get().status_code == 403


def test_a_replaced_key_ends_no_link_and_its_new_links_work_at_once(
    report: Report,
) -> None:
    """Also in a container that still has the key before it in memory."""
    times = [0.0]
    key = LinkKey(report.table, lambda: times[0])
    warm = Endpoint(report.table, Rules(), key, lambda: LATER)
    assert warm.respond(event(report.link, "GET")).status_code == 200
    new = LinkKey(report.table, clock=lambda: 9e9).read_or_create()
    link = Signer(stack=report.table, key=new).sign(GROUP_ID, NOON)
    assert link != report.link
    times[0] = 20.0
    for one in (link, report.link):
        assert warm.respond(event(one, "GET")).status_code == 200


def test_a_link_outlives_the_credentials_of_the_function_that_made_it(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not a presigned URL of S3, which ends with them, within hours."""
    page = report.get().page
    for part in ("X-Amz-", "AWSAccessKeyId", "amazonaws"):
        assert part not in page + report.link.path
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "other")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "other")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "other")
    aws.client.cache_clear()
    report.now = NOON + LIFETIME
    assert report.get().status_code == 200


def test_an_ended_incident_shows_its_last_alert(report: Report) -> None:
    """A button that was pressed meanwhile leads to that page."""
    store(report.table, replace(report.board, groups=()), ENDED)
    before = report.board.version
    assert report.post(do="acknowledge").status_code == 303
    response = report.get()
    assert response.status_code == 200
    assert "RESOLVED" in response.page
    assert "<form" not in response.page
    assert report.board.version == before


def test_a_merged_incident_leads_to_the_other_one(report: Report) -> None:
    """By a link that works as long as this one."""
    merged = replace(ENDED, turn=NotificationReason.MERGED, merged_into=OTHER_ID)
    other = replace(ALERT, id="2", group=OTHER_ID)
    store(report.table, replace(report.board, groups=()), merged, other)
    page = report.get().page
    key = LinkKey(report.table).read_or_create()
    link = Signer(stack=report.table, key=key).until(OTHER_ID, int(report.link.expiry))
    assert f'href="{link.path.replace("&", "&amp;")}"' in page
    assert report.get(link).status_code == 200


def test_an_incident_that_is_no_longer_stored(report: Report) -> None:
    """Its item expired, or somebody deleted it."""
    key = LinkKey(report.table).read_or_create()
    link = Signer(stack=report.table, key=key).sign(OTHER_ID, NOON)
    assert report.get(link).status_code == 404
    assert report.post(link, do="acknowledge").status_code == 303


def test_a_damaged_incident_is_no_crash(
    cloud: Cloud, report: Report, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the reason, once."""
    cloud.client("dynamodb").put_item(
        TableName=cloud.incidents,
        Item={"pk": {"S": f"group/{GROUP_ID}"}, "payload": {"B": b"no gzip"}},
    )
    assert report.get().status_code == 500
    assert caplog.messages == ["incident was not readable"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_error_of_aws_is_temporary(
    report: Report, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    """503, a page that says to try again, and no part of the link in the log."""
    endpoint = report.endpoint
    endpoint.key.read()
    with Stubber(aws.client("dynamodb")) as stub:
        stub.add_client_error("get_item", "InternalServerError")
        request = event(report.link, method, {"do": "acknowledge"})
        response = endpoint.respond(request)
    assert response.status_code == 503
    assert "Try again" in response.page
    assert report.link.signature not in caplog.text


def test_a_conflict_after_several_attempts_is_temporary(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was changed; the person tries again."""

    def put(*_: object) -> Groups:
        raise ConflictError("groups/open")

    monkeypatch.setattr(DynamoGroups, "put", put)
    assert report.post(do="acknowledge").status_code == 503


def test_an_act_loses_no_change_at_the_same_time(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member that joins between reading and writing stays."""
    taken = DynamoGroups.put
    others = [replace(BOARD.groups[0], recovered=("late",))]

    def put(self: DynamoGroups, board: Groups, alerts: Any = ()) -> Groups:
        if others:
            group = others.pop()
            taken(self, replace(self.get(), groups=(group,)))
        return taken(self, board, alerts)

    monkeypatch.setattr(DynamoGroups, "put", put)
    assert report.post(do="acknowledge", by="Ana").status_code == 303
    (group,) = report.board.groups
    assert group.recovered == ("late",)
    assert group.acknowledged is not None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(path=st.text(max_size=60), query=st.text(max_size=60), body=st.text(max_size=60))
def test_any_other_request_shows_nothing(
    report: Report, path: str, query: str, body: str
) -> None:
    """Whatever path, query and form: a page without data, and no exception."""
    link = report.link.path.partition("?")
    for raw, text in ((path, query), (link[0], query), (f"/i/{path}", link[2])):
        request = event(report.link, "POST") | {"rawPath": raw, "rawQueryString": text}
        response = report.endpoint.respond(request | {"body": body})
        assert response.status_code in {400, 403, 404, 413}
        assert "lb-1" not in response.page
    assert report.board.version == 1


def respond(report: Report, how: str) -> Response:
    """Return one of the responses that the report has."""
    ways: dict[str, Callable[[], Response]] = {
        "page": report.get,
        "redirect": lambda: report.post(do="acknowledge"),
        "refused": lambda: report.get(altered(report.link)["cut"]),
        "no path": lambda: report.endpoint.respond({}),
    }
    return ways[how]()


@pytest.mark.parametrize("how", ["page", "redirect", "refused", "no path"])
def test_every_response_keeps_the_address_secret(report: Report, how: str) -> None:
    """Not stored, framed, indexed or in a `Referer`; no foreign script runs."""
    headers = respond(report, how).encode()["headers"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert "unsafe" not in policy
