"""Specification of readings: `parallax.evidence.reading`."""

import pytest

from parallax.evidence.reading import (
    Hidden,
    Missing,
    Unreached,
    evidence_so_far,
    need,
    proven,
    reading,
)
from parallax.evidence.scene import Scene
from tests.parallax import scenarios as s


def scene() -> Scene:
    """Return any scene."""
    return Scene.of(s.FAULTS["lb-no-target"]())


def test_a_reading_is_taken_once_per_scene_and_arguments() -> None:
    """Another argument or another scene is another reading."""
    calls: list[int] = []

    @reading
    def count(_: Scene, number: int = 0) -> int:
        calls.append(number)
        return number

    one, other = scene(), scene()
    assert [count(one), count(one), count(one, 2), count(one, number=2)] == [0, 0, 2, 2]
    assert count(other) == 0
    assert calls == [0, 2, 2, 0]


def test_what_is_missing_is_found_missing_once() -> None:
    """Every caller gets the same reason: as exception, as None or in words."""
    calls: list[Scene] = []

    @reading
    def nothing(scene: Scene) -> int:
        calls.append(scene)
        raise Missing("a reason", "another", evidence=("a fact",))

    one = scene()
    for _ in range(2):
        with pytest.raises(Missing) as gap:
            nothing(one)
        assert (gap.value.why, gap.value.evidence) == (
            ("a reason", "another"),
            ("a fact",),
        )
    assert nothing.maybe(one) is None
    assert nothing.lacks(one) == ("a reason", "another")
    assert calls == [one]


def test_a_value_that_is_there_lacks_nothing() -> None:
    """Also an empty value or None, which is not always missing."""
    here = reading(lambda _: ())
    assert (here(scene()), here.maybe(scene()), here.lacks(scene())) == ((), (), ())


def test_an_error_is_not_remembered_as_missing() -> None:
    """A bug stays a bug, each time."""

    @reading
    def broken(_: Scene) -> int:
        raise ZeroDivisionError

    one = scene()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            broken(one)


@pytest.mark.parametrize("empty", [None, (), "", 0])
def test_what_is_needed_and_is_not_there_is_missing(empty: object) -> None:
    """None and empty values raise; other values are returned."""
    assert need("x", "why") == "x"
    with pytest.raises(Missing, match="why"):
        need(empty, "why")


def test_missing_evidence_keeps_the_evidence_so_far() -> None:
    """The outer fact first; without anything missing nothing happens."""
    with (
        pytest.raises(Missing) as gap,
        evidence_so_far("outer"),
        evidence_so_far("inner", "more"),
    ):
        raise Missing("why", evidence=("own",))
    assert gap.value.why == ("why",)
    assert gap.value.evidence == ("outer", "inner", "more", "own")
    with evidence_so_far("x"):
        pass


def test_what_is_hidden_stays_hidden() -> None:
    """More evidence keeps the kind: the last sentence is the other fault."""
    with pytest.raises(Hidden) as gap, evidence_so_far("outer"):
        raise Hidden("a target", evidence=("the fault",))
    assert gap.value.evidence == ("outer", "the fault")


def test_a_gap_after_the_proof_says_that_users_do_not_get_there() -> None:
    """It keeps the reason, and the proof comes first; a hidden fault stays hidden."""
    below = proven("a proof", reason="crash-loop")
    with pytest.raises(Unreached) as gap, evidence_so_far("first"), below:
        raise Missing("a request of a user", evidence=("a fact",))
    assert gap.value.why == ("a request of a user",)
    assert gap.value.evidence == ("first", "a proof", "a fact")
    assert gap.value.reason == "crash-loop"
    with pytest.raises(Hidden), proven("a proof"):
        raise Hidden("a thing", evidence=("a fault",))
