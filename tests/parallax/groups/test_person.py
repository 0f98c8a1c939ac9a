"""What a person may do to a group, and which group a name means."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.groups import person
from parallax.groups.person import (
    NAME_CHARACTERS,
    UNNAMED,
    UnknownGroupError,
    acknowledge,
    any_group_named,
    cleaned,
    mute_of,
    subject_named,
    unmute,
    withdraw,
)
from parallax.groups.tick import tick
from parallax.model.plain import REPLACEMENT, plain_line
from parallax.story.rules import Rules
from tests.parallax.hostile import POISON
from tests.parallax.open_group import BOARD, GROUP, GROUP_ID, OTHER_ID, member, muted
from tests.parallax.sent_finding import NOON

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TWO = replace(
    BOARD,
    groups=(GROUP, replace(GROUP, id=OTHER_ID, members=(member("other"),))),
    pending=(member("late"),),
)


def test_the_beginning_of_an_id_is_enough() -> None:
    """A whole id, its beginning, or a target of the group."""
    for name in (GROUP_ID, GROUP_ID[:4], "front", "shop-api"):
        assert any_group_named(TWO, name).id == GROUP_ID


@pytest.mark.parametrize("name", ["", "zz", "late", "no-such-target"])
def test_a_name_of_no_open_group_is_unknown(name: str) -> None:
    """The error repeats it, so that a typing error is seen."""
    with pytest.raises(UnknownGroupError, match=name or "''"):
        any_group_named(TWO, name)


def test_a_beginning_of_two_ids_is_refused() -> None:
    """Nobody mutes the wrong incident."""
    both = replace(TWO, groups=(GROUP, replace(GROUP, id=f"e356{OTHER_ID[4:]}")))
    with pytest.raises(UnknownGroupError, match="2 open incidents"):
        any_group_named(both, "e356")


def test_a_target_can_be_muted_while_it_fails_or_is_muted() -> None:
    """Confirmed or not; a mute of something else would be a typing error."""
    board = muted(TWO, "gone", HOUR, "ana")
    names = [subject_named(board, n) for n in ("front", "late", "gone", OTHER_ID[:6])]
    assert names == ["front", "late", "gone", OTHER_ID]
    with pytest.raises(UnknownGroupError):
        subject_named(TWO, "gone")


def test_an_acknowledged_group_gets_no_reminder() -> None:
    """It shows who, and since when; the others still get theirs."""
    board = acknowledge(TWO, GROUP, "ana", NOON)
    done = any_group_named(board, GROUP_ID).acknowledged
    assert done is not None
    assert (done.by, done.at) == ("ana", NOON)
    _, due = tick(board, (), NOON + DAY, Rules())
    assert [one.group.id for one in due] == [OTHER_ID]


def test_an_acknowledgment_can_be_withdrawn() -> None:
    """The group is as before, and the other one is untouched."""
    mine = acknowledge(TWO, GROUP, "ana", NOON)
    group = any_group_named(mine, GROUP_ID)
    after = withdraw(mine, group)
    assert after == replace(
        TWO, groups=(replace(group, acknowledged=None), *TWO.groups[1:])
    )


def test_a_muted_group_gets_one_mail_after_the_mute() -> None:
    """During it none; then people learn that it still fails."""
    board = muted(BOARD, GROUP_ID, DAY, "ana", "upgrade")
    assert tick(board, (), NOON + DAY - HOUR, Rules())[1] == ()
    _, due = tick(board, (), NOON + DAY, Rules())
    assert [one.group.id for one in due] == [GROUP_ID]


def test_the_mute_that_holds_mails_back_is_shown() -> None:
    """The group's own, or the first to end if each target is muted."""
    assert mute_of(BOARD, GROUP, NOON) is None
    one = muted(BOARD, "front", HOUR, "ana")
    assert mute_of(one, GROUP, NOON) is None
    both = muted(one, "shop-api", 2 * HOUR, "ben")
    shown = mute_of(both, GROUP, NOON)
    assert shown is not None
    assert shown.subject == "front"
    own = mute_of(muted(both, GROUP_ID, 4 * HOUR, "eva"), GROUP, NOON)
    assert own is not None
    assert (own.by, own.until) == ("eva", NOON + 4 * HOUR)
    assert mute_of(both, GROUP, NOON + HOUR) is None


def test_a_mute_replaces_an_earlier_one() -> None:
    """Also with a shorter one."""
    board = muted(muted(BOARD, GROUP_ID, DAY, "ana"), GROUP_ID, HOUR, "ben")
    assert [(m.by, m.until) for m in board.mutes] == [("ben", NOON + HOUR)]
    assert unmute(board, GROUP_ID) == BOARD


@pytest.mark.parametrize("time", [timedelta(0), -HOUR, person.LONGEST + HOUR])
def test_a_mute_has_an_end(time: timedelta) -> None:
    """After seven days at most."""
    with pytest.raises(ValueError, match="7 days"):
        muted(BOARD, GROUP_ID, time, "ana")


@given(st.text(alphabet=st.characters(codec="utf-8")) | st.just(POISON))
def test_a_name_is_one_short_plain_line(text: str) -> None:
    """Whatever somebody enters; cleaning it again changes nothing."""
    name = cleaned(text, NAME_CHARACTERS)
    assert len(name) <= NAME_CHARACTERS
    assert plain_line(name) == name
    assert REPLACEMENT not in name
    assert cleaned(name, NAME_CHARACTERS) == name


@pytest.mark.parametrize("by", ["", "  \n", "\x1b\u202e"])
def test_somebody_without_a_name_is_shown_as_that(by: str) -> None:
    """An empty name would look like an error."""
    done = any_group_named(acknowledge(BOARD, GROUP, by, NOON), GROUP_ID).acknowledged
    assert done is not None
    assert done.by == UNNAMED
