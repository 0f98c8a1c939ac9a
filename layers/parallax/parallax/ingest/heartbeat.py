"""Heartbeat: a push's own fields and its heartbeat, checked by hand.

In: the JSON object of a push of schema v2. Out: a `Push` without reports, or a
rejection with 400.
It does not: import pydantic. Most pushes are a heartbeat and nothing else, and a
container that receives only those starts faster and needs less CPU without it.
"""

import re
from datetime import datetime
from typing import Any, cast

from parallax.ingest.rejection import PushRejected, joined
from parallax.ingest.statuses import INVALID
from parallax.model.name import NAME, NODE_NAME, is_name, is_node_name
from parallax.model.push import Heartbeat, Push
from parallax.model.reading_parts import DIGEST_LENGTH
from parallax.model.wire import YEARS, wire_name

INTERVAL = (1.0, 3600.0)
"""Seconds between two messages of a node; it counts as silent some intervals later."""
COUNT = 2**53
"""Largest sequence number and number of targets: JSON numbers are exact up to it."""
DIGEST = f"{DIGEST_LENGTH} hexadecimal digits in lower case"
_DIGEST = re.compile(f"[0-9a-f]{{{DIGEST_LENGTH}}}")


def is_only_heartbeat(document: dict[str, Any]) -> bool:
    """Say whether a push has a heartbeat, and neither reports nor readings."""
    rest = any(document.get(name) for name in ("reports", "readings"))
    return document.get("heartbeat") is not None and not rest


def heartbeat_push(document: dict[str, Any]) -> Push:
    """Return a push with its heartbeat, if it has one; raises `PushRejected`."""
    cluster = document.get(wire_name("cluster"))
    node = document.get(wire_name("node"))
    sent_at = _instant(document.get("sent_at"))
    problems: list[str] = []
    if not isinstance(cluster, str) or not is_name(cluster):
        problems.append(f"{wire_name('cluster')}: expected {NAME}")
    if not isinstance(node, str) or not is_node_name(node):
        problems.append(f"{wire_name('node')}: expected {NODE_NAME}")
    if isinstance(sent_at, str):
        problems.append(f"sent_at: expected {sent_at}")
    beat = _heartbeat(document.get("heartbeat"), problems)
    if problems:
        raise PushRejected(INVALID, joined(problems))
    return Push(
        schema=document["schema"],
        cluster=cast("str", cluster),
        node=cast("str", node),
        sent_at=cast("datetime", sent_at),
        heartbeat=beat,
    )


def is_digest(text: object) -> bool:
    """Say whether this is a digest as `parallax.model.reading_parts` makes them."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def _heartbeat(value: object, problems: list[str]) -> Heartbeat | None:
    """Return a heartbeat, and add what is wrong with it to the problems."""
    if value is None:
        return None
    if not isinstance(value, dict):
        problems.append("heartbeat: expected an object")
        return None
    fields = cast("dict[str, Any]", value)
    sequence, targets = fields.get("sequence"), fields.get("targets")
    interval, nodes = fields.get("interval"), fields.get("nodes")
    problems += [
        f"heartbeat.{name}: expected a whole number of 0 or more"
        for name, count in (("sequence", sequence), ("targets", targets))
        if type(count) is not int or not 0 <= count <= COUNT
    ]
    if type(interval) not in {int, float} or not (
        INTERVAL[0] <= cast("float", interval) <= INTERVAL[1]
    ):
        bounds = f"{INTERVAL[0]:g} to {INTERVAL[1]:g} seconds"
        problems.append(f"heartbeat.interval: expected {bounds}")
    if nodes is not None and not is_digest(nodes):
        problems.append(f"heartbeat.nodes: expected {DIGEST}")
    if problems:
        return None
    return Heartbeat(
        sequence=cast("int", sequence),
        interval=float(cast("float", interval)),
        targets=cast("int", targets),
        nodes=nodes,
    )


def _instant(value: object) -> datetime | str:
    """Return an instant, or what is expected instead."""
    try:
        instant = datetime.fromisoformat(cast("str", value))
    except (TypeError, ValueError):
        return "a time as in RFC 3339"
    if instant.utcoffset() is None:
        return "a time with a time zone"
    if instant.year not in YEARS:
        return f"a year from {YEARS[0]} to {YEARS[-1]}"
    return instant
