"""Agent items: what all targets of a cluster share, as items of the journal, and back.

In: heartbeats and parts of cluster readings. Out: items in DynamoDB's JSON; the
heartbeat in an item; the condition under which a message of a node is newer.
It does not: call DynamoDB.

The key `cluster#<cluster>` has one item for each node, `heartbeat#<node>`, and one for
each part of a reading, `reading#<digest>` (docs/decisions/0012). So no item grows with
the number of nodes, except for the list of nodes itself.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from parallax.journal.observation import KEPT, Item, moment
from parallax.model.heartbeat import HeartbeatSeen
from parallax.model.packed import ITEM_LIMIT, TooLargeError, in_clear, pack
from parallax.model.push import Push, ReadingPart

MISSED = 3
"""Intervals without a message after which a clock may have been set back. A node is
silent after four (`STALE_INTERVALS`)."""
_IS_NEWER = (
    "attribute_not_exists(pk) OR (received_at <= :received AND ("
    "attribute_not_exists(sent_at) OR sent_at < :sent"
    " OR (sent_at <> :sent AND received_at < :missed)))"
)
log = logging.getLogger(__name__)


def heartbeat_item(push: Push, received_at: datetime) -> Item:
    """Return the item that each newer heartbeat of a node overwrites.

    It has plain attributes only, less than 1 KB: one write unit. `push` has a
    heartbeat.
    """
    beat = push.heartbeat
    if beat is None:
        raise ValueError("the push has no heartbeat")
    item: Item = {
        "pk": {"S": cluster_key(push.cluster)},
        "sk": {"S": f"heartbeat#{push.node}"},
        "kind": {"S": "heartbeat"},
        "received_at": {"S": moment(received_at)},
        "sent_at": {"S": moment(push.sent_at)},
        "sequence": {"N": str(beat.sequence)},
        "interval": {"N": str(beat.interval)},
        "targets": {"N": str(beat.targets)},
        "expires_at": {"N": expiry(received_at)},
    }
    return item | ({"nodes": {"S": beat.nodes}} if beat.nodes else {})


def heartbeat_in(cluster: str, item: Item) -> HeartbeatSeen | None:
    """Return the heartbeat in an item; None: it is unreadable, which is logged."""
    try:
        return HeartbeatSeen(
            cluster=cluster,
            node=item["sk"]["S"].removeprefix("heartbeat#"),
            received_at=datetime.fromisoformat(item["received_at"]["S"]),
            interval=float(item["interval"]["N"]),
            nodes=in_clear(item, "nodes"),
        )
    except (KeyError, ValueError) as error:
        log.warning("heartbeat skipped", extra={"reason": repr(error)})
        return None


def part_item(cluster: str, part: ReadingPart, now: datetime) -> Item:
    """Return the item of a part of a cluster reading, the same for all nodes.

    Raises `TooLargeError`.
    """
    payload = pack(part.reading)
    if len(payload) > ITEM_LIMIT:
        raise TooLargeError(
            f"reading {part.digest}: {len(payload)} bytes packed,"
            f" more than the limit of {ITEM_LIMIT}"
        )
    return part_key(cluster, part.digest) | {
        "kind": {"S": "reading-part"},
        "expires_at": {"N": expiry(now)},
        "payload": {"B": payload},
    }


def part_key(cluster: str, digest: str) -> Item:
    """Return the key of a part."""
    return {"pk": {"S": cluster_key(cluster)}, "sk": {"S": f"reading#{digest}"}}


def cluster_key(cluster: str) -> str:
    """Return the partition key of what all nodes of a cluster share."""
    return f"cluster#{cluster}"


def expiry(now: datetime) -> str:
    """Return when an item written now expires, in seconds since 1970."""
    return str(int((now + KEPT).timestamp()))


def if_newer(item: Item, interval: float) -> dict[str, Any]:
    """Return the arguments of a PutItem that no older message passes.

    A message is newer if ingest received it later and the node sent it later. A
    replayed message was sent earlier, but so was a new one after the node's clock was
    set back. So an earlier `sent_at` counts too once the node has missed three of its
    intervals, before it counts as silent.
    """
    received = datetime.fromisoformat(item["received_at"]["S"]).astimezone(UTC)
    missed = received - timedelta(seconds=interval * MISSED)
    return {
        "Item": item,
        "ConditionExpression": _IS_NEWER,
        "ExpressionAttributeValues": {
            ":received": item["received_at"],
            ":sent": item["sent_at"],
            ":missed": {"S": moment(missed)},
        },
    }
