"""What the buttons of the page do, and that nothing else does anything."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parallax.groups.person import UnknownGroupError, mute_of
from parallax.model.group import Groups
from parallax.report.act import MUTES, Act, act_in, perform
from tests.parallax.open_group import BOARD, GROUP, GROUP_ID, muted
from tests.parallax.sent_finding import NOON


@pytest.mark.parametrize("button", MUTES)
def test_a_mute_button_mutes_the_group(button: str) -> None:
    """For the time that its label states, in the name that was entered."""
    act = act_in({"do": button, "by": "Ana"})
    assert act is not None
    (made,) = perform(BOARD, GROUP_ID, act, NOON).mutes
    assert (made.subject, made.by) == (GROUP_ID, "Ana")
    assert made.until - NOON == MUTES[button]


def test_acknowledge_names_who_did_it() -> None:
    """A second person may do it too; the last one is shown."""
    board = BOARD
    for by in ("Ana", "Ben"):
        board = perform(board, GROUP_ID, Act(button="acknowledge", by=by), NOON)
    done = board.groups[0].acknowledged
    assert done is not None
    assert done.by == "Ben"
    after = perform(board, GROUP_ID, Act(button="withdraw"), NOON)
    assert after.groups[0].acknowledged is None


def test_unmute_ends_each_mute_that_holds_the_mails_back() -> None:
    """The group's own, and those of its targets if all are muted."""
    board = BOARD
    for subject in (GROUP_ID, "front", "shop-api", "other"):
        board = muted(board, subject, timedelta(hours=1), "Ana")
    after = perform(board, GROUP_ID, Act(button="unmute"), NOON)
    assert mute_of(after, GROUP, NOON) is None
    assert [m.subject for m in after.mutes] == ["other"]


@pytest.mark.parametrize("form", [{}, {"do": ""}, {"do": "mute-9999h"}, {"by": "Ana"}])
def test_a_form_without_a_known_button_does_nothing(form: dict[str, str]) -> None:
    """Nobody mutes for longer than the page offers."""
    assert act_in(form) is None


def test_a_group_that_ended_is_not_changed() -> None:
    """Nor one whose id only begins in the same way."""
    ended = replace(BOARD, groups=())
    with pytest.raises(UnknownGroupError):
        perform(ended, GROUP_ID, Act(button="acknowledge"), NOON)
    assert isinstance(ended, Groups)
