"""Connection tables: which nodes track as many connections as they can.

In: a scene. Out: the nodes with a full table, and the probes that got no connection to
or from them. It does not: conclude. An agent of an earlier version reports no table.
"""

from parallax.evidence import inside, nodes
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.model.cluster import NodeReport
from parallax.model.probe import ErrorType, Probe, Role

FULL = 0.95
"""Share of the limit from which new connections may find no place: a table changes
faster than it is read."""


@reading
def reports(scene: Scene) -> tuple[NodeReport, ...]:
    """Return the live reports that have the node's table, the fullest first."""
    known = [r for r in scene.live_reports if r.tracked_limit]
    if not known:
        raise Missing("the connection tables of the nodes (no agent reported one)")
    return tuple(sorted(known, key=_share, reverse=True))


@reading
def full(scene: Scene) -> tuple[NodeReport, ...]:
    """Return the reports of the nodes whose table is full."""
    return tuple(r for r in reports(scene) if _share(r) >= FULL)


def text(report: NodeReport) -> str:
    """Return e.g. `worker-03 tracks 262100 of at most 262144 connections`."""
    count, limit = report.tracked, report.tracked_limit
    return f"{report.node} tracks {count} of at most {limit} connections"


@reading
def not_full(scene: Scene) -> str:
    """Return that every node has room; raise `Missing` if a node is not known."""
    known = reports(scene)
    left = {n.name for n in nodes.all_nodes(scene)} - {r.node for r in known}
    if left or not nodes.fully_read(scene, "nodes"):
        more = f" (e.g. {min(left)})" if left else ""
        raise Missing(f"the connection tables of all nodes{more}")
    return f"all {len(known)} nodes have room; {text(known[0])}"


@reading
def lost(scene: Scene) -> tuple[Probe, ...]:
    """Return the internal probes that timed out before a connection."""
    return tuple(
        p
        for p in scene.inside(*Role)
        if not inside.accepted(p) and p.error_type is ErrorType.TIMEOUT
    )


def involves(probe: Probe, names: frozenset[str]) -> bool:
    """Return whether a probe went to or from one of the nodes."""
    return bool({probe.node, probe.peer_node} & names)


def dropped(scene: Scene) -> tuple[Probe, ...]:
    """Return the lost probes to or from nodes with a full table; none if not known."""
    names = frozenset(r.node for r in full.maybe(scene) or ())
    return tuple(p for p in lost(scene) if involves(p, names)) if names else ()


def _share(report: NodeReport) -> float:
    limit = report.tracked_limit or 1
    return (report.tracked or 0) / limit
