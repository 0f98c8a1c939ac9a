"""Symptom: what is seen from both places, before anybody is blamed.

In: a snapshot. Out: a `Symptom` with its figures and one sentence.
It does not: look for a cause.
"""

from collections import Counter
from collections.abc import Sequence

from parallax.diagnose.blind import blind
from parallax.diagnose.follow import follow
from parallax.diagnose.reach import present, rank
from parallax.evidence import ingress, inside, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.finding import Constancy, Difference, Symptom, Trend, View
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot

ENOUGH = 3
"""Probes from which constant or intermittent can be told."""
_BEHIND = (Role.SERVICE, Role.NODEPORT_OWN, Role.NODEPORT_OTHER, Role.POD)
_DIFFERENCE = {
    (View.HEALTHY, View.HEALTHY): Difference.NONE,
    (View.FAILING, View.HEALTHY): Difference.EXTERNAL_ONLY,
    (View.HEALTHY, View.FAILING): Difference.INTERNAL_ONLY,
    (View.FAILING, View.FAILING): Difference.BOTH,
    (View.FAILING, View.UNKNOWN): Difference.EXTERNAL_UNCONFIRMED,
}


def read_symptom(snapshot: Snapshot) -> Symptom:
    """Return what outside and inside see, and who sees more."""
    scene = Scene.of(snapshot)
    requests = users.outside(scene, *users.AS_A_USER)
    failing = [p for p in requests if not p.healthy]
    within, sees = inside_probes(scene), blind(scene)
    external = View.UNKNOWN if sees else _view(requests)
    internal = _inside_view(within)
    trend, text = (Trend.UNKNOWN, None) if sees else _trend(scene)
    common = Counter((p.status_code, p.error_type) for p in failing).most_common(1)
    status, error = common[0][0] if common else (None, None)
    return Symptom(
        external=external,
        internal=internal,
        difference=_DIFFERENCE.get((external, internal), Difference.UNKNOWN),
        constancy=Constancy.UNKNOWN
        if sees
        else _constancy(len(failing), len(requests)),
        failed=len(failing),
        total=len(requests),
        status_code=status,
        error_type=error,
        trend=trend,
        trend_text=text,
        follows=follow(scene),
        inside_failed=sum(not p.healthy for p in within),
        inside_total=len(within),
        window_seconds=_window(requests),
        summary=f"{_outside_text(requests, sees)}; {_inside_text(scene, within)}",
    )


def inside_probes(scene: Scene) -> tuple[Probe, ...]:
    """Return the inside probes by Host at the ingress; without any, those behind."""
    at_ingress = ingress.correctly_addressed(scene)
    return at_ingress or scene.inside(*_BEHIND)


def _view(probes: Sequence[Probe]) -> View:
    if not probes:
        return View.UNKNOWN
    return View.HEALTHY if all(p.healthy for p in probes) else View.FAILING


def _inside_view(probes: Sequence[Probe]) -> View:
    """Return how the inside fares: failing where most probes of one role fail.

    A role is a hop that users need. One node in trouble is told by its share, and
    does not make the inside fail.
    """
    if not probes:
        return View.UNKNOWN
    total = Counter(p.role for p in probes)
    failed = Counter(p.role for p in probes if not p.healthy)
    bad = any(2 * failed[role] > count for role, count in total.items())
    return View.FAILING if bad else View.HEALTHY


def _constancy(failed: int, total: int) -> Constancy:
    if not failed or total < ENOUGH:
        return Constancy.UNKNOWN
    return Constancy.CONSTANT if failed == total else Constancy.INTERMITTENT


def said(probe: Probe) -> str:
    """Return an answer in short: its status, or why there is none."""
    if probe.status_code is not None:
        wrong = "" if probe.healthy or probe.status_code >= 400 else " (unhealthy)"  # noqa: PLR2004 - HTTP's errors begin there
        return f"{probe.status_code}{wrong}"
    return str(probe.error_type or "no answer").replace("_", " ")


def tally(probes: Sequence[Probe]) -> str:
    """Return what probes got, e.g. `503 (10 of 11), 200 (1 of 11)`."""
    seen = Counter(said(p) for p in probes).most_common()
    return ", ".join(f"{s} ({of(n, len(probes))})" for s, n in seen)


def _window(requests: Sequence[Probe]) -> float | None:
    """Return how many seconds lie between the first and the last; None: one probe."""
    if len(requests) <= 1:
        return None
    starts = [p.started_at for p in requests]
    return (max(starts) - min(starts)).total_seconds()


def _outside_text(requests: Sequence[Probe], blind_for: str | None) -> str:
    if blind_for:
        return f"outside not known ({blind_for})"
    return f"{tally(requests)} from the internet" if requests else "outside not known"


def _inside_text(scene: Scene, within: Sequence[Probe]) -> str:
    if not within:
        return f"inside not known ({inside.why_no_reports(scene)})"
    return f"{tally(within)} inside"


def _trend(scene: Scene) -> tuple[Trend, str | None]:
    """Compare how far requests get now with the last different thing before."""
    requests, since = (
        users.failing(scene, *users.AS_A_USER),
        (scene.failing_since),
    )
    hop = present(scene)
    if since is None or hop is None:
        return Trend.UNKNOWN, None
    status = Counter(p.status_code for p in requests).most_common(1)[0][0]
    now = rank(hop, status)
    before = [
        p
        for p in scene.past
        if not p.healthy and p.hop and since <= p.started_at < requests[0].started_at
    ]
    other = [p for p in before if rank(p.hop or "", p.status_code) != now]
    if not other:
        return (Trend.UNCHANGED if before else Trend.UNKNOWN), None
    last = other[-1]
    was = rank(last.hop or "", last.status_code)
    trend = Trend.PROGRESS if now > was else Trend.DECLINE
    further = "progress: requests get further than before"
    word = further if trend is Trend.PROGRESS else "requests get less far than before"
    text = (
        f"{word}: {last.status_code or last.error_type} by the"
        f" {last.hop}, now {status or requests[0].error_type} by the {hop}"
    )
    return trend, text
