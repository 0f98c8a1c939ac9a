"""Words: what release 0.1.0 rejects in an incident, beside the payload that it reads.

In: an incident. Out: the same without the state `affected` on its path, and the hops
that have it; and back.
It does not: read or write an item; `parallax.incidents.table` does.

Without this, a rollback to 0.1.0 would replace the open incident by a resolved one, and
nobody would get its end. 0.1.0 reads the payload only, and ignores other attributes.
"""

from collections.abc import Collection
from dataclasses import replace

from parallax.model.finding import Incident
from parallax.model.judgement import Hop, HopSeen, HopState

AFFECTED = "affected"
"""The attribute with the hops."""


def set_aside(incident: Incident) -> tuple[Incident, tuple[Hop, ...]]:
    """Return an incident as 0.1.0 reads it, and its affected hops.

    Their state becomes `unknown`, which blames nobody.
    """
    path = incident.finding.path if incident.finding else ()
    hops = tuple(seen.hop for seen in path if seen.state is HopState.AFFECTED)
    return _changed(incident, set(hops), HopState.UNKNOWN), hops


def with_affected(incident: Incident, hops: Collection[str | None]) -> Incident:
    """Return an incident with the hops of these names affected again."""
    return _changed(incident, hops, HopState.AFFECTED)


def _changed(incident: Incident, hops: Collection[object], state: HopState) -> Incident:
    finding = incident.finding
    if finding is None or not hops:
        return incident

    def seen(one: HopSeen) -> HopSeen:
        return replace(one, state=state) if one.hop in hops else one

    path = tuple(seen(one) for one in finding.path)
    return replace(incident, finding=replace(finding, path=path))
