"""Stored: what the tables hold of a stack with many targets, as DynamoDB sends it.

In: a number of targets, an instant. Out: answers for `bench.peers.cloud`, the targets
file, the query of a link to the overview.
It does not: store anything.
"""

import base64
import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from parallax.groups.table import KEY as BOARD
from parallax.journal.round_times import ROUNDS
from parallax.journal.rounds import round_item
from parallax.links.key import ITEM
from parallax.links.overview import overview_query
from parallax.links.signature import KEY_BYTES, Signer
from parallax.model.probe import Phases, Probe, ProbeRun, Role
from parallax.model.round import Round
from parallax.model.target import Target
from parallax.probe.shard_round import Shard, ShardRound
from parallax.uptime.history import PARTS, History, history_item, part_of
from parallax.uptime.tally import DAY, Tally

TABLES = ("incidents", "uptime", "journal")
SHARD = 150
"""Targets of a shard (docs/decisions/0012)."""
DAYS, LATE = 90, 2100
"""Days of a history, and seconds that it is behind."""
KEY = b"k" * KEY_BYTES
SLO = 99.9


def names(count: int) -> list[str]:
    """Return the names of the targets."""
    return [f"target-{number}" for number in range(count)]


def targets_text(count: int) -> str:
    """Return the targets file: each has a goal, which the page shows."""
    lines = [
        f"- {{name: {name}, url: https://{name}.example/, slo: {SLO}}}"
        for name in names(count)
    ]
    return "\n".join(["targets:", *lines, ""])


def query(now: datetime) -> str:
    """Return the query of a link to the overview."""
    return overview_query(Signer(stack="incidents", key=KEY), now)


def answers(count: int, now: datetime, outages: int) -> list[tuple[str, str, Any]]:
    """Return what DynamoDB answers: a key, no open group, rounds and histories.

    `outages` of the targets each have three days of outage of their own.
    """
    key = {"pk": {"S": ITEM}, "key": {"B": KEY}, "made_at": {"N": f"{now:%s}"}}
    rounds = [round_item(one) for one in _rounds(names(count), now)]
    histories = [history_item(one) for one in _histories(names(count), now, outages)]
    found = {"Items": rounds, "Count": len(rounds), "ScannedCount": len(rounds)}
    return [
        ("GetItem", ITEM, {"Item": _wire(key)}),
        ("GetItem", BOARD, {}),
        ("Query", ROUNDS, _wire(found)),
        ("BatchGetItem", "", {"Responses": {"uptime": _wire(histories)}}),
    ]


def _rounds(found: list[str], now: datetime) -> Iterator[Round]:
    """Yield the last round of each shard, in which all targets are healthy."""
    shards = [found[n : n + SHARD] for n in range(0, len(found), SHARD)]
    for number, part in enumerate(shards):
        targets = [Target(name=one, url=f"https://{one}.example/") for one in part]
        shard = Shard(number=number, of=len(shards), minute=0)
        started = now - timedelta(seconds=40)
        runs = [_healthy(one, started) for one in part]
        yield ShardRound(
            shard=shard, targets=targets, last={}, started_at=started
        ).finished(runs, started + timedelta(seconds=5))


def _healthy(name: str, at: datetime) -> ProbeRun:
    chance = random.Random(name)
    taken = ("resolve", "connect", "tls", "processing", "transfer")
    phases = Phases(**{phase: chance.uniform(0.001, 0.2) for phase in taken})
    probe = Probe(
        role=Role.FIRST,
        request_id=f"{chance.getrandbits(128):032x}",
        url=f"https://{name}.example/",
        started_at=at,
        healthy=True,
        duration=chance.uniform(0.01, 0.3),
        server_address=f"{name}.example",
        peer_address="203.0.113.20",
        peer_port=443,
        status_code=200,
        reason="OK",
        phases=phases,
    )
    return ProbeRun(target=name, started_at=at, probes=(probe,))


def _histories(found: list[str], now: datetime, outages: int) -> Iterator[History]:
    """Yield 90 days of each target, the first of them with outages of their own."""
    until = int(now.timestamp()) - LATE
    today = until // DAY
    healthy = {today - n: Tally(known=DAY) for n in range(1, DAYS)}
    healthy[today] = Tally(known=until % DAY)
    days = dict.fromkeys(found, healthy)
    for number, name in enumerate(found[:outages]):
        chance = random.Random(number)
        failed = chance.sample(range(1, DAYS), 3)
        late = {today - n: Tally(DAY, chance.randrange(60, 7200)) for n in failed}
        days[name] = healthy | late
    for part in range(PARTS):
        own = {name: known for name, known in days.items() if part_of(name) == part}
        yield History(part=part, until=until, targets=own)


def _wire(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a value with its bytes in base64, as DynamoDB sends them."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        found: Mapping[str, Any] = value
        return {name: _wire(one) for name, one in found.items()}
    if isinstance(value, list):
        parts: list[Any] = value
        return [_wire(one) for one in parts]
    return value
