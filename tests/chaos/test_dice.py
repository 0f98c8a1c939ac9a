"""The dice: the same seed gives the same faults, and a list repeats them."""

from collections import Counter

from chaos.dice import Dice, as_listed, at_random, one_by_one

KINDS = ("x", "y", "z")


def _rolled(dice: Dice) -> list[tuple[int, str]]:
    dice.on = True
    for _ in range(200):
        dice.roll("request", "site", KINDS)
    return [(fault.step, fault.kind) for fault in dice.happened]


def test_a_seed_gives_the_same_faults() -> None:
    """And another one others."""
    first = _rolled(Dice(at_random("a", {"request": 0.2})))
    assert first == _rolled(Dice(at_random("a", {"request": 0.2})))
    assert first != _rolled(Dice(at_random("b", {"request": 0.2})))
    assert first


def test_a_list_repeats_what_happened() -> None:
    """By the numbers of the steps."""
    first = _rolled(Dice(at_random("a", {"request": 0.2})))
    assert _rolled(Dice(as_listed(dict(first)))) == first


def test_nothing_happens_while_the_dice_are_off() -> None:
    """Steps are counted nevertheless."""
    dice = Dice(at_random("a", {"request": 1.0}))
    assert dice.roll("request", "site", KINDS) is None
    assert dice.step == 1


def test_one_by_one_takes_each_kind_once_at_a_site_with_time_between() -> None:
    """The time between two faults is that of the case."""
    now = [0.0]
    dice = Dice(one_by_one(Counter(), lambda: now[0], 10.0), on=True)
    for second in range(100):
        now[0] = float(second)
        dice.roll("request", "site", KINDS)
    assert [f.kind for f in dice.happened] == [f"request:{kind}" for kind in KINDS]
