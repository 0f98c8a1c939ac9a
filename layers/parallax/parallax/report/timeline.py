"""Timeline: the probes of the last half hour as a strip, and what happened, in order.

In: a finding; an excerpt of its snapshot, or None. Out: a part of the page.
It does not: find the moments; `parallax.story.timeline` does.
"""

from datetime import datetime, timedelta

from parallax.model.finding import Finding
from parallax.model.snapshot import PastProbe
from parallax.model.snapshot_excerpt import Excerpt
from parallax.notify.paragraph import second
from parallax.report.elements import Node, element

WIDTH, HEIGHT, DOT = 1000, 24, 8
"""Units of the strip, and the width of a probe's mark."""
SHORTEST = timedelta(minutes=5)
"""Time that the strip shows at least."""


def timeline(finding: Finding, excerpt: Excerpt | None) -> Node | None:
    """Return the strip and the moments; None if neither is known."""
    rows = [
        element(
            "li",
            element("span", second(one.at, finding.judged_at), class_="time"),
            f" {one.text}",
        )
        for one in finding.timeline
    ]
    quiet = finding.no_change_before
    shown = _strip(excerpt) if excerpt and excerpt.past else ()
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


def _strip(excerpt: Excerpt) -> tuple[Node, ...]:
    past, end = excerpt.past, excerpt.taken_at
    begin = min(past[0].started_at, end - SHORTEST)
    marks = [_mark(one, begin, end) for one in past]
    good = sum(one.healthy for one in past)
    text = f"{good} of {len(past)} probes were good"
    picture = element(
        "svg",
        element("rect", x="0", y="10", width=f"{WIDTH}", height="4", class_="rail"),
        *marks,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{text} from {second(begin, end)} to {second(end, end)} UTC",
        class_="strip",
    )
    ends = element(
        "p",
        element("span", second(begin, end)),
        " ",
        element("span", text),
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
