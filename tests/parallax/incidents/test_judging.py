"""Judging: each target of a batch once, and errors stay with their target."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from parallax.incidents.items import ConflictError
from parallax.incidents.judging import Judging
from parallax.journal.observation import to_item
from parallax.model.finding import Incident, State
from parallax.model.packed import pack
from parallax.model.round import Round, TargetRound
from parallax.model.target import Target
from tests.parallax import scenarios as s

A, B = (Target(name=name, url=f"https://{name}.example/") for name in ("a", "b"))
type Move = Callable[[Target], Sequence[Incident]]


def record(target: str) -> dict[str, Any]:
    """Make the stream's record of a target's run."""
    image = to_item(replace(s.run(s.LB_503), target=target))
    return {"eventName": "INSERT", "dynamodb": {"NewImage": image}}


def moving(judged: list[str], **errors: Exception) -> Move:
    """Return a move that records its targets, and raises for some."""

    def move(target: Target) -> Sequence[Incident]:
        judged.append(target.name)
        if target.name in errors:
            raise errors[target.name]
        return ()

    return move


def test_a_target_of_many_records_is_judged_once() -> None:
    """A batch has several observations of it; one judgement uses all."""
    judged: list[str] = []
    judging = Judging((A, B), moving(judged))
    for name in ("a", "b", "a", "a", "nobody"):
        judging.take(record(name))
    assert judged == ["a", "b"]


@pytest.mark.parametrize(
    "error", [EndpointConnectionError(endpoint_url="x"), ConflictError("a")]
)
def test_a_temporary_error_fails_every_record_of_its_target(error: Exception) -> None:
    """The first of them is the checkpoint; the other target is done."""
    judged: list[str] = []
    judging = Judging((A, B), moving(judged, a=error))
    for name in ("a", "a"):
        with pytest.raises(type(error)):
            judging.take(record(name))
    judging.take(record("b"))
    assert judged == ["a", "b"]


def test_a_permanent_error_makes_a_dead_letter(cloud: Any) -> None:
    """There is one letter with the whole record, and no record fails."""
    judging = Judging((A,), moving([], a=TypeError("odd")), cloud.dead_letters)
    for _ in range(2):
        judging.take(record("a"))
    (letter,) = cloud.messages(cloud.dead_letters)
    assert "TypeError('odd')" in letter
    assert "payload" in letter


def round_record(*names: str) -> dict[str, Any]:
    """Make the stream's record of a round of these targets."""
    one = Round(
        shard=0,
        of=1,
        started_at=s.NOW,
        ended_at=s.NOW,
        targets=tuple(TargetRound(target=name) for name in names),
    )
    image = {"kind": {"S": "round"}, "payload": {"B": pack(one)}}
    return {"eventName": "MODIFY", "dynamodb": {"NewImage": image}}


def test_a_round_judges_only_the_targets_that_it_concerns() -> None:
    """The others are not read at all; whether agents report is judged once."""
    judged: list[str] = []
    rounds: list[Round] = []

    def listen(round_: Round) -> list[Incident]:
        rounds.append(round_)
        return []

    judging = Judging(
        (A, B), moving(judged), due=lambda _: ["b", "nobody"], listen=listen
    )
    judging.take(round_record("a", "b", "nobody"))
    assert (judged, len(rounds)) == (["b"], 1)


def test_a_round_keeps_the_incidents_of_its_silences() -> None:
    """What listening moved is reported as moved."""
    moved = Incident(
        id="1",
        subject="k/agent",
        state=State.PENDING,
        since=s.NOW,
        changed_at=s.NOW,
        cause="agent-silent",
    )
    judging = Judging((A,), moving([]), listen=lambda _: [moved])
    judging.take(round_record("a"))
    assert judging.moved == [moved]
