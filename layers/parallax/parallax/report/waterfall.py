"""Waterfall: the phases of the failing probe and of the last good one, side by side.

In: an excerpt of a snapshot. Out: a table for each probe, with a bar for each phase.
Both have the same scale. It does not: state why a phase is long.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from parallax.evidence.words import error
from parallax.model.probe import AS_A_USER, Probe
from parallax.model.snapshot_excerpt import Excerpt
from parallax.notify.paragraph import second
from parallax.report.elements import Node, element

PHASES = {
    "resolve": "resolve",
    "connect": "connect",
    "tls": "TLS",
    "processing": "wait",
    "transfer": "transfer",
}
"""Field of `Phases` -> its name on the page."""
WIDTH = 1000
"""Units of a bar of full length."""
LEAST = 6
"""Units of the shortest visible bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A phase: its name, when it began and how long it took, in seconds.

    `failed`: the request ended in it. `seconds` is None if it was not reached.
    """

    name: str
    begun: float = 0.0
    seconds: float | None = None
    failed: bool = False


def waterfall(excerpt: Excerpt, *, is_open: bool = True) -> Node | None:
    """Return the phases; None if the snapshot has no external probe.

    `is_open`: at once; otherwise a reader opens them.
    """
    if excerpt.run is None:
        return None
    requests = excerpt.run.by_role(*AS_A_USER) or excerpt.run.probes
    failing = next((p for p in requests if not p.healthy), None)
    good = excerpt.last_good or next((p for p in requests if p.healthy), None)
    shown = {"Failing probe": failing, "Last good probe": good}
    known = [list(bars(p)) for p in shown.values() if p]
    scale = max((_end(bar) for one in known for bar in one), default=0.0)
    tables = [_table(n, p, scale, excerpt) for n, p in shown.items() if p]
    if failing and not good:
        tables.append(element("p", _NO_GOOD, class_="soft"))
    both = element("div", *tables, class_="pair")
    title = element("summary", element("h2", "Phases"))
    shown = {"open": "open"} if is_open else {}
    folded = element("details", title, both, class_="alone", **shown)
    return element("section", folded, class_="wide")


_NO_GOOD = (
    "No good probe to compare with: none in the half hour before, or the snapshot is of"
    " an earlier release."
)


def bars(probe: Probe) -> Iterator[Bar]:
    """Yield a bar for each phase that a request of this URL has."""
    begun = 0.0
    for field, name in PHASES.items():
        seconds: float | None = getattr(probe.phases, field)
        if field == "tls" and seconds is None and probe.url.startswith("http:"):
            continue
        failed = probe.error_phase == field
        if failed and seconds is None:
            seconds = max(probe.duration - begun, 0.0)
        yield Bar(name=name, begun=begun, seconds=seconds, failed=failed)
        begun += seconds or 0.0


def milliseconds(seconds: float) -> str:
    """Return e.g. `0.3 ms`, `41 ms`, `10.0 s`."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    amount = seconds * 1000
    return f"{amount:.0f} ms" if amount >= 10 else f"{amount:.1f} ms"  # noqa: PLR2004 - two digits


def _end(bar: Bar) -> float:
    return bar.begun + (bar.seconds or 0.0)


def _table(title: str, probe: Probe, scale: float, excerpt: Excerpt) -> Node:
    at = second(probe.started_at, excerpt.taken_at)
    to = f" · {probe.peer_address}" if probe.peer_address else ""
    got, color = _result(probe), "good" if probe.healthy else "bad"
    caption = element(
        "caption",
        element("strong", f"{title}: "),
        element("strong", got, class_=color),
        element("br"),
        element("span", f"{at} UTC · {milliseconds(_total(probe))}{to}", class_="soft"),
    )
    rows = [_row(bar, scale) for bar in bars(probe)]
    return element("table", caption, element("tbody", *rows), class_="phases")


def _result(probe: Probe) -> str:
    failure = error(probe.error_type) if probe.error_type else ""
    if probe.status_code is None:
        return failure or "no response"
    return f"{probe.status_code}{f', {failure}' if failure else ''}"


def _total(probe: Probe) -> float:
    return probe.duration or max(map(_end, bars(probe)), default=0.0)


def _row(bar: Bar, scale: float) -> Node:
    seconds = bar.seconds
    text = "not reached" if seconds is None else milliseconds(seconds)
    kind = "bad" if bar.failed else "soft" if seconds is None else ""
    return element(
        "tr",
        element("th", bar.name, scope="row"),
        element("td", _picture(bar, scale), class_="bar"),
        element("td", f"{text}, failed" if bar.failed else text, class_=kind),
    )


def _picture(bar: Bar, scale: float) -> Node:
    unit = WIDTH / scale if scale else 0.0
    width = max((bar.seconds or 0.0) * unit, LEAST)
    left = min(bar.begun * unit, WIDTH - width)
    box = {"x": f"{left:.0f}", "y": "0", "width": f"{width:.0f}", "height": "10"}
    kind = "fill bad" if bar.failed else "fill"
    shown = element("rect", **box, class_=kind) if bar.seconds is not None else None
    return element(
        "svg",
        element("rect", x="0", y="0", width=f"{WIDTH}", height="10", class_="rail"),
        shown,
        viewBox=f"0 0 {WIDTH} 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
