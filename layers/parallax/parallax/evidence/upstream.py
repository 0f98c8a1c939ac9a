"""Upstream: the proof that an ingress gets no response from the pods that it tries.

In: a scene. Out: log lines and the ingress's own pages of failing requests, or the
words for what is missing. It does not: conclude; several faults look like this.
"""

from parallax.evidence import impact, ingress, logs, users
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.model.cluster import Sighting
from parallax.model.probe import FOR_THE_TARGET

GATEWAY = (504, 502)
TRIED = 1.0
"""Seconds; our clients never need this long to send a request."""
TWICE = 2


@reading
def unanswered(scene: Scene) -> tuple[Sighting, ...]:
    """Return the log lines of failing requests to which no pod responded."""
    failing = users.failing(scene, *FOR_THE_TARGET)
    lines = scene.sightings_of(*failing)
    return tuple(
        line for line in lines if logs.got_no_response(line) or logs.gave_up(line)
    )


def is_remote(scene: Scene, line: Sighting) -> bool:
    """Return whether the ingress tried a pod on another node than its own."""
    node = logs.node_of(scene, line.upstream_address)
    return node is not None and node != line.node


@reading
def ends_without_a_response(scene: Scene) -> str:
    """Return the proof that users' requests end at an ingress that reaches no pod."""
    status, shown, logged = _page(scene)
    impact.end_at_ingress(scene, status, logged=logged)
    return shown


def _page(scene: Scene) -> tuple[int, str, bool]:
    """Return the ingress's own status, the proof, and whether the log is the proof."""
    for line in unanswered(scene):
        status = line.status_code or GATEWAY[0]
        return status, f"ingress log: {line_text(scene, line)}", True
    for status in GATEWAY:
        if text := ingress.own_response(scene, status):
            return status, text, False
    late = _late(scene)
    if len(late) < TWICE:
        raise Missing("a 502 or 504 written by the ingress itself")
    waited = min(map(_seconds_before, late))
    text = f"ingress log: {len(late)} failing requests waited at least {waited:.1f} s"
    return GATEWAY[0], f"{text} before a pod on the ingress's own node responded", True


def line_text(scene: Scene, line: Sighting) -> str:
    """Return which pod did not respond to which ingress, and the status."""
    node = logs.node_of(scene, line.upstream_address)
    what = f"got no response from {line.upstream_address} on {node}"
    return f"the ingress on {line.node} {what} ({line.status_code or GATEWAY[0]})"


def _late(scene: Scene) -> list[Sighting]:
    """Return lines of failing requests to which a pod on the same node responded late.

    The ingress tried others before; its log line does not show them.
    """
    failing = users.failing(scene, *FOR_THE_TARGET)
    return [
        line
        for line in scene.sightings_of(*failing)
        if _seconds_before(line) >= TRIED
        and logs.node_of(scene, line.upstream_address) == line.node
    ]


def _seconds_before(line: Sighting) -> float:
    """Return the seconds before the request was sent to the last pod."""
    if line.request_time is None or line.upstream_response_time is None:
        return 0.0
    return line.request_time - line.upstream_response_time
