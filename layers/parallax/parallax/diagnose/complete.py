"""Complete: whether all that can speak about a failure has spoken.

In: a snapshot. Out: yes or no, for the first mail to wait or to go.
It does not: judge, or know how long to wait; `state` does.
"""

from datetime import datetime

from parallax.evidence import answers, balancer, logs, time, users
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthStatus
from parallax.model.cluster import NodeReport
from parallax.model.snapshot import Snapshot


def complete(scene: Scene) -> bool:
    """Say whether every source of the target spoke since the failure began."""
    since, reached = scene.failing_since, scene.target.reached
    run = scene.outside
    if since is None or run is None or len(run.probes) == 1:
        return False
    if run.first.started_at < since:
        return False
    reading = scene.balancer
    if reading is None and reached.load_balancer:
        return False
    if reading is not None and reading.read_at < since:
        return False
    return reached.cluster is None or _every_node_spoke(scene, since)


def to_come(scene: Scene) -> bool:
    """Say whether something will be known soon that may show a cause not shown yet.

    A log that is read on, the balancer's next reading, or that it notices what came up.
    """
    late = time.recovery_pending(scene) is not None
    return late or _reads_on(scene) or _spoke_since(scene)


def _reads_on(scene: Scene) -> bool:
    """Say whether a followed log was not yet read since the last failing request.

    A node whose log is not followed has nothing to add, and is not waited for.
    """
    read = logs.caught_up(scene, *users.FOR_THE_TARGET)
    return False in read.values()


def _spoke_since(scene: Scene) -> bool:
    """Say whether the balancer began to answer by itself after a reading, all well.

    Its targets went in between: the next reading tells why.
    """
    reading, targets = scene.balancer, balancer.health(scene)
    if reading is None or not targets:
        return False
    well = balancer.count_with_health(scene, HealthStatus.HEALTHY) == len(targets)
    requests = users.outside(scene, *users.AS_A_USER)
    own = [p.started_at for p in requests if answers.wrote_response(scene, p)]
    others = [p.started_at for p in requests if not answers.wrote_response(scene, p)]
    began = bool(own and others) and min(own) > max(others)
    return well and began and min(own) > reading.read_at


def _every_node_spoke(scene: Scene, since: datetime) -> bool:
    """Say whether each known node's agent looked since the failure began."""
    spoke = {r.node for r in scene.live_reports if _looked_since(r, since)}
    return bool(spoke) and known_nodes(scene) <= spoke


def _looked_since(report: NodeReport, since: datetime) -> bool:
    """Say whether all of an agent's look is from after the failure began.

    One under way as it began takes ten seconds where an app hangs, and what it read
    and asked first is from before and no evidence: its next look is waited for.
    """
    began = [probe.started_at for probe in report.probes]
    if began and report.reading is not None:
        began.append(report.reading.read_at)
    return bool(began) and report.outside_time(min(began)) >= since


def known_nodes(snapshot: Snapshot) -> set[str]:
    """Return the names of all nodes that should report.

    A live reading of the cluster knows them, also those that left; without one,
    every node that was heard or named.
    """
    live = snapshot.live_reports
    names = {report.node for report in live}
    listed = [r.reading.nodes for r in live if r.reading and r.reading.nodes]
    if listed:
        return names | {node.name for nodes in listed for node in nodes}
    for report in snapshot.reports:
        names.add(report.node)
        if report.reading is not None:
            names |= {node.name for node in report.reading.nodes or ()}
    return names
