"""Observation: one observation as items of the journal, and back.

In: a run, a load balancer reading or a report. Out: DynamoDB items in the types of the
low-level API (`{"S": …}`). The payload is the whole value as gzipped JSON with wire
names. Plain attributes hold only what a stream's filter, or a reader without pydantic,
needs. `parallax.journal.rounds` does the same for the rounds of healthy runs.
It does not: call DynamoDB.

Each source has a key range of its own: `probe#<time>#<request id>`,
`inspect#<time>#hetzner`, `latest#<cluster>/<node>` for a node's newest report, and
`sightings#<time>#<cluster>/<node>` if a report has sightings (docs/decisions/0006). A
cluster's name may contain `/`; a node's may not (`parallax.model.name`), so that no two
nodes share a key. Earlier versions also stored each report by time, with the kind
`report`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeIs, cast

from parallax.model.packed import (
    ITEM_LIMIT,
    TooLargeError,
    UnreadableError,
    in_clear,
    pack,
    unpack,
)
from parallax.model.probe import ProbeRun

if TYPE_CHECKING:  # a function imports only the values that it uses, 1 to 5 ms each
    from parallax.journal.round_times import RoundTimes
    from parallax.model.balancer import BalancerReading
    from parallax.model.cluster import NodeReport
    from parallax.model.heartbeat import Agents
    from parallax.model.push import Push, ReadingPart
    from parallax.model.round import LastRound, Round

type Observation = ProbeRun | BalancerReading | NodeReport
type Item = dict[str, dict[str, Any]]
"""A DynamoDB item with its types, e.g. `{"pk": {"S": "front"}}`."""

REPORTED = "reported"
"""The outcome of a report and of a round, for the streams' filters: the emulator
ministack does not match an attribute that is missing."""
KEPT = timedelta(days=2)
"""How long an observation is kept: on Sunday, Friday night is still there."""
KINDS = {
    "run": ("parallax.model.probe", "ProbeRun"),
    "investigation": ("parallax.model.probe", "ProbeRun"),
    "reading": ("parallax.model.balancer", "BalancerReading"),
    "report": ("parallax.model.cluster", "NodeReport"),
    "latest": ("parallax.model.cluster", "NodeReport"),
    "sightings": ("parallax.model.cluster", "NodeReport"),
}
"""Kind of an item -> module and name of its value's class."""


class Journal(Protocol):
    """A store of observations."""

    def record(self, observation: Observation) -> None:
        """Store one observation; storing it again changes nothing."""
        ...

    def record_round(self, finished: Round) -> None:
        """Store a shard's round in place of its last one."""
        ...

    def last_round(self, shard: int, of: int) -> LastRound:
        """Return what the last round of shard number `shard` of `of` said."""
        ...

    def recent(self, target: str, since: datetime) -> tuple[Observation, ...]:
        """Return what a judgement needs of a target, runs since then."""
        ...

    def signs(self, target: str, since: datetime) -> tuple[Observation, ...]:
        """Return the runs and last reports: they show that probes and agents work."""
        ...

    def agents(self, cluster: str) -> Agents:
        """Return the newest heartbeat of each agent of a cluster, and its nodes."""
        ...

    def newest_run(self, target: str) -> ProbeRun | None:
        """Return the newest run; a healthy one may be some seconds behind."""
        ...

    def addresses(self, target: str, since: datetime) -> Sequence[str]:
        """Return where users reach the load balancer, by the newest reading since then.

        Its public addresses; without a public interface the private ones.
        """
        ...

    def record_heartbeat(self, push: Push, received_at: datetime) -> None:
        """Store a push's heartbeat, unless a newer one of the node is stored."""
        ...

    def keep(self, cluster: str, part: ReadingPart, now: datetime) -> None:
        """Store a part of a cluster reading, unless it is stored."""
        ...

    def lacking(
        self, cluster: str, digests: Iterable[str], now: datetime
    ) -> Sequence[str]:
        """Return those of the digests whose parts are not stored."""
        ...

    def round_times(self) -> Sequence[RoundTimes]:
        """Return when each shard's last round of probes began and ended."""
        ...


def moment(instant: datetime) -> str:
    """Return an instant as text that sorts by time: UTC, milliseconds."""
    text = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def to_item(observation: Observation) -> Item:
    """Return the item of an observation.

    The sort key depends only on the observation itself. So a second delivery writes
    the same item, and an investigation replaces the first probe that it began with.
    """
    if isinstance(observation, ProbeRun):
        return _run_item(observation)
    if is_report(observation):
        return latest_item(observation)
    return _reading_item(observation)


def is_report(observation: Observation) -> TypeIs[NodeReport]:
    """Say whether an observation is an agent's report."""
    from parallax.model.cluster import NodeReport  # noqa: PLC0415 - see above

    return isinstance(observation, NodeReport)


def latest_item(report: NodeReport) -> Item:
    """Return the item that each newer report of a node overwrites.

    Two plain attributes show which report is newer (`journal.agent_items.if_newer`):
    `received_at` is from ingest's clock, `sent_at` from the node's.
    """
    from parallax.journal import other_pods  # noqa: PLC0415 - see above

    arrived_at = report.arrived_at
    key = f"latest#{report.cluster}/{report.node}"
    aside = other_pods.attribute(report)
    item = _item(other_pods.without(report), "latest", key, arrived_at, **aside)
    item["outcome"] = {"S": REPORTED}
    item["received_at"] = {"S": moment(arrived_at)}
    item["sent_at"] = {"S": moment(report.sent_at)}
    return item


def sightings_item(report: NodeReport) -> Item:
    """Return the item of a report's access log lines only."""
    arrived_at = report.arrived_at
    key = f"sightings#{moment(arrived_at)}#{report.cluster}/{report.node}"
    bare = replace(report, probes=(), reading=None, reading_ref=None, problems=())
    return _item(bare, "sightings", key, arrived_at)


def _item(
    observation: Observation,
    kind: str,
    key: str,
    made_at: datetime,
    **aside: dict[str, bytes],
) -> Item:
    payload = pack(observation)
    if len(payload) + sum(len(one["B"]) for one in aside.values()) > ITEM_LIMIT:
        what = "report" if kind in {"latest", "sightings"} else kind
        raise TooLargeError(
            f"{what} of {observation.target}: {len(payload)} bytes packed,"
            f" more than the limit of {ITEM_LIMIT}"
        )
    return {
        "pk": {"S": observation.target},
        "sk": {"S": key},
        "kind": {"S": kind},
        "expires_at": {"N": str(int((made_at + KEPT).timestamp()))},
        "payload": {"B": payload},
        **aside,
    }


def _run_item(run: ProbeRun) -> Item:
    first = run.first
    kind = "investigation" if len(run.probes) > 1 else "run"
    key = f"probe#{moment(run.started_at)}#{first.request_id}"
    outcome = "healthy" if first.healthy else "failing"
    # The streams' filters know it: nothing is judged or read again for it.
    outcome = "failing-still" if run.still else outcome
    return _item(run, kind, key, run.started_at) | {"outcome": {"S": outcome}}


def _reading_item(reading: BalancerReading) -> Item:
    balancer = reading.load_balancer
    key = f"inspect#{moment(reading.read_at)}#hetzner"
    item = _item(reading, "reading", key, reading.read_at)
    outcome = "read" if balancer else "problem"
    item["outcome"] = {"S": f"{outcome}-still" if reading.still else outcome}
    if balancer:
        public, private = (balancer.ipv4, balancer.ipv6), balancer.private_ips
        own = public if balancer.public_interface else private
        found = [address for address in own if address]
        item["addresses"] = {"L": [{"S": address} for address in found]}
    return item


def from_image(image: Mapping[str, Mapping[str, Any]]) -> Observation:
    """Return the observation in an item, or in the new image of a stream record.

    Raises `UnreadableError`, and nothing else, if the image holds none.
    """
    keys = {key: in_clear(image, key) for key in ("pk", "sk", "kind")}
    if keys["kind"] not in KINDS:
        raise UnreadableError(f"{keys}: unknown kind of observation")
    module, name = KINDS[keys["kind"]]
    kind = cast("type[Observation]", getattr(import_module(module), name))
    try:
        return _whole(unpack(kind, in_clear(image, "payload", "B")), image)
    except UnreadableError as error:
        raise UnreadableError(f"{keys}: {error}") from error


def _whole(observation: Observation, image: Mapping[str, Any]) -> Observation:
    if isinstance(observation, ProbeRun) or not is_report(observation):
        return observation
    from parallax.journal import other_pods  # noqa: PLC0415 - see above

    return other_pods.with_probes(observation, image)
