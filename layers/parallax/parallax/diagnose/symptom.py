"""Symptom: what users and the cluster observe, before any cause is assessed.

In: a snapshot. Out: a `Symptom` with its figures and one sentence.
It does not: assess causes.
"""

from collections import Counter
from collections.abc import Sequence

from parallax.diagnose.blind import blind
from parallax.diagnose.follow import follow
from parallax.diagnose.reach import present, rank
from parallax.evidence import bodies, ingress, inside, rule_breaks, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import error, of
from parallax.model.judgement import Constancy, Difference, Symptom, Trend, View
from parallax.model.probe import AS_A_USER, BEHIND_THE_INGRESS, Probe
from parallax.model.snapshot import Snapshot

ENOUGH = 3
"""Least number of probes that distinguishes constant from intermittent."""
_DIFFERENCE = {
    (View.HEALTHY, View.HEALTHY): Difference.NONE,
    (View.FAILING, View.HEALTHY): Difference.EXTERNAL_ONLY,
    (View.HEALTHY, View.FAILING): Difference.INTERNAL_ONLY,
    (View.FAILING, View.FAILING): Difference.BOTH,
    (View.FAILING, View.UNKNOWN): Difference.EXTERNAL_UNCONFIRMED,
}


def read_symptom(snapshot: Snapshot) -> Symptom:
    """Return what users and the cluster observe, and the difference."""
    scene = Scene.of(snapshot)
    requests = users.outside(scene, *AS_A_USER)
    failing = [p for p in requests if not p.healthy]
    within, blind_because = inside_probes(scene), blind(scene)
    external = View.UNKNOWN if blind_because else _view(requests)
    internal = _inside_view(within)
    trend, text = (Trend.UNKNOWN, None) if blind_because else _trend(scene)
    common = Counter((p.status_code, p.error_type) for p in failing).most_common(1)
    status, error = common[0][0] if common else (None, None)
    return Symptom(
        external=external,
        internal=internal,
        difference=_DIFFERENCE.get((external, internal), Difference.UNKNOWN),
        constancy=Constancy.UNKNOWN
        if blind_because
        else _constancy(len(failing), len(requests)),
        failed=len(failing),
        total=len(requests),
        status_code=status,
        error_type=error,
        unmet=_unmet(scene, failing, status) if error is None else None,
        trend=trend,
        trend_text=text,
        follows=follow(scene),
        inside_failed=sum(not p.healthy for p in within),
        inside_total=len(within),
        window_seconds=_window(requests),
        summary="; ".join(
            (_external_text(requests, blind_because), _internal_text(scene, within))
        ),
    )


def _unmet(scene: Scene, failing: Sequence[Probe], status: int | None) -> str | None:
    """Return what most of the responses with this status lack of the health rule."""
    same = [p for p in failing if p.status_code == status and p.error_type is None]
    texts = Counter(rule_breaks.text(scene, p) for p in same).most_common(1)
    return (texts[0][0] or None) if texts else None


def inside_probes(scene: Scene) -> tuple[Probe, ...]:
    """Return the inside probes of the ingress by Host; without any, those behind it."""
    at_ingress = ingress.correctly_addressed(scene)
    return at_ingress or scene.inside(*BEHIND_THE_INGRESS)


def _view(probes: Sequence[Probe]) -> View:
    if not probes:
        return View.UNKNOWN
    return View.HEALTHY if all(p.healthy for p in probes) else View.FAILING


def _inside_view(probes: Sequence[Probe]) -> View:
    """Return the state inside: failing if most probes of one role fail.

    A role is a hop that users need. A single failing node is reported by its share, and
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


def outcome(probe: Probe) -> str:
    """Return a probe's result in short: its status, or why there is none."""
    if bodies.is_incomplete(probe):
        how = str(probe.error_type).replace("_", " ")
        return f"{probe.status_code}, then {how} during the response"
    if probe.status_code is not None:
        if lacking := "; ".join(one.text for one in probe.broken_rules):
            return f"{probe.status_code} ({lacking})"
        wrong = "" if probe.healthy or probe.status_code >= 400 else " (unhealthy)"  # noqa: PLR2004 - HTTP's errors begin there
        return f"{probe.status_code}{wrong}"
    return error(probe.error_type)


def tally(probes: Sequence[Probe]) -> str:
    """Return the results of probes, e.g. `503 (10 of 11), 200 (1 of 11)`."""
    outcomes = Counter(outcome(p) for p in probes).most_common()
    return ", ".join(f"{o} ({of(n, len(probes))})" for o, n in outcomes)


def _window(requests: Sequence[Probe]) -> float | None:
    """Return the seconds between the first and the last; None: at most one probe."""
    if len(requests) <= 1:
        return None
    starts = [p.started_at for p in requests]
    return (max(starts) - min(starts)).total_seconds()


def _external_text(requests: Sequence[Probe], blind_because: str | None) -> str:
    if blind_because:
        return f"from the internet: unknown ({blind_because})"
    return f"from the internet: {tally(requests) if requests else 'unknown'}"


def _internal_text(scene: Scene, within: Sequence[Probe]) -> str:
    if not within:
        return f"inside the cluster: unknown ({inside.why_no_reports(scene)})"
    return f"inside the cluster: {tally(within)}"


def _trend(scene: Scene) -> tuple[Trend, str | None]:
    """Compare how far requests get now with the last different result."""
    requests, since = users.failing(scene, *AS_A_USER), scene.failing_since
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
    how = "get further" if trend is Trend.PROGRESS else "fail earlier"
    before_text = _end_text(last.status_code, last.error_type, last.hop)
    now_text = _end_text(status, requests[0].error_type, hop)
    return trend, f"requests now {how} (before: {before_text}; now: {now_text})"


def _end_text(status: int | None, error: str | None, hop: str | None) -> str:
    """Return how and where a request ended, e.g. `503 at load-balancer`."""
    what = str(status or error or "no response").replace("_", " ")
    return f"{what} at {hop}"
