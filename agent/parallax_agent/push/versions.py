"""Versions: a push in the schema that `ingest` understands.

In: a push of schema v2 with all parts that it refers to. Out: the same in v1, for an
`ingest` of an earlier version. It does not: find out what `ingest` understands.
"""

from dataclasses import replace

from parallax.model.push import SCHEMA, Push
from parallax.model.reading_parts import joined


def as_v1(push: Push) -> Push | None:
    """Return a push with whole readings; None: v1 cannot say what is left of it."""
    if not push.reports:
        return None  # v1 has no heartbeats
    parts = {one.digest: one.reading for one in push.readings}
    reports = (replace(joined(r, parts), problems=()) for r in push.reports)
    return replace(
        push,
        schema=SCHEMA,
        heartbeat=None,
        readings=(),
        reports=tuple(replace(report, reading_ref=None) for report in reports),
    )
