"""Specification of the mail's subject: `parallax.notify.mail.subject`."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.diagnose.judge import judge
from parallax.model.finding import Finding, NotificationReason
from parallax.model.plain import plain_line
from parallax.model.snapshot import Snapshot
from parallax.notify.mail.subject import LIMIT, write
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s
from tests.parallax.rendered import alert_of


def finding(snapshot: Snapshot) -> Finding:
    """Return the first finding of a snapshot's incident."""
    incident = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert incident
    assert incident.finding
    return incident.finding


def line(found: Finding) -> str:
    """Return the subject of one finding's mail."""
    return write(alert_of(found))


def test_a_long_subject_ends_with_a_whole_word() -> None:
    """Three dots say that there is more."""
    title = "The load balancer has no healthy target, but nodes respond to all probes"
    subject = line(replace(finding(s.no_healthy_target()), title=title))
    assert len(subject) <= LIMIT
    assert subject.endswith("respond to all...")


def test_a_hostile_name_cannot_break_the_subject() -> None:
    """No line break gets into the subject, nor what orders or controls a line."""
    odd = replace(finding(s.wrong_port()), target="a\nb\x9b\u202e\ufffe c" + "x" * 200)
    assert line(odd) == "DOWN a b???..."
    assert line(odd).isascii()
    assert len(line(odd)) <= LIMIT


def test_a_proper_name_keeps_its_first_letter() -> None:
    """`hetzner blocks …` is not how the name is written."""
    blocked = finding(s.FAULTS["lb-address-blocked"]())
    assert ": Hetzner blocks LB's address" in line(blocked)


def test_an_abbreviation_keeps_its_letters() -> None:
    """Within the line a title begins small, unless it begins with `DNS`."""
    dns = replace(finding(s.wrong_port()), title="DNS does not know the name")
    assert line(dns).endswith("503: DNS does not know the name")


def test_an_end_without_a_cause_names_none() -> None:
    """Nobody was accused, so nobody was it."""
    blind = finding(replace(s.wrong_port(), reports=(), sightings=()))
    over = replace(blind, turn=NotificationReason.RESOLVED)
    assert line(over) == "RESOLVED platform-api after 40 s"


@pytest.mark.parametrize(
    "name",
    [
        "\u0443\u0437\u0435\u043b-1",
        "\u8282\u70b9",
        "\u0639\u0642\u062f\u0629",
        "b\u00fccher",
        "\U0001f98a",
    ],
)
def test_a_name_of_any_script_stays_readable(name: str) -> None:
    """SNS takes UTF-8; `????` names nothing."""
    assert f"DOWN {name} 503" in line(replace(finding(s.wrong_port()), target=name))


@given(
    st.text(st.characters(exclude_categories=())), st.sampled_from(NotificationReason)
)
def test_every_subject_is_one_that_sns_takes(
    text: str, turn: NotificationReason
) -> None:
    """UTF-8, no control character, under 100 characters however they are counted."""
    subject = line(
        replace(finding(s.wrong_port()), target=text, title=text, cause=text, turn=turn)
    )
    assert plain_line(subject) == subject
    assert subject.split()[0] in {"DOWN", "DOWN,", "STILL", "RESOLVED", "MERGED"}
    assert len(subject.encode("utf-16-le")) // 2 < 100
