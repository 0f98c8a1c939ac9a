"""OTLP: points as requests of OTLP/HTTP with JSON.

In: families of points, the instant of reading. Out: the JSON documents of the requests,
each of a limited number of points.
It does not: send them; `push` does.
Source: OpenTelemetry Protocol specification, "OTLP/HTTP", "JSON Protobuf Encoding":
names in lowerCamelCase, 64-bit integers as texts; semantic conventions, `http`, `url`
and `server`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import batched
from typing import Any
from urllib.parse import urlsplit

from parallax.exporter.catalog import Metric
from parallax.exporter.points import Family, Point, Subject

POINTS = 5_000
"""Points of one request: about 3 MB of JSON, 60 KB compressed."""
SCOPE = "parallax.exporter"
_PORTS = {"http": 80, "https": 443}

type Json = dict[str, Any]


def documents(
    found: Iterable[Family], at: datetime, resource: dict[str, str]
) -> Iterator[Json]:
    """Yield the requests' documents; `resource` has the attributes of the stack."""
    nanoseconds = str(int(at.timestamp() * 1000) * 1_000_000)
    subjects: dict[Subject, tuple[Json, ...]] = {}
    pairs = ((family.metric, point) for family in found for point in family.points)
    for some in batched(pairs, POINTS, strict=False):
        metrics: dict[Metric, list[Json]] = {}
        for metric, point in some:
            metrics.setdefault(metric, []).append(_point(point, nanoseconds, subjects))
        yield {
            "resourceMetrics": [
                {
                    "resource": {"attributes": [_text(*p) for p in resource.items()]},
                    "scopeMetrics": [
                        {
                            "scope": {"name": SCOPE},
                            "metrics": [_metric(*one) for one in metrics.items()],
                        }
                    ],
                }
            ]
        }


def _metric(metric: Metric, points: list[Json]) -> Json:
    return {
        "name": metric.otlp,
        "description": metric.help,
        "unit": metric.unit,
        "gauge": {"dataPoints": points},
    }


def _point(
    point: Point, nanoseconds: str, subjects: dict[Subject, tuple[Json, ...]]
) -> Json:
    attributes = [_text(_name(name), value) for name, value in point.labels]
    if (subject := point.subject) is not None:
        if subject not in subjects:
            subjects[subject] = _subject(subject)
        attributes = [*subjects[subject], *attributes]
    # Always a double: some backends fix a metric's type by its first value.
    return {
        "attributes": attributes,
        "timeUnixNano": nanoseconds,
        "asDouble": float(point.value),
    }


def _name(label: str) -> str:
    """Return the attribute's name of a label."""
    return "error.type" if label == "error_type" else label


def _subject(subject: Subject) -> tuple[Json, ...]:
    """Return what identifies a target: `target` and `instance`, as for Prometheus.

    The other attributes follow from the URL. None of them changes from probe to probe,
    since each change would be a new series.
    """
    named = [_text("target", subject.target), _text("instance", subject.url)]
    try:
        parts = urlsplit(subject.url)
        host, port, scheme = parts.hostname, parts.port, parts.scheme.lower()
    except ValueError:
        return tuple(named)
    if not host:
        return tuple(named)
    number = str(port or _PORTS.get(scheme, 0))
    return (
        *named,
        _text("http.request.method", subject.method),
        _text("url.full", subject.url),
        _text("url.scheme", scheme),
        _text("server.address", host),
        {"key": "server.port", "value": {"intValue": number}},
    )


def _text(key: str, value: str) -> Json:
    return {"key": key, "value": {"stringValue": value}}
