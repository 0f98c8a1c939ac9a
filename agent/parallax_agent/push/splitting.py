"""Parts: a push in messages that `ingest` takes, however much was seen.

In: a push. Out: pushes, each below `BODY_BYTES`, of reports that each fit into an item
of the journal as `ingest` packs it. Reports are spread over several pushes; a report
that is too large by itself gives up what a judgement misses least, and says so.
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
from parallax_agent.push.heartbeat import without_bodies

BODY_BYTES = 1_000_000
"""Of JSON in one message; `ingest` refuses more than 1 MiB."""
PACKED_BYTES = ITEM_LIMIT - 10_000
"""Of one report with the push's sightings, packed as the journal does. The rest is for
the time of receipt, which `ingest` adds, and for a zlib that packs differently."""
REMOVED = "the report was too large for one push, so the agent removed its {}"

logger = logging.getLogger(__name__)


def split_push(push: Push) -> list[Push]:
    """Return a push's parts, in order; each has all of its sightings, if they fit."""
    if _fits(push):
        return [push]
    count = len(push.reports)
    if count > 1:
        first = replace(push, reports=push.reports[: count // 2])
        second = replace(push, reports=push.reports[count // 2 :])
        return split_push(first) + split_push(second)
    lighter = next(filter(_fits, _lighter(push)))
    logger.warning(
        "report was too large and was shortened",
        extra={"targets": [r.target for r in push.reports]},
    )
    return [lighter]


def _fits(push: Push) -> bool:
    """Say whether `ingest` takes the push, and the journal each report of it.

    Packing cannot add 10,000 bytes to what is that small already, so that it is tried
    only for a push of hundreds of KB.
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
    """Yield the push ever lighter; of the last one only a few fields are left."""
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
    """Say in the report's problems what is not in it, as far as it has any."""
    if report.reading is None:
        return report
    problems = (*report.reading.problems, REMOVED.format(what))
    return replace(report, reading=replace(report.reading, problems=problems))
