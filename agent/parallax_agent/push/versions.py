"""Versions: a push in the schema that `ingest` understands.

In: a push of schema v2 with all parts that it refers to. Out: the same in v1, for an
`ingest` of an earlier version. It does not: find out what `ingest` understands.
"""

from dataclasses import replace

from parallax.model.cluster import NodeReport
from parallax.model.probe import Role
from parallax.model.push import SCHEMA, Push
from parallax.model.reading_parts import joined


def as_v1(push: Push) -> Push | None:
    """Return a push with whole readings; None: v1 cannot say what is left of it.

    v1 has no role `other-pod`. An `ingest` of release 0.1.0 rejects a push with such a
    probe, so that the node's other observations would be lost too.
    """
    if not push.reports:
        return None  # v1 has no heartbeats
    parts = {one.digest: one.reading for one in push.readings}
    reports = (_report(joined(r, parts)) for r in push.reports)
    return replace(
        push,
        schema=SCHEMA,
        heartbeat=None,
        readings=(),
        reports=tuple(reports),
    )


def _report(report: NodeReport) -> NodeReport:
    probes = tuple(p for p in report.probes if p.role is not Role.OTHER_POD)
    return replace(report, probes=probes, problems=(), reading_ref=None)
