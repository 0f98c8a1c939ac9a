"""The page of an incident: what is broken, why, what to do, and who works on it."""

import base64
import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parallax.groups.person import acknowledge, mute_of
from parallax.model.finding import NotificationReason
from parallax.model.group import Groups
from parallax.model.incident_state import State
from parallax.model.judgement import Answer, Assessment, Constancy
from parallax.model.plain import plain
from parallax.model.snapshot import PastProbe
from parallax.model.snapshot_excerpt import excerpt_of
from parallax.notify.paragraph import clock
from parallax.report.copying import SCRIPT
from parallax.report.observed import Observed
from parallax.report.page import incident_page
from parallax.report.standing import Standing
from parallax.report.style import CSS, POLICY
from tests.parallax import hostile
from tests.parallax.open_group import (
    ALERT,
    BOARD,
    COMMAND,
    ENDED,
    GROUP,
    GROUP_ID,
    OTHER_ID,
    member,
    muted,
)
from tests.parallax.report.html_tree import Page
from tests.parallax.report.incidents import NO_BUCKET, recorded, response
from tests.parallax.sent_finding import NOON

NOW = NOON + timedelta(minutes=37)
EXPIRES = NOON + timedelta(days=14)
PAGE_BYTES = 150_000
HOSTILE = '</pre><script>alert(1)</script><img src=x onerror="a">\'&amp;\x1b[2J\u202e'


def html(board: Groups = BOARD, **changes: Any) -> str:
    """Return the page of the open group."""
    group = next(iter(board.groups), None)
    held = mute_of(board, group, NOW) if group else None
    standing = Standing(alert=ALERT, group=group, mute=held, now=NOW)
    return incident_page(replace(standing, **changes), EXPIRES)


def page(board: Groups = BOARD, **changes: Any) -> Page:
    """Return the same, read; it is well formed."""
    read = Page(html(board, **changes))
    assert read.problems == []
    return read


def test_the_page_states_what_is_broken_why_and_what_to_do() -> None:
    """With each target, the path and the evidence of the mail."""
    text = page().text
    for part in (
        "FAILING",
        "37 min",
        "health check uses port 31999",
        COMMAND,
        "front",
        "shop-api",
        "not confirmed yet",
        "Not affected (no open incident): 2 URLs (docs, blog)",
        "5 of 5 targets unhealthy",
        "first failed probe",
        GROUP_ID,
    ):
        assert part in text, part


def test_a_command_stands_alone_and_unchanged() -> None:
    """A person copies it as a whole."""
    (command,) = re.findall(r'<pre class="command"[^>]*>(kubectl.*?)</pre>', html())
    assert command == COMMAND


def test_the_cause_and_the_command_come_before_the_buttons() -> None:
    """So a phone shows them; a wide screen shows the path above them."""
    text = html()
    parts = (
        "Cause (",
        COMMAND,
        "Affected</h2>",
        "<form",
        "Path of a request to front</h2>",
    )
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_all_steps_come_before_the_evidence() -> None:
    """The second step follows the first one, not the phases."""
    step = ALERT.finding.next_steps[0]
    steps = (step, replace(step, text="Check it.", alternative=False))
    text = html(alert=replace(ALERT, finding=replace(ALERT.finding, next_steps=steps)))
    assert text.index('id="then"') < text.index("Path of a request to front</h2>")


def test_only_one_clock_runs() -> None:
    """The page says how old its findings are; the mail's own age is left out."""
    text = page().text
    assert "Findings below are from 12:00:00 UTC, 37 min ago." in text
    assert "Page loaded 12:37:00 UTC" in text
    assert " ago). " not in text


def test_the_title_is_not_cut_and_repeats_no_state() -> None:
    """A subject has 78 characters; the state stands beside the title."""
    finding = replace(ALERT.finding, title="The " + "very " * 30 + "long title")
    found = html(alert=replace(ALERT, finding=finding))
    (title,) = re.findall("<h1>(.*?)</h1>", found)
    assert title.endswith("very long title")
    assert not title.startswith("DOWN")


def test_a_resolved_page_s_title_is_its_first_sentence() -> None:
    """Not the id of a cause."""
    (title,) = re.findall("<h1>(.*?)</h1>", html(Groups(), alert=ENDED))
    assert "recovered" in title
    assert "(was" not in title
    assert "use its buttons" not in html(Groups(), alert=ENDED)


def test_a_failure_of_some_requests_is_called_so() -> None:
    """The state beside the title; users of the other requests see nothing."""
    symptom = replace(ALERT.finding.symptom, constancy=Constancy.INTERMITTENT)
    some = tuple(replace(m, constancy=Constancy.INTERMITTENT) for m in ALERT.members)
    finding = replace(ALERT.finding, symptom=symptom)
    text = page(alert=replace(ALERT, finding=finding, members=some)).text
    assert "INTERMITTENT" in text
    assert "FAILING" not in text


@pytest.mark.parametrize(
    ("changes", "is_open"),
    [
        ({"status_code": 503}, False),
        ({"status_code": 504}, True),
        ({"status_code": None, "error_type": "timeout"}, True),
        ({"status_code": 200, "unmet": "slower than 2 s"}, True),
    ],
)
def test_the_phases_are_open_if_time_is_what_is_wrong(
    changes: dict[str, Any], *, is_open: bool
) -> None:
    """Otherwise a reader opens them."""
    snapshot = recorded("pod-too-slow")
    symptom = replace(ALERT.finding.symptom, **changes)
    finding = replace(ALERT.finding, symptom=symptom)
    standing = Standing(
        alert=replace(ALERT, finding=finding), group=GROUP, mute=None, now=NOW
    )
    seen = Observed(excerpt=excerpt_of(snapshot))
    shown = incident_page(standing, EXPIRES, seen)
    assert ('<details class="alone" open' in shown) == is_open


def test_an_address_is_a_link_only_if_it_is_a_web_page_s() -> None:
    """It does not tell the target where it was opened; no script is a link."""
    good = replace(GROUP, members=(member("a", url="https://a.example/"),))
    links = page(replace(BOARD, groups=(good,))).of("a")
    assert {"href": "https://a.example/", "rel": "noreferrer"} in links
    bad = replace(GROUP, members=(member("a", url="javascript:alert(1)"),))
    hrefs = [a["href"] for a in page(replace(BOARD, groups=(bad,))).of("a")]
    assert not any("javascript" in (href or "") for href in hrefs)


def test_every_cause_has_its_answer() -> None:
    """Closed at first; also those that the mail only counts."""
    others = tuple(
        Assessment(cause=f"cause-{n}", answer=answer, missing=("no report",))
        for n, answer in enumerate([Answer.REFUTED] * 9 + [Answer.UNKNOWN])
    )
    finding = ALERT.finding
    finding = replace(finding, assessments=finding.assessments + others)
    text = page(alert=replace(ALERT, finding=finding)).text
    assert "9 ruled out" in text
    assert "1 not determined, and what is missing" in text
    assert all(f"cause-{n}" in text for n in range(10))


def test_each_hop_has_its_state_as_word_and_as_mark() -> None:
    """Not only as a color."""
    read = page()
    marks = read.of("path")
    assert len(read.of("circle")) == len(ALERT.finding.path)
    assert len({m["d"] for m in marks}) > 3
    for word in ("FAULTY", "affected", "unknown"):
        assert word in read.text


def test_an_open_incident_has_buttons_and_a_field_for_the_name() -> None:
    """The form is sent to the page's own address."""
    read = page()
    values = [button["value"] for button in read.of("button")]
    assert values == ["acknowledge", "mute-1h", "mute-4h", "mute-24h"]
    assert read.of("form") == [{"method": "post"}]
    assert read.of("input")[0]["name"] == "by"


def test_who_acknowledged_and_who_muted_is_shown() -> None:
    """With the times, the reason, and a button to unmute."""
    board = acknowledge(BOARD, GROUP, "Ana Böhm", NOON + timedelta(minutes=5))
    board = muted(board, GROUP_ID, timedelta(hours=4), "Ben", "upgrade of lb-1")
    read = page(board)
    assert "Acknowledged by Ana Böhm at 12:05 UTC (32 min ago)" in read.text
    assert "until 16:00 UTC. Reason: upgrade of lb-1." in read.text
    for word in ("MUTED", "ACKNOWLEDGED"):
        assert word in read.text
    values = [button["value"] for button in read.of("button")]
    assert values[:2] == ["acknowledge", "withdraw"]
    assert values[-1] == "unmute"


def test_the_present_targets_are_shown_not_those_of_the_mail() -> None:
    """A member that joined or recovered after the mail."""
    group = replace(GROUP, members=(member("new"),), recovered=("front",))
    text = page(replace(BOARD, groups=(group,))).text
    assert "new" in text
    assert "recovered" in text
    assert "shop-api · 503" not in text


def test_a_target_that_was_confirmed_after_the_mail_is_listed_once() -> None:
    """The mail counted it as not confirmed; it is a member now."""
    assert ALERT.pending
    late = ALERT.pending[0]
    group = replace(GROUP, members=(*GROUP.members, late))
    text = page(replace(BOARD, groups=(group,))).text
    assert text.count(f"{late.url}") == 1
    assert "· not confirmed yet" not in text


def test_a_cause_that_changed_without_a_mail_is_stated() -> None:
    """As while the group is muted."""
    group = replace(GROUP, cause="pods-not-ready")
    assert (
        "The cause is now pods-not-ready." in page(replace(BOARD, groups=(group,))).text
    )


def test_a_group_whose_targets_recover_is_shown_as_recovering() -> None:
    """It does not fail, and is not resolved yet."""
    group = replace(GROUP, members=(member("front", state=State.RECOVERING),))
    assert "RECOVERING" in page(replace(BOARD, groups=(group,))).text


def test_an_ended_incident_has_no_buttons() -> None:
    """It states when it was closed, and how long that is after the recovery."""
    read = page(Groups(), alert=ENDED)
    assert "RESOLVED" in read.text
    assert "Closed at 2025-11-20 13:00:00 UTC" in read.text
    assert read.of("button") == []
    well = replace(ENDED.finding, well_since=ENDED.at - timedelta(minutes=5))
    later = page(Groups(), alert=replace(ENDED, finding=well)).text
    assert "Closed at 2025-11-20 13:00:00 UTC, 5 min after the recovery." in later
    assert "12:55:00 requests succeed again" in " ".join(later.split())
    assert "13:00:00 incident closed" in " ".join(later.split())


def test_that_some_requests_succeed_stands_at_the_top() -> None:
    """A reader of 504 must not expect it of all requests. If all fail, it is below."""
    symptom = replace(ALERT.finding.symptom, failed=7, total=11)
    alert = replace(ALERT, finding=replace(ALERT.finding, symptom=symptom))
    some = page(alert=alert).text
    assert some.index("7 of 11 external requests") < some.index("Cause (")
    every = page().text
    assert every.index("How often requests fail") > every.index("Cause (")


def test_an_open_incident_shows_its_last_probe() -> None:
    """Above the findings, and at the end of the timeline."""
    target = ALERT.finding.target
    got = PastProbe(started_at=NOW - timedelta(seconds=21), healthy=False)
    open_ = replace(GROUP, members=(member(target),))
    probes = {target: (replace(got, status_code=503),)}
    read = page(replace(BOARD, groups=(open_,)), probes=probes).text
    assert "Last probe (12:36:39 UTC, 21 s ago): 503, still failing." in read
    assert "12:36:39 last probe: 503, still failing" in " ".join(read.split())


def test_an_ended_incident_shows_the_evidence_of_its_failure() -> None:
    """And says of when it is; the state and the mail's text are those of the end."""
    failure = replace(ALERT.finding, judged_at=NOON)
    read = page(Groups(), alert=replace(ENDED, failure=failure))
    assert "RESOLVED" in read.text
    assert "are of the failure, as of 2025-11-20 12:00:00 UTC" in read.text
    assert "Hetzner reports 5 of 5 targets unhealthy" in read.text
    assert "FAULTY" in read.text
    assert COMMAND not in read.text


def test_the_end_of_an_incident_is_not_shown_as_the_time_of_its_cause() -> None:
    """The reference of a mail about the end has the time of the end."""
    read = " ".join(page(Groups(), alert=ENDED).text.split())
    assert f" · closed {clock(ENDED.finding.judged_at)}" in read
    assert "judged 2" not in read


def test_observations_that_cannot_be_read_are_not_offered() -> None:
    """The command remains, for who may read the bucket."""
    snapshot = recorded("dns-stale-address-dead")
    offered = "Download all observations"
    assert offered in response(snapshot).encode()["body"]
    refused = response(snapshot, seen=NO_BUCKET).encode()["body"]
    assert offered not in refused
    assert "parallax judge s3://" in refused


def test_a_merged_incident_links_to_the_other_one() -> None:
    """Its members are there now."""
    alert = replace(ENDED, turn=NotificationReason.MERGED, merged_into=OTHER_ID)
    read = page(Groups(), alert=alert, merged=f"/i/{OTHER_ID}?s=x&e=1")
    assert "MERGED" in read.text
    assert {"href": f"/i/{OTHER_ID}?s=x&e=1"} in read.of("a")


def test_a_group_that_vanished_is_shown_as_closed() -> None:
    """The groups' item was unreadable and begun again: no end was published."""
    read = page(Groups())
    assert "CLOSED" in read.text
    assert read.of("button") == []


@pytest.mark.parametrize("count", [1, 500])
def test_the_page_of_many_targets_stays_small(count: int) -> None:
    """Below 150 KB; it states how many it leaves out."""
    members = tuple(member(f"target-{n}") for n in range(count))
    text = html(replace(BOARD, groups=(replace(GROUP, members=members),)))
    assert len(text.encode()) < PAGE_BYTES
    assert ("more URLs" in text) == (count > 100)


def test_the_policy_allows_this_style_and_this_script_only() -> None:
    """The hashes are those of the page's elements, byte for byte."""
    text = html()
    for tag, expected in (("style", CSS), ("script", SCRIPT)):
        (found,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(sha256(found.encode()).digest()).decode()
        assert found == expected
        assert f"{tag}-src 'sha256-{digest}'" in POLICY
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert "style=" not in text


@given(poison=st.text(max_size=30))
@example(poison=HOSTILE)
@example(poison=hostile.POISON)
def test_no_text_becomes_markup(poison: str) -> None:
    """Whatever a header, a page, a name or a person holds; the text itself is shown."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hostile, "POISON", poison)
        alert, group = hostile.poisoned(ALERT), hostile.poisoned(GROUP)
        board = hostile.poisoned(
            muted(
                acknowledge(replace(BOARD, groups=(group,)), group, poison, NOON),
                group.id,
                timedelta(days=1),
                poison,
                poison,
            )
        )
    text = html(board, alert=alert)
    read = Page(text)
    assert read.problems == []
    assert plain(text) == text
    clean = page()
    assert {tag for tag, _ in read.tags} - {tag for tag, _ in clean.tags} <= {
        "pre",
        "code",
    }


def test_a_hostile_text_is_shown_as_text() -> None:
    """A reader sees what a header holds."""
    finding = replace(ALERT.finding, title=HOSTILE)
    shown = page(alert=replace(ALERT, finding=finding)).text
    assert "<script>alert(1)</script>" in shown
