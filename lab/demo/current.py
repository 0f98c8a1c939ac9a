"""Current: how every target is judged now, for the screen and for tests.

In: a stage. Out: one judgement for each target; whether all of them are healthy.
It does not: write anything, or replace what `diagnose` publishes.
"""

from datetime import UTC, datetime, timedelta

from lab.stage.deployment import Stage
from parallax.diagnose.complete import known_nodes
from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.model.judgement import Judgement, View
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target

RECENT = timedelta(minutes=30)


def current_judgements(stage: Stage) -> dict[str, Judgement]:
    """Judge what the journal holds now, as `diagnose` does."""
    return {name: judge(one) for name, one in current_snapshots(stage).items()}


def all_healthy(stage: Stage) -> bool:
    """Say whether no probe of any target fails, and all agents report.

    Without a failure the agents send only heartbeats. So an internal view may be
    unknown, but it must not be failing.
    """
    snapshots = current_snapshots(stage).values()
    symptoms = [judge(one).symptom for one in snapshots]
    well = all(
        one.external is View.HEALTHY and one.internal is not View.FAILING
        for one in symptoms
    )
    return well and all(_agents_report(one) for one in snapshots)


def _agents_report(snapshot: Snapshot) -> bool:
    """Say whether the agent of every node of the target's cluster reports now."""
    if snapshot.target.reached.cluster is None:
        return True
    nodes = {report.node for report in snapshot.live_reports}
    return bool(nodes) and nodes == known_nodes(snapshot)


def current_snapshots(stage: Stage) -> dict[str, Snapshot]:
    """Join what the journal holds now, as `diagnose` does."""
    now = datetime.now(UTC)
    return {target.name: _snapshot(stage, target, now) for target in stage.targets}


def _snapshot(stage: Stage, target: Target, now: datetime) -> Snapshot:
    cluster = target.reached.cluster
    return join(
        target,
        stage.journal.recent(target.name, now - RECENT),
        taken_at=now,
        settle_seconds=20,
        agents=stage.journal.agents(cluster) if cluster else None,
    )
