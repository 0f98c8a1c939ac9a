"""Observation: one observation as items of the journal, and back.

In: a run, a load balancer reading or a report. Out: DynamoDB items in the types of the
low-level API (`{"S": …}`). The payload is the whole value as gzipped JSON with wire
names. Plain attributes hold only what a stream's filter, or a reader without pydantic,
needs.
It does not: call DynamoDB.

Each source has a key range of its own: `probe#<time>#<request id>`,
`inspect#<time>#hetzner`, `latest#<cluster>/<node>` for a node's newest report, and
`sightings#<time>#<cluster>/<node>` if a report has sightings (docs/decisions/0006). A
cluster's name may contain `/`; a node's may not (`parallax.model.name`), so that no two
nodes share a key. Earlier versions also stored each report by time, with the kind
`report`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from parallax.journal.round_times import RoundTimes
from parallax.model.balancer import BalancerReading
from parallax.model.cluster import NodeReport
from parallax.model.heartbeat import Agents
from parallax.model.packed import (
    ITEM_LIMIT,
    TooLargeError,
    UnreadableError,
    in_clear,
    pack,
    unpack,
)
from parallax.model.probe import ProbeRun
from parallax.model.push import Push, ReadingPart

type Observation = ProbeRun | BalancerReading | NodeReport
type Item = dict[str, dict[str, Any]]
"""A DynamoDB item with its types, e.g. `{"pk": {"S": "front"}}`."""

KEPT = timedelta(days=2)
"""How long an observation is kept: on Sunday, Friday night is still there."""
KINDS: dict[str, type[Observation]] = {
    "run": ProbeRun,
    "investigation": ProbeRun,
    "reading": BalancerReading,
    "report": NodeReport,
    "latest": NodeReport,
    "sightings": NodeReport,
}


class Journal(Protocol):
    """A store of observations."""

    def record(self, observation: Observation) -> None:
        """Store one observation; storing it again changes nothing."""
        ...

    def recent(self, target: str, since: datetime) -> tuple[Observation, ...]:
        """Return what a judgement needs of a target, runs since then."""
        ...

    def agents(self, cluster: str) -> Agents:
        """Return the newest heartbeat of each agent of a cluster, and its nodes."""
        ...

    def addresses(self, target: str, since: datetime) -> Sequence[str]:
        """Return the load balancer's public addresses, newest reading since then."""
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
    if isinstance(observation, NodeReport):
        return latest_item(observation)
    made_at, kind, outcome, who = _describe(observation)
    source = "inspect" if kind == "reading" else "probe"
    item = _item(observation, kind, f"{source}#{moment(made_at)}#{who}", made_at)
    item["outcome"] = {"S": outcome}
    if isinstance(observation, BalancerReading) and observation.load_balancer:
        balancer = observation.load_balancer
        public = (balancer.ipv4, balancer.ipv6) if balancer.public_interface else ()
        found = [address for address in public if address]
        item["addresses"] = {"L": [{"S": address} for address in found]}
    return item


def latest_item(report: NodeReport) -> Item:
    """Return the item that each newer report of a node overwrites.

    Two plain attributes show which report is newer (`journal.agent_items.if_newer`):
    `received_at` is from ingest's clock, `sent_at` from the node's.
    """
    arrived_at = report.arrived_at
    key = f"latest#{report.cluster}/{report.node}"
    item = _item(report, "latest", key, arrived_at)
    item["received_at"] = {"S": moment(arrived_at)}
    item["sent_at"] = {"S": moment(report.sent_at)}
    return item


def sightings_item(report: NodeReport) -> Item:
    """Return the item of a report's access log lines only."""
    arrived_at = report.arrived_at
    key = f"sightings#{moment(arrived_at)}#{report.cluster}/{report.node}"
    bare = replace(report, probes=(), reading=None, reading_ref=None, problems=())
    return _item(bare, "sightings", key, arrived_at)


def _item(observation: Observation, kind: str, key: str, made_at: datetime) -> Item:
    payload = pack(observation)
    if len(payload) > ITEM_LIMIT:
        what = "report" if isinstance(observation, NodeReport) else kind
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
    }


def _describe(
    observation: ProbeRun | BalancerReading,
) -> tuple[datetime, str, str, str]:
    """Return its instant, its kind, its outcome, and its source."""
    match observation:
        case ProbeRun():
            first = observation.first
            kind = "investigation" if len(observation.probes) > 1 else "run"
            outcome = "healthy" if first.healthy else "failing"
            return observation.started_at, kind, outcome, first.request_id
        case BalancerReading():
            outcome = "read" if observation.load_balancer else "problem"
            return observation.read_at, "reading", outcome, "hetzner"


def from_image(image: Mapping[str, Mapping[str, Any]]) -> Observation:
    """Return the observation in an item, or in the new image of a stream record.

    Raises `UnreadableError`, and nothing else, if the image holds none.
    """
    keys = {key: in_clear(image, key) for key in ("pk", "sk", "kind")}
    kind = KINDS.get(keys["kind"])
    if kind is None:
        raise UnreadableError(f"{keys}: unknown kind of observation")
    try:
        return unpack(kind, in_clear(image, "payload", "B"))
    except UnreadableError as error:
        raise UnreadableError(f"{keys}: {error}") from error
