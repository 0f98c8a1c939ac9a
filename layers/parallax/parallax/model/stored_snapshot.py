"""Stored snapshot: a snapshot in which each cluster reading appears once.

In: a snapshot, or its JSON in the present or an earlier form. Out: the form that is
stored in S3, and the snapshot again, whose judgement is the same.
It does not: compress or store. The agents of a cluster read the same objects, so each
report of a plain snapshot repeats a reading that grows with the number of nodes.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from parallax.model.cluster import ClusterReading, Node
from parallax.model.snapshot import SCHEMA, Snapshot
from parallax.model.values import value_problems
from parallax.model.wire import decode, wired

STORED_SCHEMA = "io.parallax.snapshot.v2"
"""A reader of version 1 must refuse this form: it would judge without readings."""
MOST = 16
"""Different readings of one snapshot. Agents that read within seconds differ only while
the cluster changes; a reading of 500 nodes has up to 300 KB of JSON."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingUse:
    """The reading of one report: places in the lists of a stored snapshot.

    `nodes` is None if the reading has no list of nodes.
    """

    report: int
    reading: int
    nodes: int | None = None
    read_at: datetime
    problems: tuple[str, ...] = ()


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSnapshot:
    """A snapshot whose reports have no reading, and the distinct readings.

    `readings` have neither nodes nor problems, and the snapshot's own instant.
    `trimmed` lists what is left out, as an event's `snapshot_trimmed` does.
    """

    schema: str = STORED_SCHEMA
    snapshot: Snapshot
    uses: tuple[ReadingUse, ...] = ()
    readings: tuple[ClusterReading, ...] = ()
    node_lists: tuple[tuple[Node, ...], ...] = ()
    trimmed: tuple[str, ...] = ()


class UnknownSchemaError(ValueError):
    """The snapshot has a schema of another version; the text names it."""


@dataclass(slots=True)
class _Distinct[T: Hashable]:
    """Values in the order of their first appearance, each once.

    Hashing a reading of a large cluster takes milliseconds. Readings that share their
    parts are therefore recognized by the identity of these.
    """

    values: list[T] = field(default_factory=list[T])
    _by_value: dict[T, int] = field(default_factory=dict[T, int])
    _by_identity: dict[tuple[int, ...], int] = field(
        default_factory=dict[tuple[int, ...], int]
    )

    def index(self, value: T, *parts: object) -> int:
        """Return the place of a value; `parts` are the objects that it consists of."""
        identity = tuple(map(id, parts))
        place = self._by_identity.get(identity)
        if place is None:
            place = self._by_value.setdefault(value, len(self.values))
            if place == len(self.values):
                self.values.append(value)
            self._by_identity[identity] = place
        return place


def stored(snapshot: Snapshot) -> StoredSnapshot:
    """Return the stored form of a snapshot.

    If the reports have more than `MOST` different readings, only the one that judging
    uses is whole. Of the others, judging uses the instant and the list of nodes.
    """
    whole = _stored(snapshot)
    if max(len(whole.readings), len(whole.node_lists)) <= MOST:
        return whole
    has_nodes = len(whole.node_lists) <= MOST
    used = snapshot.cluster
    reports = tuple(
        report
        if report.reading is None or report.reading is used
        else replace(report, reading=_reduced(report.reading, has_nodes=has_nodes))
        for report in snapshot.reports
    )
    return replace(_stored(replace(snapshot, reports=reports)), trimmed=("readings",))


def _reduced(reading: ClusterReading, *, has_nodes: bool) -> ClusterReading:
    """Return what judging uses of a reading that is not the freshest one."""
    return ClusterReading(
        read_at=reading.read_at,
        nodes=reading.nodes if has_nodes else None,
        problems=reading.problems,
    )


def _stored(snapshot: Snapshot) -> StoredSnapshot:
    readings, node_lists = _Distinct[ClusterReading](), _Distinct[tuple[Node, ...]]()

    def use(number: int, reading: ClusterReading) -> ReadingUse:
        shared = replace(reading, read_at=snapshot.taken_at, nodes=None, problems=())
        parts = (getattr(shared, part.name) for part in fields(shared))
        nodes = reading.nodes
        return ReadingUse(
            report=number,
            reading=readings.index(shared, *parts),
            nodes=None if nodes is None else node_lists.index(nodes, nodes),
            read_at=reading.read_at,
            problems=reading.problems,
        )

    uses = tuple(
        use(number, report.reading)
        for number, report in enumerate(snapshot.reports)
        if report.reading is not None
    )
    bare = tuple(replace(report, reading=None) for report in snapshot.reports)
    return StoredSnapshot(
        snapshot=replace(snapshot, reports=bare, schema=STORED_SCHEMA),
        uses=uses,
        readings=tuple(readings.values),
        node_lists=tuple(node_lists.values),
    )


def joined(kept: StoredSnapshot) -> Snapshot:
    """Return the snapshot of a stored form.

    Raises `ValueError` if it refers to a report, reading or list that it lacks.
    """
    reports = list(kept.snapshot.reports)
    for use in kept.uses:
        if not _is_complete(kept, use):
            raise ValueError("a reading of the stored snapshot is missing")
        reading = replace(
            kept.readings[use.reading],
            read_at=use.read_at,
            nodes=None if use.nodes is None else kept.node_lists[use.nodes],
            problems=use.problems,
        )
        reports[use.report] = replace(reports[use.report], reading=reading)
    return replace(kept.snapshot, reports=tuple(reports), schema=SCHEMA)


def _is_complete(kept: StoredSnapshot, use: ReadingUse) -> bool:
    """Return whether all places of a use exist."""
    return (
        0 <= use.report < len(kept.snapshot.reports)
        and 0 <= use.reading < len(kept.readings)
        and (use.nodes is None or 0 <= use.nodes < len(kept.node_lists))
    )


def decode_snapshot(document: dict[str, Any]) -> Snapshot:
    """Return the snapshot in the JSON of a plain or of a stored one.

    Raises `UnknownSchemaError` for another version, `pydantic.ValidationError` or
    another `ValueError` for wrong content, such as a time without a time zone.
    """
    schema = document.get("schema", SCHEMA)
    if schema == STORED_SCHEMA:
        return _complete(joined(_usable(decode(StoredSnapshot, document))))
    if schema == SCHEMA:
        return _complete(_usable(decode(Snapshot, document)))
    raise UnknownSchemaError(f"unknown snapshot schema {schema}")


def _usable[T](value: T) -> T:
    """Return a value that can be judged; raises `ValueError`."""
    if wrong := next(value_problems(value), None):
        raise ValueError(wrong)
    return value


def _complete(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot whose run has a probe; raises `ValueError`."""
    if snapshot.run is not None and not snapshot.run.probes:
        raise ValueError("run.probes: expected at least one probe")
    return snapshot
