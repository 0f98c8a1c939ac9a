"""Pages: the overview and the status page in each of their forms, for a browser.

In: nothing. Out: responses by name, with the headers that the function sends.
It does not: open a browser; the browser tests do.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from parallax.journal.newest_probes import NewestProbe
from parallax.model.group import Group, Groups
from parallax.model.target import Maintenance, Public
from parallax.overview.style import POLICY
from parallax.report.response import Response
from parallax.status_page.incidents import next_incidents
from parallax.status_page.page import status_page
from parallax.status_page.public import PublicTarget, public_targets
from parallax.uptime.tally import DAY, Tally
from tests.parallax.hostile import POISON
from tests.parallax.overview.stack import (
    HEALTHY,
    NOW,
    TODAY,
    Stack,
    failing,
    group,
    named,
)

WINDOW = Maintenance(
    starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=1), reason="x"
)


AGO = NOW - timedelta(days=2, hours=3)
"""When the outage of the red bar began."""


def every_state() -> Stack:
    """Return targets of which each has another state, with each kind of day."""
    labels = (("team", "shop"), ("tier", "1"))
    targets = [
        named("front", slo=99.9, labels=labels),
        named("billing", slo=99.5),
        named("search", maintenance=(WINDOW,)),
        named("mail", slo=99.9),
        named("docs"),
    ]
    made = Stack(targets, failing("front"))
    made.newest["mail"] = NewestProbe(NOW - timedelta(hours=2), healthy=True)
    made.days["mail"] = {TODAY - n: Tally(DAY) for n in range(9, 40)}
    made.days["billing"] = HEALTHY | {TODAY - 1: Tally(DAY, 60)}
    made.days["search"] = HEALTHY | {TODAY - 3: Tally(0, 0, 0, 0, DAY)}
    made.days["front"] = HEALTHY | {TODAY - 2: Tally(DAY, 9000)}
    return made


def hostile() -> Stack:
    """Return targets with hostile and very long texts."""
    bad = f"<script>alert(1)</script>{POISON}{'x' * 300}"
    return Stack(
        [named(bad, labels=((bad, bad),)), named("b")], failing(bad, cause=bad)
    )


def many() -> Stack:
    """Return 500 targets, each with days of its own."""
    names = [f"service-{number:04}" for number in range(500)]
    days = {
        name: HEALTHY | {TODAY - n % 90: Tally(DAY, 60 + n)}
        for n, name in enumerate(names)
    }
    return Stack([named(name, slo=99.9) for name in names], days={**days})


def _overview(make: Callable[[], Stack]) -> Callable[[], Response]:
    headers = {"content-security-policy": POLICY}
    return lambda: Response(200, make().page, headers=headers)


def _status_page() -> Response:
    made = every_state()
    titles = {"front": "Shop", "docs": "Documentation", "mail": "Mail <b>delivery</b>"}
    made.targets = [
        replace(t, public=Public(title=titles[t.name], group="Services", url=True))
        for t in made.targets
        if t.name in titles
    ]
    # The outage of the bar two days ago is a past incident, and so the page has both.
    services = _services(made, group("front", since=AGO))
    known = next_incidents((), services, AGO)
    known = next_incidents(known, _services(made), AGO + timedelta(hours=2.5))
    services = _services(made, group("front"))
    known = next_incidents(known, services, NOW - timedelta(minutes=11))
    services = _services(made, group("front", "docs"))
    incidents = next_incidents(known, services, NOW - timedelta(minutes=6))
    until = made.facts.until
    page = status_page("Example status", services, incidents, NOW, until)
    return Response(200, page, headers={"content-security-policy": POLICY_OF_NONE})


def _services(made: Stack, *open_: Group) -> list[PublicTarget]:
    """Return the services while these groups are open."""
    made.board = Groups(groups=open_)
    until = made.facts.until
    return public_targets(made.targets, made.states, made.days, NOW, until)


POLICY_OF_NONE = "frame-ancestors 'none'"
"""A web server sends none of ours; the page has its own."""
PAGES: Mapping[str, Callable[[], Response]] = {
    "overview": _overview(every_state),
    "overview-hostile": _overview(hostile),
    "overview-500": _overview(many),
    "status-page": _status_page,
}
