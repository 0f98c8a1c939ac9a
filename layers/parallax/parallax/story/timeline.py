"""Timeline: the moments of a failure, and what changed before it.

In: an incident, the snapshot. Out: moments in order; what users got first.
It does not: state which change caused the failure. Instants of the cluster are of the
node's clock, converted as its report was.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from parallax.diagnose.symptom import tally
from parallax.evidence import users, words
from parallax.evidence.scene import Scene
from parallax.model.cluster import Pod
from parallax.model.finding import Incident, Moment, Response
from parallax.model.judgement import NONE, NOT_ESTABLISHED
from parallax.model.probe import AS_A_USER, Probe
from parallax.model.snapshot import Snapshot

BEFORE = timedelta(minutes=30)
"""How long before a failure a change may matter."""
ERRORS_FROM = 400
"""HTTP's error statuses begin here."""
PODS = 3
"""Started pods that are listed."""
FIRST_LINE = 160
"""Characters of a page that are shown."""


def timeline(incident: Incident, snapshot: Snapshot) -> tuple[Moment, ...]:
    """Return the moments until this judgement, in order."""
    moments = [*_outside(incident, snapshot), *changes(incident.since, snapshot)]
    return tuple(sorted(moments, key=lambda one: one.at))


def no_change(incident: Incident, snapshot: Snapshot) -> str | None:
    """Return that the cluster did not change before; None: it did, or is unknown.

    Pods that are not ready now have changed, whatever the times say.
    """
    cluster = snapshot.cluster
    if cluster is None or any(changes(incident.since, snapshot)):
        return None
    if not cluster.endpoints or not all(end.ready for end in cluster.endpoints):
        return None
    ingress = cluster.ingress_pods
    if ingress is not None and not (ingress and all(pod.ready for pod in ingress)):
        return None
    minutes = int(BEFORE.total_seconds() // 60)
    return f"No pod started and no endpoint changed in the {minutes} minutes before."


def _outside(incident: Incident, snapshot: Snapshot) -> Iterator[Moment]:
    healthy = [p for p in snapshot.past if p.healthy and p.started_at < incident.since]
    if healthy:
        last = healthy[-1]
        code = last.status_code or 0
        odd = ", which is healthy for this target" if code >= ERRORS_FROM else ""
        yield Moment(at=last.started_at, text=f"last good probe: {code}{odd}")
    yield Moment(at=incident.since, text="first failed probe")
    run = snapshot.run
    requests = users.outside(Scene.of(snapshot), *AS_A_USER)
    if run and len(requests) > 1:
        at = max(probe.started_at for probe in requests)
        yield Moment(at=at, text=f"investigated from the internet: {tally(requests)}")
    if incident.quiet_since is not None:
        yield Moment(at=incident.quiet_since, text="requests succeed again")
        return
    named = incident.cause not in {NONE, NOT_ESTABLISHED}
    text = "cause established" if named else "judged, no cause established"
    yield Moment(at=snapshot.taken_at, text=text)


def changes(since: datetime, snapshot: Snapshot) -> Iterator[Moment]:
    """Yield the changes of the cluster from half an hour before until now."""
    reading = snapshot.cluster
    if reading is None:
        return
    changed, service = reading.endpoints_changed_at, reading.service
    if changed and _is_near(changed, since, snapshot):
        name = f"{service.namespace}/{service.name}" if service else "the Service"
        yield Moment(at=changed, text=f"endpoints of {name} changed")
    for pods, what in ((reading.ingress_pods, "ingress pod"), (reading.pods, "pod")):
        started = [(p.started_at, p) for p in pods or () if p.started_at]
        near = [pair for pair in started if _is_near(pair[0], since, snapshot)]
        near.sort(key=lambda pair: pair[0], reverse=True)
        for at, pod in near[:PODS]:
            yield Moment(at=at, text=f"{what} {pod.name} started{_on(pod)}")


def _is_near(at: datetime, since: datetime, snapshot: Snapshot) -> bool:
    return since - BEFORE <= at <= snapshot.taken_at


def _on(pod: Pod) -> str:
    return f" on {pod.node}" if pod.node else ""


def first_response(snapshot: Snapshot) -> Response | None:
    """Return what the first failing user request got; None: none failed."""
    failing = users.failing(Scene.of(snapshot), *AS_A_USER)
    return _response(failing[0]) if failing else None


def _response(probe: Probe) -> Response:
    error = words.error(probe.error_type) if probe.error_type else None
    detail = f": {probe.error_detail}" if probe.error_detail else ""
    return Response(
        at=probe.started_at,
        status_code=probe.status_code,
        reason=probe.reason,
        server=users.header(probe, "server"),
        error=f"{error}{detail}" if error else None,
        first_line=" ".join(probe.body.split())[:FIRST_LINE],
        phases=probe.phases,
    )
