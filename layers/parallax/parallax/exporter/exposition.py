"""Exposition: points in Prometheus' text format.

In: families of points. Out: the text of `GET /metrics`.
It does not: write timestamps: with them, Prometheus would not end the series of a
target that is no longer probed. A stale target has no point at all.
Source: Prometheus, "Exposition formats", text format 0.0.4.
"""

from collections.abc import Iterable, Iterator

from parallax.exporter.points import Family, Labels, Point, Subject

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPED = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})
_ESCAPED_HELP = str.maketrans({"\\": r"\\", "\n": r"\n"})


def exposition(found: Iterable[Family]) -> str:
    """Return the text of all families; each metric has its help and type first."""
    subjects: dict[Subject, str] = {}
    return "".join(line for family in found for line in _lines(family, subjects))


def _lines(family: Family, subjects: dict[Subject, str]) -> Iterator[str]:
    """Yield the lines; `subjects` has the labels of the targets seen so far."""
    name = family.metric.prometheus
    yield f"# HELP {name} {family.metric.help.translate(_ESCAPED_HELP)}\n"
    yield f"# TYPE {name} gauge\n"
    for point in family.points:
        labels = _labels(point, subjects)
        value = _number(point.value)
        yield f"{name}{{{labels}}} {value}\n" if labels else f"{name} {value}\n"


def _labels(point: Point, subjects: dict[Subject, str]) -> str:
    own, subject = _written(point.labels) if point.labels else "", point.subject
    if subject is None:
        return own
    if (text := subjects.get(subject)) is None:
        pairs = (("target", subject.target), ("instance", subject.url))
        text = subjects[subject] = _written(pairs)
    return f"{text},{own}" if own else text


def _written(labels: Labels) -> str:
    return ",".join(f'{name}="{_text(value)}"' for name, value in labels)


def _text(value: str) -> str:
    """Return a label's value; half of a surrogate pair, which UTF-8 lacks, is `?`."""
    return value.translate(_ESCAPED).encode(errors="replace").decode()


def _number(value: float) -> str:
    """Return a value: whole numbers without a fraction, others exactly."""
    return str(int(value)) if value == int(value) else repr(value)
