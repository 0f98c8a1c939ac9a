"""Which parts of a mail the page shows: each line once, none with the mail's clock."""

import pytest

from parallax.model.alert import Alert
from parallax.notify.mail import render
from parallax.report.parts import parts
from tests.parallax.notify.mail.drawn import DRAWN
from tests.parallax.open_group import ALERT


def test_what_users_get_and_how_often_are_apart() -> None:
    """The first stands above the cause, the second below the steps."""
    found = parts(ALERT, render(ALERT))
    assert found.impact[0].startswith("Users get")
    assert len(found.often) == 1
    assert not found.often[0].startswith("Since ")
    assert "failed" in found.often[0]
    assert [block.title.split()[0] for block in found.cause] == ["CAUSE"]


@pytest.mark.parametrize("name", DRAWN)
def test_every_page_has_a_title_and_a_first_line(name: str) -> None:
    """Of every kind of alert; none is a bare state."""
    alert: Alert = DRAWN[name]()
    found = parts(alert, render(alert))
    assert " " in found.title
    assert not found.title.startswith(("DOWN", "STILL DOWN", "RESOLVED"))
    assert found.impact or found.often


def test_a_title_names_a_few_targets() -> None:
    """Whom it affects is the first question; forty are counted."""
    two, forty = DRAWN["two"](), DRAWN["forty"]()
    title = parts(two, render(two)).title
    assert title.startswith("platform-api and shop-001 on keybuzz-lb: LB's health")
    assert parts(forty, render(forty)).title.startswith("40 of 41 URLs on keybuzz-lb")
