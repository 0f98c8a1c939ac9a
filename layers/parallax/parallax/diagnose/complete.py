"""Complete: whether every source of evidence has reported since the failure began.

In: a snapshot. Out: yes or no; the first mail waits for it.
It does not: judge, or decide how long to wait; `parallax.story.state` does.
"""

from datetime import datetime

from parallax.evidence import answers, balancer, dead_nodes, logs, time, users
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthStatus
from parallax.model.cluster import NodeReport
from parallax.model.freshness import is_not_before
from parallax.model.probe import AS_A_USER, FOR_THE_TARGET
from parallax.model.reporters import reporters
from parallax.model.snapshot import Snapshot


def complete(scene: Scene) -> bool:
    """Say whether every source of the target reported since the failure began."""
    since, reached = scene.failing_since, scene.target.reached
    run = scene.outside
    if since is None or run is None or len(run.probes) == 1:
        return False
    if not is_not_before(run.first.started_at, since):
        return False
    reading = scene.balancer
    if reading is None and reached.load_balancer:
        return False
    if reading is not None and not is_not_before(reading.read_at, since):
        return False
    return reached.cluster is None or _every_node_reported(scene, since)


def to_come(scene: Scene) -> bool:
    """Say whether evidence is to come soon that may establish a cause.

    That is the rest of a log, the load balancer's next reading, or a health check that
    has not passed yet since pods became ready.
    """
    late = time.recovery_pending(scene) is not None
    return late or _log_is_behind(scene) or _responded_since(scene)


def _log_is_behind(scene: Scene) -> bool:
    """Say whether a followed log was not yet read up to the last failing request.

    A node whose log is not followed adds nothing, so it is not waited for.
    """
    read = logs.caught_up(scene, *FOR_THE_TARGET)
    return False in read.values()


def _responded_since(scene: Scene) -> bool:
    """Say whether the load balancer began to respond itself after a healthy reading.

    Its targets became unhealthy in between; the next reading shows why.
    """
    reading, targets = scene.balancer, balancer.health(scene)
    if reading is None or not targets:
        return False
    healthy = balancer.count_with_health(scene, HealthStatus.HEALTHY) == len(targets)
    requests = users.outside(scene, *AS_A_USER)
    own = [p.started_at for p in requests if answers.wrote_response(scene, p)]
    others = [p.started_at for p in requests if not answers.wrote_response(scene, p)]
    began = bool(own and others) and min(own) > max(others)
    return healthy and began and min(own) > reading.read_at


def _every_node_reported(scene: Scene, since: datetime) -> bool:
    """Say whether each expected node's agent measured since the failure began.

    A node that no other node reaches will not report, so it is not waited for.
    """
    dead = {node.name for node in dead_nodes.dead.maybe(scene) or ()}
    reported = {r.node for r in scene.live_reports if _measured_since(r, since)}
    return bool(reported) and _expected(scene) - dead <= reported


def _expected(scene: Scene) -> frozenset[str] | set[str]:
    """Return the nodes that report a failing target: of a large cluster only some."""
    chosen = reporters(scene.target.name, scene.cluster) if scene.cluster else None
    return known_nodes(scene) if chosen is None else chosen


def _measured_since(report: NodeReport, since: datetime) -> bool:
    """Say whether a report was measured completely after the failure began.

    A cycle that runs at that moment takes ten seconds if an app hangs. Its first
    measurements are from before the failure, so the next cycle is waited for.
    """
    began = [probe.started_at for probe in report.probes]
    if began and report.reading is not None:
        began.append(report.reading.read_at)
    return bool(began) and is_not_before(report.outside_time(min(began)), since)


def known_nodes(snapshot: Snapshot) -> set[str]:
    """Return the names of all nodes that should report.

    A live reading of the cluster lists them, or the list that the heartbeats refer to.
    Without one, all nodes count that ever reported, or that a reading listed.
    """
    live = snapshot.live_reports
    names = {report.node for report in live}
    listed = [r.reading.nodes for r in live if r.reading and r.reading.nodes]
    if listed:
        return names | {node.name for nodes in listed for node in nodes}
    if snapshot.nodes is not None:
        return names | set(snapshot.nodes)
    for report in snapshot.reports:
        names.add(report.node)
        if report.reading is not None:
            names |= {node.name for node in report.reading.nodes or ()}
    return names
