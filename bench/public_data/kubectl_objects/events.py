"""Events: Kubernetes' Warning events, made again from what kubectl prints.

In: the texts of `kubectl get events` and of the events in a description. Out: JSON
objects as the API documents them. It does not: select which events matter.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from bench.public_data.kubectl_objects.text import columns, seconds

type Object = dict[str, Any]

_TIMES = re.compile(r"\(x(\d+)")

KINDS = {
    "daemonset": "DaemonSet",
    "deployment": "Deployment",
    "endpoints": "Endpoints",
    "node": "Node",
    "persistentvolumeclaim": "PersistentVolumeClaim",
    "pod": "Pod",
    "replicaset": "ReplicaSet",
    "statefulset": "StatefulSet",
}
"""The kinds of the objects, as kubectl writes them in lower case."""


def listed(text: str, namespace: str, at: datetime) -> Iterator[Object]:
    """Yield the Warnings of a list; a message of several lines is cut at its first."""
    for line in text.splitlines():
        cells = columns(line, 5)
        if len(cells) == 5 and cells[1] == "Warning":
            age, _, reason, about, message = cells
            kind, _, name = about.partition("/")
            whom = {"kind": KINDS.get(kind, kind), "name": name}
            yield _event(whom, (reason, message), namespace, age, at)


def described(
    text: str, about: Object, at: datetime, kind: str = "Pod"
) -> Iterator[Object]:
    """Yield the Warnings in the description of an object."""
    meta = about["metadata"]
    whom = {"kind": kind, "name": meta["name"]}
    for line in text.splitlines():
        cells = columns(line, 5)
        if len(cells) == 5 and cells[0] == "Warning":
            _, reason, age, _, message = cells
            yield _event(whom, (reason, message), meta["namespace"], age, at)


def _event(
    whom: Object, texts: tuple[str, str], namespace: str, age: str, at: datetime
) -> Object:
    """Return an event; `1s (x9 over 81s)` was seen nine times, last a second ago."""
    reason, message = texts
    last, _, times = age.partition(" ")
    seen = at - timedelta(seconds=seconds(last))
    when = seen.strftime("%Y-%m-%dT%H:%M:%SZ")
    count = _TIMES.match(times)
    return {
        "metadata": {"name": f"{whom['name']}.{reason}", "namespace": namespace},
        "involvedObject": {**whom, "namespace": namespace},
        "type": "Warning",
        "reason": reason,
        "message": message.strip(),
        "count": int(count[1]) if count else 1,
        "lastTimestamp": when,
    }


def once(events: Iterable[Object]) -> list[Object]:
    """Return each event once, the newest of those that say the same."""
    newest: dict[tuple[str, str, str, str], Object] = {}
    for event in events:
        whom = event["involvedObject"]
        key = (whom["kind"], whom["name"], event["reason"], event["message"])
        known = newest.get(key)
        if known is None or known["lastTimestamp"] < event["lastTimestamp"]:
            newest[key] = event
    return list(newest.values())
