"""Kinds: each receiver accepts each alert, and no text from the network is markup."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.model.finding import NotificationReason as Turn
from parallax.model.group import Acknowledged
from parallax.model.target import Severity
from parallax.routes.kinds import KINDS, wants
from parallax.routes.notice import Notice
from parallax.routes.request import PlaceError, Request
from tests.functions.template import TEMPLATE
from tests.parallax.notify.alerts import GROUP
from tests.parallax.routes.notices import KEY, PLACE, changed, notice
from tests.parallax.routes.receivers import RECEIVERS
from tests.parallax.sent_finding import NOON

HOSTILE = (
    "<!channel> <@U123> <https://evil.example|click> &amp; *bold* _it_ `code`",
    "@everyone <at>Team</at> [click](https://evil.example) **bold** # head",
    "<b>x</b><script>alert(1)</script><img src=x onerror=alert(1)>",
    "\x00\x07\x1b[31m\x9b\u202eevil\u2066\ufeff\ud800\ufffe",
    '"\\\n\r\t{}$(id)`id`${x}{{x}}%s',
    "https://user:secret@evil.example/?token=abc",
    "javascript:alert(1)",
    "\N{PILE OF POO}" * 3000,
    "a" * 100_000,
    "",
)
EVERY = [*product(KINDS, Turn)]


def made(name: str, given: Notice) -> Sequence[Request]:
    """Return the requests for a receiver of a stack with every route."""
    return KINDS[name].requests(given, PLACE)


def read(name: str, given: Notice) -> list[Any]:
    """Return what a receiver reads of each request; raises if it refuses one."""
    with time_machine.travel(given.now, tick=False):
        return [RECEIVERS[name](request) for request in made(name, given)]


def accepted(name: str, given: Notice) -> Any:
    """Return what a receiver reads of the only request."""
    (one,) = read(name, given)
    return one


@pytest.mark.parametrize(("name", "turn"), EVERY)
def test_each_receiver_accepts_each_turn(name: str, turn: Turn) -> None:
    """Firing, changed, grown, reminded, resolved, merged."""
    assert read(name, notice(turn))


@pytest.mark.parametrize(("name", "text"), [*product(KINDS, HOSTILE)])
def test_no_text_from_the_network_is_markup(name: str, text: str) -> None:
    """Each receiver accepts it, within its limits, and mentions nobody."""
    accepted(name, changed(text))


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=3000))
@settings(max_examples=150)
def test_any_text_is_accepted(name: str, text: str) -> None:
    """Of any script, any length, any control character."""
    accepted(name, changed(text))


@pytest.mark.parametrize("name", KINDS)
def test_no_request_without_its_fields(name: str) -> None:
    """The reason names the field of the secret, and no value."""
    with pytest.raises(PlaceError, match=rf"{name}_|expected") as caught:
        KINDS[name].requests(notice(), {})
    assert "http" not in str(caught.value)


def test_every_route_is_a_parameter_that_is_off() -> None:
    """Each name of the template has a format, and each format a name."""
    routes = TEMPLATE["Resources"]["RoutesFunction"]["Properties"]["Environment"]
    _, conditions = routes["Variables"]["PARALLAX_ROUTES"]
    assert [name for _, name, _ in conditions] == list(KINDS)
    secret = TEMPLATE["Resources"]["ParallaxSecret"]["Properties"]["SecretString"]
    fields = json.loads(secret)
    assert PLACE.keys() <= fields.keys()
    parameters = TEMPLATE["Parameters"]
    for condition, _, _ in conditions:
        ((_, none),) = TEMPLATE["Conditions"][condition]
        assert none == ""
    for field in PLACE:
        parameter = fields[field].strip("${}")
        default = parameters[parameter]["Default"]
        assert default == "" or field in {"pagerduty_url", "opsgenie_url"}


def test_a_chat_gets_no_alert_of_a_muted_group() -> None:
    """What keeps an alert open gets its end."""
    muted = replace(notice(Turn.RESOLVED), muted=True)
    wanting = {name for name in KINDS if wants(name, muted)}
    assert wanting == {"pagerduty", "opsgenie", "alertmanager", "webhook"}
    assert all(wants(name, notice()) for name in KINDS)


@pytest.mark.parametrize(
    ("turn", "action"),
    [
        (Turn.FIRING, "trigger"),
        (Turn.CAUSE_CHANGED, "trigger"),
        (Turn.REMINDER, "trigger"),
        (Turn.RESOLVED, "resolve"),
        (Turn.MERGED, "resolve"),
    ],
)
def test_pagerduty_keeps_one_incident_for_a_group(turn: Turn, action: str) -> None:
    """The same key from the first alert to the end."""
    event = accepted("pagerduty", notice(turn))
    assert (event["event_action"], event["dedup_key"]) == (action, GROUP)


def test_a_reminder_of_an_acknowledged_group_acknowledges() -> None:
    """A change of it triggers again."""
    by = Acknowledged(by="ann", at=NOON)
    known = {t: notice(t, acknowledged=by) for t in (Turn.REMINDER, Turn.GROWN)}
    actions = [accepted("pagerduty", n)["event_action"] for n in known.values()]
    assert actions == ["acknowledge", "trigger"]
    verbs = [[one["verb"] for one in read("opsgenie", n)] for n in known.values()]
    assert verbs == [["acknowledge"], ["", "priority", "notes"]]


@pytest.mark.parametrize(
    ("turn", "verbs"),
    [
        (Turn.FIRING, [""]),
        (Turn.CAUSE_CHANGED, ["", "priority", "notes"]),
        (Turn.TREND_CHANGED, ["", "priority", "notes"]),
        (Turn.GROWN, ["", "priority", "notes"]),
        (Turn.REMINDER, [""]),
        (Turn.RESOLVED, ["close"]),
        (Turn.MERGED, ["close"]),
    ],
)
def test_opsgenie_keeps_one_alert_for_a_group(turn: Turn, verbs: list[str]) -> None:
    """The group is the alias. A change reaches an open alert, whatever was before."""
    requests, documents = made("opsgenie", notice(turn)), read("opsgenie", notice(turn))
    assert [one["verb"] for one in documents] == verbs
    for request, document in zip(requests, documents, strict=True):
        if verb := document["verb"]:
            assert f"/{GROUP}/{verb}?" in request.url
        else:
            assert (document["alias"], document["priority"]) == (GROUP, "P1")


def test_opsgenie_creates_the_alert_of_an_acknowledged_group() -> None:
    """Its first alert has no alias to acknowledge."""
    by = Acknowledged(by="ann", at=NOON)
    (created,) = read("opsgenie", notice(acknowledged=by))
    assert created["verb"] == ""


def test_opsgenie_raises_the_priority_of_a_group_that_becomes_critical() -> None:
    """To create an open alert again does not change it."""
    grown = [notice(Turn.GROWN), replace(notice(Turn.GROWN), severity=Severity.WARNING)]
    set_to = [read("opsgenie", one)[1]["priority"] for one in grown]
    assert set_to == ["P1", "P3"]


def test_alertmanager_keeps_one_alert_for_a_group_and_severity() -> None:
    """It fires until the group ends; other severities end."""
    first = notice(late=timedelta(0))
    for one, firing in (
        (first, ["critical"]),
        (replace(first, severity=Severity.WARNING), ["warning"]),
        (notice(Turn.RESOLVED, late=timedelta(0)), []),
    ):
        alerts = accepted("alertmanager", one)
        now = one.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        open_ = [a["labels"]["severity"] for a in alerts if a["endsAt"] > now]
        assert open_ == firing
        assert {a["labels"]["group"] for a in alerts} == {GROUP}
        assert len(alerts) == len(Severity)


def test_alertmanager_ends_no_acknowledged_group_that_still_fails() -> None:
    """No reminder follows an acknowledgment, for as long as nothing changes."""
    first = notice(late=timedelta(0))
    ends = {
        a["labels"]["severity"]: a["endsAt"] for a in accepted("alertmanager", first)
    }
    assert datetime.fromisoformat(ends["critical"]) - first.at == timedelta(days=365)


def test_a_webhook_is_signed_with_each_key_of_a_rotation() -> None:
    """A receiver that knows only one of them accepts it; the id is the alert's."""
    other = "whsec_" + "b3RoZXI=" * 3
    given = replace(notice(), now=datetime.now(UTC))
    both = PLACE | {"webhook_secret": f"{other},{KEY}"}
    (request,) = KINDS["webhook"].requests(given, both)
    RECEIVERS["webhook"](request)
    assert request.headers["webhook-id"] == given.id
    assert len(request.headers["webhook-signature"].split()) == 2


def test_ntfy_needs_a_topic() -> None:
    """A URL without one is an error of the configuration."""
    with pytest.raises(PlaceError, match="https://<server>/<topic>"):
        KINDS["ntfy"].requests(notice(), PLACE | {"ntfy_url": "https://ntfy.example"})
