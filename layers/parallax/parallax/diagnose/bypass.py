"""Bypass: the faults that users would meet after the repair of DNS or of the CDN.

In: a scene, the causes. Out: assessments as if users had sent their requests directly
to the load balancer, as the `direct` probes do.
It does not: name a cause. Without a failing direct request there is nothing to assess.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from parallax.causes.cause import Cause
from parallax.diagnose.also_true import proof
from parallax.diagnose.naming import merged, named, with_explanations
from parallax.diagnose.reach import ORDER
from parallax.evidence import users
from parallax.evidence.scene import Scene
from parallax.model.judgement import Answer, Assessment, Hop
from parallax.model.probe import Probe, ProbeRun, Role
from parallax.model.snapshot import Snapshot

type Ask = Callable[[Cause, Snapshot], Assessment]
KEPT = frozenset({Role.DIRECT, Role.UNKNOWN_HOST, Role.CONTROL})
"""External probes that need neither DNS nor a CDN."""
_OUTER = frozenset({Hop.DNS, Hop.CDN})


def behind(
    scene: Scene, causes: Sequence[Cause], cause: Cause, ask: Ask
) -> dict[str, Assessment]:
    """Return the supported causes that direct requests show behind the named one."""
    if cause.hop not in _OUTER:
        return {}
    inner = [c for c in causes if ORDER.index(c.hop) > ORDER.index(cause.hop)]
    return _shown(scene, inner, ask)


def instead(
    scene: Scene, causes: Sequence[Cause], assessments: Sequence[Assessment], ask: Ask
) -> tuple[Assessment, ...]:
    """Return the assessments where a fault of DNS is proven, and none is named.

    Only a failing load balancer leaves a doubt about DNS; direct requests show why it
    fails. Then both faults are true, and the one of the load balancer is named.
    """
    if not any(proof(c, scene) for c in causes if c.hop is Hop.DNS):
        return tuple(assessments)
    inner = [c for c in causes if c.hop not in _OUTER]
    found = _shown(scene, inner, ask)
    return merged(assessments, found)


def _shown(scene: Scene, causes: Sequence[Cause], ask: Ask) -> dict[str, Assessment]:
    """Return what is supported if direct requests are those of users."""
    direct = users.failing(scene, Role.DIRECT)
    if not direct or any(p.healthy for p in users.outside(scene, Role.DIRECT)):
        return {}
    seen = _of_direct(scene, direct)
    answers = with_explanations(causes, tuple(ask(c, seen) for c in causes))
    if named(causes, answers) is None:
        return {}
    note = f"shown by {_count(direct)} sent directly to the load balancer"
    return {
        a.cause: replace(a, evidence=(*a.evidence, note))
        for a in answers
        if a.answer is Answer.SUPPORTED
    }


def _count(probes: Sequence[Probe]) -> str:
    return "a request" if len(probes) == 1 else f"{len(probes)} requests"


def _of_direct(scene: Scene, direct: Sequence[Probe]) -> Scene:
    """Return the scene in which direct requests stand for those of users."""
    run, target = scene.run, scene.target
    rest = run.probes if run else ()
    as_users = (
        replace(p, role=Role.REPEAT if n else Role.FIRST) for n, p in enumerate(direct)
    )
    # A past probe like the run's first one confirms the run; these requests have none.
    times = [p.started_at for p in scene.past]
    seen = ProbeRun(
        target=target.name,
        started_at=max([run.started_at, *times]) if run else scene.taken_at,
        probes=(*as_users, *(p for p in rest if p.role in KEPT)),
    )
    reached = replace(target.reached, cdn=False)
    return replace(scene, target=replace(target, reached=reached), run=seen, past=())
