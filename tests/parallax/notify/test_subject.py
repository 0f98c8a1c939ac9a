"""Specification of the mail's subject: `parallax.notify.subject`."""

from dataclasses import replace

from parallax.diagnose import Rules, advance, judge
from parallax.model.finding import Finding, Turn
from parallax.model.snapshot import Snapshot
from parallax.notify.subject import LIMIT, write
from tests.parallax import scenarios as s


def finding(snapshot: Snapshot) -> Finding:
    """Return the first finding of a snapshot's incident."""
    incident = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert incident
    assert incident.finding
    return incident.finding


def test_a_long_subject_ends_with_a_whole_word() -> None:
    """Three dots say that there is more."""
    subject = write(finding(s.no_healthy_target()))
    assert len(subject) <= LIMIT
    assert subject.endswith("nodes answer...")


def test_a_hostile_name_cannot_break_the_subject() -> None:
    """Newlines and other alphabets do not get into the subject."""
    odd = replace(finding(s.wrong_port()), target="a\nb é" + "x" * 200)
    assert write(odd).isascii()
    assert len(write(odd)) <= LIMIT


def test_an_abbreviation_keeps_its_letters() -> None:
    """Within the line a title begins small, unless it begins with `DNS`."""
    dns = replace(finding(s.wrong_port()), title="DNS does not know the name")
    assert write(dns).endswith("(503): DNS does not know the name")


def test_an_end_without_a_cause_names_none() -> None:
    """Nobody was accused, so nobody was it."""
    blind = finding(replace(s.wrong_port(), reports=(), sightings=()))
    over = replace(blind, turn=Turn.RESOLVED)
    assert write(over) == "[Parallax] RESOLVED platform-api: well again after 40 s"
