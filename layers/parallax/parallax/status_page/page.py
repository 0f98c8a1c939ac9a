"""Page: the status page as static HTML, `index.html`.

In: the services, the incidents, a title, an instant. Out: HTML without a script.
It does not: link to anything but the feed, the data, and URLs that are meant to be
public.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from parallax.model.plain import plain_line
from parallax.notify.paragraph import clock, minute, span
from parallax.overview.bars import Bars
from parallax.overview.page import legend
from parallax.overview.style import CSS, policy
from parallax.report.elements import Node, element
from parallax.status_page.public import PublicTarget, Service
from parallax.status_page.status_file import PublicIncident
from parallax.uptime.objective import percent

COLORS = {
    Service.OPERATIONAL: "good",
    Service.NOT_AVAILABLE: "bad",
    Service.RECOVERING: "warn",
    Service.CHECKING: "warn",
    Service.MAINTENANCE: "soft",
    Service.NO_DATA: "soft",
}
STATUS_CSS = (
    CSS
    + """
body { max-width: 52rem; }
.services { list-style: none; margin: 0 0 1rem; padding: 0; }
.services li { padding: .6rem 0; border-bottom: 1px solid var(--line); }
.services p { display: flex; justify-content: space-between; gap: 1rem; margin: 0; }
.services .d { width: 100%; height: 1.8rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
"""
)
PAST = 20
"""Past incidents on the page; the feed and the data have more."""


def status_page(
    title: str,
    services: Sequence[PublicTarget],
    incidents: Sequence[PublicIncident],
    now: datetime,
) -> str:
    """Return the page."""
    bars = Bars()
    current = [one for one in incidents if one.resolved_at is None]
    past = [one for one in incidents if one.resolved_at is not None]
    main = element(
        "main",
        element("h1", title),
        _summary(services, current),
        _section("Current incidents", current, now) if current else None,
        *_services(services, bars),
        legend(),
        _section("Past incidents", past[:PAST], now),
        bars.symbols(),
    )
    page = element("html", _head(title), element("body", main, _footer(now)), lang="en")
    return "<!doctype html>\n" + ET.tostring(page, encoding="unicode", method="html")


def _head(title: str) -> Node:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element(
            "meta",
            http_equiv="Content-Security-Policy",
            # A policy in the page cannot forbid frames.
            content=policy(STATUS_CSS).partition("; frame-ancestors")[0],
        ),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element(
            "link",
            rel="alternate",
            type="application/rss+xml",
            title=f"{title}: incidents",
            href="feed.xml",
        ),
        element("style", STATUS_CSS),
    )


def _summary(
    services: Sequence[PublicTarget], current: Sequence[PublicIncident]
) -> Node:
    """Return the state of everything: the worst of all services."""
    found = {one.service for one in services}
    if current or Service.NOT_AVAILABLE in found:
        text, color = "Some services are not available", "bad"
    elif Service.NO_DATA in found or not found:
        text, color = "The state of some services is not known", "soft"
    elif found & {Service.RECOVERING, Service.CHECKING}:
        text, color = "Some services are being checked", "warn"
    elif Service.MAINTENANCE in found:
        text, color = "Some services are in maintenance", "soft"
    else:
        text, color = "All services are operational", "good"
    return element("p", element("strong", text, class_=f"state {color}"))


def _services(services: Sequence[PublicTarget], bars: Bars) -> Iterator[Node]:
    """Yield the services under their headings; as the targets file orders them."""
    for name in dict.fromkeys(one.group for one in services):
        yield element("h2", name or "Services")
        rows = [_service(one, bars) for one in services if one.group == name]
        yield element("ul", *rows, class_="services")


def _service(one: PublicTarget, bars: Bars) -> Node:
    picture = bars.picture(one.tallies)
    name = element("b", one.title)
    shown = element("a", name, href=one.url, rel="noopener") if one.url else name
    return element(
        "li",
        element(
            "p", shown, element("span", one.service.value, class_=COLORS[one.service])
        ),
        picture.node,
        element(
            "p",
            element("small", "90 days ago"),
            element("small", _uptime(picture.uptime)),
            element("small", "today"),
            class_="soft",
        ),
    )


def _uptime(share: float | None) -> str:
    return "no data yet" if share is None else f"{percent(share)} uptime"


def _section(title: str, incidents: Sequence[PublicIncident], now: datetime) -> Node:
    rows = [part for one in incidents for part in _incident(one, now)]
    none = element("p", "No past incident is known.") if not rows else None
    return element("section", element("h2", title), none, *rows)


def _incident(one: PublicIncident, now: datetime) -> Iterator[Node]:
    names = ", ".join(key.rpartition(" / ")[2] for key in one.services)
    end = one.resolved_at
    time = f"lasted {span(end - one.begun_at)}" if end else "continues"
    yield element("h3", names, id=plain_line(one.id))
    yield element("p", f"{clock(one.begun_at)}, {time}", class_="soft")
    rows = [
        element(
            "li",
            element("strong", f"{update.kind.value} {minute(update.at, now)}: "),
            update.text,
        )
        for update in reversed(one.updates)
    ]
    yield element("ul", *rows)


def _footer(now: datetime) -> Node:
    return element(
        "footer",
        element(
            "p",
            f"As of {clock(now)}. All times are UTC. ",
            element("a", "RSS feed", href="feed.xml"),
            " · ",
            element("a", "Data (JSON)", href="status.json"),
        ),
        element(
            "p",
            "Uptime is the share of the observed time in which requests from the"
            " internet succeeded, without maintenance.",
        ),
    )
