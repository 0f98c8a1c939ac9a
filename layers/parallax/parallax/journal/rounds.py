"""Rounds: the round of a shard as an item of the journal, and back.

In: a `Round`, or its item. Out: the item that the shard's next round replaces, or the
round; for the probe also without pydantic, which would double its cold start.
It does not: call DynamoDB.

The key is `#rounds` and the shard's number: no target's name begins with `#`. Plain
attributes are for readers that need no run: when the round started and ended, of how
many shards it is one, how many targets it has, and how many of them fail.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from parallax.journal.observation import KEPT, REPORTED, Item, moment
from parallax.journal.round_times import ROUNDS
from parallax.model.failed_probe import FailedProbe
from parallax.model.packed import (
    ITEM_LIMIT,
    UNPACKED_LIMIT,
    TooLargeError,
    UnreadableError,
    in_clear,
    inflate,
    pack,
    unpack,
)
from parallax.model.probe import ErrorType, ProbeRun
from parallax.model.round import Failure, LastRound, Round, Streak, TargetRound
from parallax.model.wire import Json, wire_name

KIND = "round"


def key_of(shard: int) -> dict[str, dict[str, str]]:
    """Return the key of a shard's round."""
    return {"pk": {"S": ROUNDS}, "sk": {"S": f"{shard}"}}


def round_item(finished: Round) -> Item:
    """Return the item of a shard's round, or raise `TooLargeError`."""
    payload = pack(finished)
    if len(payload) > ITEM_LIMIT:
        raise TooLargeError(f"round {finished.shard}: {len(payload)} bytes packed")
    return {
        **key_of(finished.shard),
        "kind": {"S": KIND},
        "outcome": {"S": REPORTED},
        "started_at": {"S": moment(finished.started_at)},
        "ended_at": {"S": moment(finished.ended_at)},
        "of": {"N": f"{finished.of}"},
        "targets": {"N": f"{len(finished.targets)}"},
        "failing": {"N": f"{len(finished.failing)}"},
        "expires_at": {"N": f"{(finished.ended_at + KEPT).timestamp():.0f}"},
        "payload": {"B": payload},
    }


def is_round(image: Mapping[str, Mapping[str, Any]]) -> bool:
    """Say whether an item, or a stream record's new image, holds a round."""
    return in_clear(image, "kind") == KIND


def read_round(image: Mapping[str, Mapping[str, Any]]) -> Round:
    """Return the round in an item, or in the new image of a stream record.

    Raises `UnreadableError`, and nothing else, if the image holds none.
    """
    name = f"round {in_clear(image, 'sk')}"
    if not is_round(image):
        raise UnreadableError(f"{name}: not a round")
    try:
        return unpack(Round, in_clear(image, "payload", "B"))
    except UnreadableError as error:
        raise UnreadableError(f"{name}: {error}") from error


def remembered(item: Mapping[str, Mapping[str, Any]]) -> LastRound:
    """Return what the round in an item said, decoded without pydantic.

    `run` and `failed` stay JSON: the next round only repeats them, and `encode` returns
    JSON as it is. Raises `UnreadableError` if the item holds no round.
    """
    try:
        payload = in_clear(item, "payload", "B")
        plain = json.loads(inflate(payload, UNPACKED_LIMIT))
        return LastRound(
            targets={one["target"]: _target(one) for one in plain["targets"]},
            started_at=datetime.fromisoformat(plain["started_at"]),
            ended_at=datetime.fromisoformat(plain["ended_at"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableError(f"round: {type(error).__name__}: {error}") from error


def _target(plain: Json) -> TargetRound:
    failure = plain.get("failure")
    return TargetRound(
        target=plain["target"],
        run=cast("ProbeRun | None", plain.get("run")),
        past=tuple(_streak(one) for one in plain.get("past", ())),
        failure=failure and _failure(failure),
        failed=cast("FailedProbe | None", plain.get("failed")),
    )


def _streak(plain: Json) -> Streak:
    return Streak(
        started_at=datetime.fromisoformat(plain["started_at"]),
        healthy=plain["healthy"],
        later=tuple(map(int, plain.get("later", ()))),
        addresses=tuple(map(str, plain.get("addresses", ()))),
        **_result(plain),
    )


def _failure(plain: Json) -> Failure:
    investigated_at = plain.get("investigated_at")
    return Failure(
        since=datetime.fromisoformat(plain["since"]),
        investigated_at=investigated_at and datetime.fromisoformat(investigated_at),
        error_phase=plain.get("error_phase"),
        **_result(plain),
    )


def _result(plain: Json) -> dict[str, Any]:
    error = plain.get(wire_name("error_type"))
    return {
        "status_code": plain.get(wire_name("status_code")),
        "error_type": error and ErrorType(error),
    }
