"""Splitting: divides a push into messages that `ingest` accepts.

In: a push with all parts of readings that it refers to. Out: pushes, each below
`BODY_BYTES`, whose reports each fit into an item of the journal as `ingest` packs it. A
single report that is too large is shortened, the least important data first, and its
problems say so.
It does not: send, or leave out a report.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

from parallax.model.cluster import NodeReport
from parallax.model.packed import ITEM_LIMIT, pack
from parallax.model.push import Push
from parallax.model.wire import encode
from parallax_agent.push.lean import without_bodies

BODY_BYTES = 1_000_000
"""Bytes of JSON in one message; `ingest` rejects more than 1 MiB."""
PACKED_BYTES = ITEM_LIMIT - 10_000
"""Bytes of one report with the push's sightings, packed as the journal does. The
remaining 10,000 bytes are for the time of receipt, which `ingest` adds, and for another
version of zlib."""
REMOVED = "the report was too large for one push, so the agent removed its {}"

logger = logging.getLogger(__name__)


def split_push(push: Push) -> list[Push]:
    """Return the parts of a push, in order; each has all sightings, if they fit."""
    if _fits(push):
        return [push]
    count = len(push.reports)
    if count > 1:
        first = _with(push, push.reports[: count // 2])
        second = _with(replace(push, heartbeat=None), push.reports[count // 2 :])
        return split_push(first) + split_push(second)
    if count == 0 or _fits(replace(push, readings=())):
        # `ingest` will ask for the parts, and they go with a heartbeat.
        return [replace(push, readings=())]
    lighter = next(filter(_fits, _lighter(push)))
    logger.warning(
        "report was too large and was shortened",
        extra={"targets": [r.target for r in push.reports]},
    )
    return [lighter]


def _with(push: Push, reports: tuple[NodeReport, ...]) -> Push:
    """Return the push with these of its reports, and the parts that they refer to."""
    refs = [r.reading_ref for r in reports if r.reading_ref]
    digests = {digest for ref in refs for digest in (ref.target, ref.nodes)}
    kept = tuple(part for part in push.readings if part.digest in digests)
    return replace(push, reports=reports, readings=kept)


def _fits(push: Push) -> bool:
    """Tell whether `ingest` accepts the push, and the journal each of its reports.

    Packing adds less than 10,000 bytes to a small push, so only a push of hundreds of
    KB is packed to measure it.
    """
    size = len(json.dumps(encode(push)))
    return size <= BODY_BYTES and (
        size <= PACKED_BYTES or all(map(_packs, _full(push)))
    )


def _full(push: Push) -> Iterator[NodeReport]:
    """Yield the reports as `ingest` stores them: each with the push's sightings."""
    for report in push.reports:
        yield replace(report, sightings=(*report.sightings, *push.sightings))


def _packs(report: NodeReport) -> bool:
    return len(pack(report)) <= PACKED_BYTES


def _lighter(push: Push) -> Iterator[Push]:
    """Yield smaller and smaller versions of a push; the last has only a few fields."""
    (report,) = push.reports
    probes = tuple(without_bodies(probe) for probe in report.probes)
    report = replace(_with_problem(report, "headers and bodies"), probes=probes)
    yield replace(push, reports=(report,))
    # Without all sightings, a missing request id proves nothing: no `log_read_at`.
    report = replace(_with_problem(report, "sightings"), log_read_at=None, sightings=())
    yield replace(push, reports=(report,), sightings=())
    # An empty reading would take precedence over the readings of other nodes.
    report = replace(report, reading=None)
    yield replace(push, reports=(report,), sightings=())
    yield replace(push, reports=(replace(report, probes=()),), sightings=())


def _with_problem(report: NodeReport, what: str) -> NodeReport:
    """Add to the report or its reading what was removed."""
    if report.reading is None:
        problems = (*report.problems, REMOVED.format(what))
        return replace(report, problems=problems) if report.reading_ref else report
    problems = (*report.reading.problems, REMOVED.format(what))
    return replace(report, reading=replace(report.reading, problems=problems))
