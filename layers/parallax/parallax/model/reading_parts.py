"""Reading parts: a cluster reading as two parts that all nodes share, each stored once.

In: a `ClusterReading` as an agent read it. Out: its list of nodes and the rest, each
with a digest of its content; or the reading again, from both parts.
It does not: store or send a part.

Every agent of a cluster reads the same objects. So the parts do not contain what
differs between nodes: the time of the reading, and the problems of one agent.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from parallax.model.cluster import ClusterReading, NodeReport, ReadingRef
from parallax.model.push import ReadingPart
from parallax.model.wire import encode

DIGEST_LENGTH = 32
"""Hexadecimal digits: 128 bits, so that no two readings have the same by chance."""
MISSING = "the cluster reading of this report is not stored yet"


def split(
    reading: ClusterReading,
) -> tuple[ReadingRef, tuple[ReadingPart, ...], tuple[str, ...]]:
    """Return the reference to a reading, its parts, and the problems of this agent."""
    rest = part(replace(reading, nodes=None, problems=()))
    nodes = nodes_part(reading)
    ref = ReadingRef(
        read_at=reading.read_at,
        target=rest.digest,
        nodes=nodes.digest if nodes else None,
    )
    return ref, (rest, nodes) if nodes else (rest,), reading.problems


def nodes_part(reading: ClusterReading) -> ReadingPart | None:
    """Return the part with the list of nodes; None: the nodes were not read."""
    if reading.nodes is None:
        return None
    return part(ClusterReading(read_at=reading.read_at, nodes=reading.nodes))


def part(reading: ClusterReading) -> ReadingPart:
    """Return a reading with the digest of its content, whenever it was read."""
    return ReadingPart(digest=digest(reading), reading=reading)


def digest(reading: ClusterReading) -> str:
    """Return the digest of a reading's content, without the time of the reading."""
    content = encode(reading)
    del content["read_at"]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def joined(report: NodeReport, parts: Mapping[str, ClusterReading]) -> NodeReport:
    """Return a report with its reading, put together from the parts by digest.

    A report without a reference stays as it is. If a part is missing, the report has no
    reading, and its `problems` say so.
    """
    ref = report.reading_ref
    if ref is None:
        return report
    rest = parts.get(ref.target)
    nodes = parts.get(ref.nodes) if ref.nodes else None
    if rest is None or (ref.nodes and nodes is None):
        return replace(report, problems=(*report.problems, MISSING))
    reading = replace(
        rest,
        read_at=ref.read_at,
        nodes=nodes.nodes if nodes else None,
        problems=(*rest.problems, *report.problems),
    )
    return replace(report, reading=reading)
