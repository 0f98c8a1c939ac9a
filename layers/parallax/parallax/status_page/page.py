"""Page: the status page as static HTML, `index.html`.

In: the services, the incidents, a title, an instant. Out: HTML without a script.
It does not: link to anything but the feed, the data, and URLs that are meant to be
public. The uptime has only what was counted; the bar of today has an outage at once.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from parallax.model.plain import plain_line
from parallax.notify.paragraph import clock, minute
from parallax.overview.bars import Bars
from parallax.overview.days import outage_days
from parallax.overview.page import legend
from parallax.overview.rows import lasting
from parallax.overview.style import CSS, policy
from parallax.report.elements import Node, element
from parallax.status_page.public import PublicTarget, Service
from parallax.status_page.status_file import PublicIncident, UpdateKind
from parallax.uptime.tally import DAY, runs

COLORS = {
    Service.OPERATIONAL: "good",
    Service.NOT_AVAILABLE: "bad",
    Service.RECOVERING: "warn",
    Service.CHECKING: "warn",
    Service.MAINTENANCE: "soft",
    Service.NO_DATA: "warn",
}
STATUS_CSS = (
    CSS
    + """
body { max-width: 52rem; }
.services { list-style: none; margin: 0 0 1rem; padding: 0; }
.services li { padding: .6rem 0; border-bottom: 1px solid var(--line); }
.services p { display: flex; justify-content: space-between; gap: 1rem; margin: 0; }
.services svg { height: 1.8rem; }
.services details { margin: .3rem 0 0; padding: 0; border: 0; font-size: .9rem; }
.services summary { color: var(--soft); font-weight: 400; min-height: 1.5rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
h2 + h3 { margin-top: .4rem; }
"""
)
TITLES = {
    UpdateKind.BEGUN: "Started",
    UpdateKind.UPDATED: "Update",
    UpdateKind.RESOLVED: "Resolved",
}
PAST = 20
"""Past incidents on the page; the feed and the data have more."""


def status_page(
    title: str,
    services: Sequence[PublicTarget],
    incidents: Sequence[PublicIncident],
    now: datetime,
    until: int | None = None,
) -> str:
    """Return the page; `until` is the Unix time up to which uptime is counted."""
    bars = Bars(int(now.timestamp()) // DAY)
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
    page = element(
        "html",
        _head(title),
        element("body", main, _footer(now, until)),
        lang="en",
    )
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
    down = [one.title for one in services if one.service is Service.NOT_AVAILABLE]
    if len(down) == 1:
        text, color = f"{down[0]} is not available", "bad"
    elif down:
        text, color = f"{len(down)} services are not available", "bad"
    elif current:
        text, color = "An incident is not resolved yet", "warn"
    elif Service.NO_DATA in found or not found:
        text, color = "The state of some services is not known", "warn"
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
        of_name = [one for one in services if one.group == name]
        rows = [_service(one, bars) for one in of_name]
        yield element("ul", *rows, class_="services")


def _service(one: PublicTarget, bars: Bars) -> Node:
    """Return a service with its days."""
    picture = bars.picture(one.shown)
    name = element("b", one.title)
    shown = element("a", name, href=one.url, rel="noopener") if one.url else name
    color = COLORS[one.service]
    uptime = f"{picture.uptime} uptime" if picture.uptime else "no data yet"
    return element(
        "li",
        element("p", shown, " ", element("span", one.service.value, class_=color)),
        picture.node,
        element(
            "p",
            element("small", "90 days ago"),
            " ",
            element("small", uptime),
            " ",
            element("small", "today"),
            class_="soft",
        ),
        _outages(one, bars.today),
    )


def _outages(one: PublicTarget, today: int) -> Node | None:
    """Return the days with an outage, which open without a script."""
    found = outage_days(runs(one.shown), today)
    if not found:
        return None
    title = f"{len(found)} day{'' if len(found) == 1 else 's'} with an outage"
    rows = [element("li", f"{date}: {time}") for date, time in found]
    return element("details", element("summary", title), element("ul", *rows))


def _section(title: str, incidents: Sequence[PublicIncident], now: datetime) -> Node:
    rows = [part for one in incidents for part in _incident(one, now)]
    none = element("p", "No earlier incident is listed.") if not rows else None
    return element("section", element("h2", title), none, *rows)


def _incident(one: PublicIncident, now: datetime) -> Iterator[Node]:
    names = ", ".join(key.rpartition(" / ")[2] for key in one.services)
    end = one.resolved_at
    lasted = lasting((end or now) - one.begun_at)
    since = minute(one.begun_at, now)
    time = f"{since}, lasted {lasted}" if end else f"since {since}, ongoing ({lasted})"
    yield element("h3", names, id=plain_line(one.id))
    yield element("p", time, class_="soft")
    rows = [
        element(
            "li",
            element("strong", f"{TITLES[update.kind]} {minute(update.at, now)}: "),
            update.text,
        )
        for update in reversed(one.updates)
    ]
    yield element("ul", *rows)


_OPEN = "An open outage counts until now, unless only some requests fail."


def _footer(now: datetime, until: int | None) -> Node:
    """Return the notes."""
    counted = "Uptime was not counted yet."
    if until is not None:
        at = datetime.fromtimestamp(until, UTC)
        counted = f"Uptime is counted until {minute(at, now)}."
    return element(
        "footer",
        element("p", f"{counted} {_OPEN}"),
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
