"""Specification of hostile texts: no name in a group's mail controls its reader.

Names come from headers, bodies, logs, Kubernetes objects, certificates and people.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.alert import Alert, Unaffected
from parallax.model.finding import NotificationReason
from parallax.model.group import Acknowledged
from parallax.model.place import Place, PlaceKind
from parallax.model.plain import plain, plain_line
from parallax.notify.mail import render
from parallax.notify.mail.subject import LIMIT
from tests.parallax.hostile import is_safe, poisoned
from tests.parallax.notify.mail.drawn import DRAWN, LINK, two

ANY = st.text(st.characters(exclude_categories=()))
ONE = two()


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_no_text_of_an_alert_starts_a_line_or_controls_a_terminal(
    draw: Callable[[], Alert],
) -> None:
    """Every text is hostile; the mail keeps its lines."""
    alert = draw()
    mail = render(poisoned(alert), LINK)
    assert "INJECTED" in mail.body
    assert is_safe(mail.body)
    assert plain_line(mail.subject) == mail.subject
    assert len(mail.subject) <= LIMIT
    expected = len(render(alert, LINK).body.splitlines())
    assert abs(len(mail.body.splitlines()) - expected) <= 2


@given(ANY, st.sampled_from(NotificationReason), st.sampled_from(PlaceKind))
def test_any_name_keeps_the_lines(
    text: str, turn: NotificationReason, kind: PlaceKind
) -> None:
    """Of targets, labels, places, people, runbooks and groups."""
    mail = render(named(text, turn, kind), LINK)
    clean = render(named("x", turn, kind), LINK)
    assert plain(mail.body) == mail.body
    assert plain_line(mail.subject) == mail.subject
    assert len(mail.subject.encode("utf-16-le")) // 2 < 100
    assert abs(lines(mail.body) - lines(clean.body)) <= 2


def lines(text: str) -> int:
    """Count lines as a mail program does."""
    return text.count("\n")


def named(text: str, turn: NotificationReason, kind: PlaceKind) -> Alert:
    """Return an alert with one name everywhere."""
    finding = replace(ONE.finding, turn=turn, target=text, runbook=text or None)
    member = replace(ONE.members[1], target=text, url=text, cause=text)
    place = Place(kind=kind, name=text)
    return replace(
        ONE,
        turn=turn,
        finding=finding,
        place=place,
        members=(ONE.members[0], member),
        recovered=(text, "a"),
        moved=(text,),
        unaffected=(Unaffected(place=place, targets=2, names=(text, text)),),
        labels=((text, text),),
        acknowledged=Acknowledged(by=text, at=ONE.at),
        merged_into=text,
        joined_from=text,
    )
