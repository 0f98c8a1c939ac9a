"""Timeline: the probes of half an hour as a strip, and what happened, in order.

In: a finding; an excerpt of its snapshot, or None; what happened after it. Out: a part
of the page. The strip of an open incident ends when the page was made; any other one
says until when its probes are known.
It does not: find the moments of the failure; `parallax.story.timeline` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parallax.model.finding import Finding, Moment
from parallax.model.snapshot import PastProbe
from parallax.model.snapshot_excerpt import Excerpt
from parallax.notify.paragraph import second
from parallax.report.elements import Node, element

WIDTH, HEIGHT, DOT = 1000, 24, 8
"""Units of the strip, and the width of a probe's mark."""
SHORTEST = timedelta(minutes=5)
"""Time that the strip shows at least."""
GAP = timedelta(minutes=5)
"""Time without a known probe after which a strip begins again: nobody knows whether the
target was probed in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What happened after a finding, until `now`: probes, oldest first, and moments."""

    now: datetime
    probes: tuple[PastProbe, ...] = ()
    moments: tuple[Moment, ...] = ()


def timeline(
    finding: Finding, excerpt: Excerpt | None, later: Later | None = None
) -> Node | None:
    """Return the strip and the moments; None if neither is known."""
    rows = [
        element(
            "li",
            element("span", second(one.at, finding.judged_at), class_="time"),
            f" {one.text}",
        )
        for one in (*finding.timeline, *(later.moments if later else ()))
    ]
    quiet = finding.no_change_before
    shown = _shown(excerpt, later)
    if not rows and not shown:
        return None
    return element(
        "section",
        element("h2", "Timeline (UTC)"),
        *shown,
        element("ul", *rows, class_="moments", role="list") if rows else None,
        element("p", quiet, class_="soft") if quiet else None,
        class_="wide",
    )


def _shown(excerpt: Excerpt | None, later: Later | None) -> tuple[Node, ...]:
    """Return the strip of the probes that are known without a gap."""
    past = excerpt.past if excerpt else ()
    end = excerpt.taken_at if excerpt else None
    if later and later.probes:
        known = past[-1].started_at if past else None
        newer = tuple(p for p in later.probes if not known or p.started_at > known)
        apart = known is None or (newer and newer[0].started_at - known > GAP)
        past, end = (newer if apart else (*past, *newer)), later.now
    if not past or not end:
        return ()
    ends_before = later is not None and end < later.now
    return _strip(past, end, f" until {second(end, end)}" if ends_before else "")


def _strip(
    past: Sequence[PastProbe], end: datetime, until: str = ""
) -> tuple[Node, ...]:
    """Return the strip; `until`: words that say that later probes are not in it."""
    begin = min(past[0].started_at, end - SHORTEST)
    marks = [_mark(one, begin, end) for one in past]
    good = sum(one.healthy for one in past)
    share = f"{good} of {len(past)} probes"
    picture = element(
        "svg",
        element("rect", x="0", y="10", width=f"{WIDTH}", height="4", class_="rail"),
        *marks,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{share} were good from {second(begin, end)} to {second(end, end)}"
        " UTC",
        class_="strip",
    )
    ends = element(
        "p",
        element("span", second(begin, end)),
        " ",
        element("span", f"{share}{until} were good"),
        " ",
        element("span", second(end, end)),
        class_="ends soft",
    )
    return picture, ends


def _mark(one: PastProbe, begin: datetime, end: datetime) -> Node:
    """Return a low mark for a good probe, and a high one for a failing one."""
    share = (one.started_at - begin) / (end - begin)
    left = min(max(share, 0.0), 1.0) * (WIDTH - DOT)
    y, height = ("6", "12") if one.healthy else ("0", f"{HEIGHT}")
    kind = "fill good" if one.healthy else "fill bad"
    place = {"x": f"{left:.0f}", "y": y, "width": f"{DOT}", "height": height}
    return element("rect", **place, class_=kind)
