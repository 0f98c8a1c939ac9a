"""Points: every metric with its points, from what was read.

In: a `View`. Out: families: a metric, and its points with labels and values.
It does not: write a format; `exposition` and `otlp` do.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from parallax.exporter import catalog as c
from parallax.exporter.view import NewestProbe, View
from parallax.model.target import Target
from parallax.model.web_url import without_secret_values

type Labels = tuple[tuple[str, str], ...]

_FOREIGN = re.compile(r"[^a-zA-Z0-9_]")
"""What a label's name cannot have ("Data model" of Prometheus)."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The target that a point is about."""

    target: str
    url: str
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class Point:
    """One value; `labels` are those beside the subject's."""

    value: float
    subject: Subject | None = None
    labels: Labels = ()


@dataclass(frozen=True, slots=True)
class Family:
    """A metric with its points."""

    metric: c.Metric
    points: tuple[Point, ...]


def families(view: View) -> tuple[Family, ...]:
    """Return every metric that has a point, in the order of the documentation."""
    found: dict[c.Metric, list[Point]] = {}
    for metric, point in (*_of_targets(view), *_of_the_stack(view)):
        found.setdefault(metric, []).append(point)
    return tuple(Family(metric, tuple(points)) for metric, points in found.items())


def _of_targets(view: View) -> Iterator[tuple[c.Metric, Point]]:
    for target in view.targets:
        probe = view.probes.get(target.name)
        if probe is not None:
            subject = Subject(target.name, _shown(target), probe.method)
            yield from _of_a_probe(subject, probe)
    for target in view.targets:
        labels = (("severity", target.severity.value), *_own_labels(target))
        yield c.TARGET, Point(1, Subject(target.name, _shown(target)), labels)


def _shown(target: Target) -> str:
    """Return the URL of a target for a label: it has no secret of its query."""
    return without_secret_values(target.url)


def _of_a_probe(
    subject: Subject, probe: NewestProbe
) -> Iterator[tuple[c.Metric, Point]]:
    yield c.SUCCESS, Point(int(probe.success), subject)
    if probe.duration is not None:
        yield c.DURATION, Point(probe.duration, subject)
    yield c.STATUS, Point(probe.status_code or 0, subject)
    for phase, seconds in probe.phases.items():
        yield c.PHASE, Point(seconds, subject, (("phase", phase),))
    yield c.SSL, Point(int(subject.url.lower().startswith("https:")), subject)
    if probe.address:
        yield c.PROTOCOL, Point(6 if ":" in probe.address else 4, subject)
    if probe.certificate_ends is not None:
        yield c.EXPIRY, Point(probe.certificate_ends.timestamp(), subject)
    yield c.PROBED_AT, Point(probe.at.timestamp(), subject)
    if probe.error_type:
        yield c.ERROR, Point(1, subject, (("error_type", probe.error_type),))


def _own_labels(target: Target) -> Labels:
    """Return the labels of the targets file; equal names get a number.

    `a-b` and `a.b` are both `label_a_b`: the second one becomes `label_a_b_2`.
    """
    names: Counter[str] = Counter()
    found: list[tuple[str, str]] = []
    for key, value in target.labels:
        name = f"label_{_FOREIGN.sub('_', key)}"
        names[name] += 1
        found.append((name if names[name] == 1 else f"{name}_{names[name]}", value))
    return tuple(dict(found).items())


def _of_the_stack(view: View) -> Iterator[tuple[c.Metric, Point]]:
    yield c.TARGETS, Point(len(view.targets))
    yield c.PROBED, Point(len(view.probes))
    if view.probes:  # without a recent probe it is not known how many fail
        failing = sum(not probe.success for probe in view.probes.values())
        yield c.FAILING, Point(failing)
    for shard, end in sorted(view.rounds.items()):
        labels = (("shard", str(shard)),)
        yield c.ROUND_END, Point(end.timestamp(), labels=labels)
    if view.incidents is not None:
        yield from _of_incidents(view)
    for agents in view.agents:
        labels = (("cluster", agents.cluster),)
        yield c.REPORTING, Point(agents.reporting, labels=labels)
        yield c.SILENT, Point(agents.silent, labels=labels)


def _of_incidents(view: View) -> Iterator[tuple[c.Metric, Point]]:
    incidents, urls = view.incidents or (), {t.name: _shown(t) for t in view.targets}
    yield c.INCIDENTS, Point(len(incidents))
    for cause, count in sorted(Counter(one.cause for one in incidents).items()):
        yield c.BY_CAUSE, Point(count, labels=(("cause", cause),))
    for one in incidents:
        shared = (
            ("incident", one.id),
            ("cause", one.cause),
            ("acknowledged", str(one.acknowledged).lower()),
        )
        for target, severity in one.targets:
            labels = (*shared, ("severity", severity))
            yield c.INCIDENT, Point(1, Subject(target, urls.get(target, "")), labels)
