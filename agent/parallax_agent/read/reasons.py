"""Reasons: what the API has on why a target has no ready pod.

In: the target's Service and the ingress's, as read. Out: the reading with their Warning
events, with what comes near to a selector that matches nothing, and with the claims
and quotas that pods or the Service wait for.
It does not: ask for events while a pod is ready, or judge them.
All agents must send the same of the same objects, so that it is stored once: counts
and times of events stay.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from parallax.model.cluster import ClusterReading, Endpoint, Unselected, Warned
from parallax.model.wire import Json
from parallax_agent.read.placement import matching
from parallax_agent.read.quotas import quotas
from parallax_agent.read.volumes import unbound
from parallax_agent.route.service_state import WORKLOADS, Reader, ServiceState
from parallax_agent.watch.objects import instant, message, name_of, part
from parallax_agent.watch.pod_state import claims_of

MOST_EVENTS = 20
MOST_NEAR = 3
RECENT = timedelta(minutes=20)
"""Controllers repeat an event at the latest after 17 minutes."""
ALIKE = 0.6
"""Similarity of two labels that may be the same with a typing error."""
_OWNERS = frozenset({"ReplicaSet", "DaemonSet", "StatefulSet", "Deployment"})
_NODE = "nodeName"


def with_reasons(
    reading: ClusterReading,
    reader: Reader,
    app: ServiceState | None,
    ingress: ServiceState | None,
) -> ClusterReading:
    """Add events and near labels, if the app or the ingress has no ready pod."""
    found: list[Warned] = []
    read = False
    for state, endpoints in (
        (app, reading.endpoints),
        (ingress, reading.ingress_endpoints),
    ):
        if state is not None and _down(state, endpoints):
            events = reader.on_demand("events", state.namespace)
            read = read or events is not None
            names = set(_owners(reader, state))
            found += _relevant(events or (), state.pods or (), names, reading.read_at)
    near = _near(reader, app) if app and _down(app, reading.endpoints) else None
    events = tuple(sorted(found, key=_order)[:MOST_EVENTS]) if read else None
    reading = replace(reading, events=events, unselected=near)
    if app is None:
        return reading
    claims = unbound(reader, app) if _down(app, reading.endpoints) else None
    reading = replace(reading, claims=claims, quotas=quotas(reader, app, claims))
    return _with_matching(reading, reader, app)


def _with_matching(
    reading: ClusterReading, reader: Reader, app: ServiceState
) -> ClusterReading:
    """Add to pods without a node which nodes their labels allow."""
    nodes = reader.items("nodes", None)
    waiting = {name_of(p): p for p in app.pods or () if not part(p, "spec").get(_NODE)}
    if not nodes or not waiting:
        return reading
    pods = tuple(
        replace(pod, matching_nodes=matching(waiting[pod.name], nodes))
        if pod.name in waiting
        else pod
        for pod in reading.pods or ()
    )
    return replace(reading, pods=pods)


def _down(state: ServiceState, endpoints: Sequence[Endpoint] | None) -> bool:
    """Return whether a Service that selects pods has no ready one."""
    return bool(state.selector) and endpoints is not None and not _ready(endpoints)


def _ready(endpoints: Sequence[Endpoint]) -> int:
    return sum(e.ready for e in endpoints)


def _order(event: Warned) -> tuple[str, str, str, str]:
    return event.kind, event.name, event.reason, event.message


def _owners(reader: Reader, state: ServiceState) -> Iterator[str]:
    """Yield the names of the workloads whose pods the Service selects."""
    for _, resource in WORKLOADS:
        for item in reader.items(resource, state.namespace) or ():
            if state.selects(part(item, "spec", "template")):
                yield name_of(item)


def _relevant(
    events: Iterable[Json], pods: Iterable[Json], owners: set[str], now: datetime | None
) -> list[Warned]:
    """Return the newest event of each object and kind."""
    pods = list(pods)
    names = {("Pod", name_of(pod)) for pod in pods}
    claims = (name for pod in pods for name in claims_of(pod))
    names |= {("PersistentVolumeClaim", name) for name in claims}
    newest: dict[tuple[str, ...], tuple[datetime, Warned]] = {}
    for item in events:
        about, at = part(item, "involvedObject"), _time(item)
        kind, name = str(about.get("kind")), str(about.get("name"))
        text = message(item.get("message"))
        own = kind in _OWNERS and any(
            name == w or name.startswith(f"{w}-") for w in owners
        )
        if not text or at is None or not (own or (kind, name) in names):
            continue
        if now is not None and now - at > RECENT:
            continue
        event = Warned(
            kind=kind, name=name, reason=str(item.get("reason") or ""), message=text
        )
        key = (kind, name, event.reason, _first_word(text))
        if key not in newest or newest[key][0] < at:
            newest[key] = at, event
    return [event for _, event in newest.values()]


def _first_word(text: str) -> str:
    """Return what tells messages of one reason apart, e.g. `Liveness`."""
    found = re.search("[A-Za-z]+", text)
    return found.group() if found else ""


def _time(item: Json) -> datetime | None:
    """Return when an event was last seen; recorders fill different fields."""
    series = part(item, "series").get("lastObservedTime")
    texts = (series, item.get("lastTimestamp"), item.get("eventTime"))
    moments = [m for text in texts if (m := instant(text)) is not None]
    return max(moments) if moments else None


def _near(reader: Reader, app: ServiceState) -> tuple[Unselected, ...] | None:
    """Return what nearly has the labels of a selector that matches nothing."""
    if app.pods is None or app.pods:
        return None
    found: list[tuple[float, str, str, Json]] = []
    for kind, resource in WORKLOADS:
        items = reader.items(resource, app.namespace)
        if items is None:
            return None
        for item in items:
            template = part(item, "spec", "template")
            labels = part(template, "metadata", "labels")
            found.append((_likeness(app.selector, labels), kind, name_of(item), labels))
    if any(score == 1 for score, *_ in found):
        return ()  # a workload has the labels: the selector is right
    best = sorted(found, key=lambda one: (-one[0], *one[1:3]))[:MOST_NEAR]
    return tuple(
        Unselected(
            kind=kind,
            name=name,
            labels=tuple(
                (key, str(labels[key])) for key in sorted(app.selector) if key in labels
            ),
        )
        for score, kind, name, labels in best
        if score >= ALIKE
    )


def _likeness(selector: dict[str, Json], labels: dict[str, Json]) -> float:
    """Return from 0 to 1 how far labels fit a selector; a like value counts partly."""
    scores = [
        SequenceMatcher(None, str(value), str(labels[key])).ratio()
        if key in labels
        else 0.0
        for key, value in selector.items()
    ]
    return sum(scores) / len(scores) if scores else 0.0
