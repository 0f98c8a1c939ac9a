"""Rows: one target of the overview.

In: its state, its days, today, a way to sign links. Out: an element of a list.
It does not: choose which targets are shown. Each value has its name with it, and
a space before it: a row is read on a phone, aloud and without CSS too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from parallax.model.group import Group
from parallax.notify.paragraph import minute, span
from parallax.overview.bars import Bars, Picture
from parallax.overview.state import WORDS, Status, TargetState
from parallax.report.elements import Node, Part, element
from parallax.uptime.history import Days
from parallax.uptime.objective import (
    SHOWN_DAYS,
    Budget,
    budget,
    duration,
    window,
    with_outage,
)

COLORS = {
    Status.FAILING: "bad",
    Status.INSIDE: "warn",
    Status.UNCONFIRMED: "warn",
    Status.RECOVERING: "warn",
    Status.NO_DATA: "warn",
    Status.MAINTENANCE: "soft",
    Status.UP: "good",
}
FEW = 0.95
"""Share of the window with data below which a budget says how much is known."""

type Sign = Callable[[Group], str]
"""Returns the path of an incident's page."""


@dataclass(slots=True, kw_only=True)
class Rows:
    """The rows of one page.

    `today` is a number of days since 1970, `until` the Unix time up to which uptime is
    counted.
    """

    now: datetime
    today: int
    sign: Sign
    bars: Bars
    until: int | None = None
    _known: dict[int, tuple[Days, Picture]] = field(
        default_factory=dict[int, tuple[Days, Picture]]
    )
    _budgets: dict[tuple[int, float], tuple[str, str]] = field(
        default_factory=dict[tuple[int, float], tuple[str, str]]
    )
    """Of equal days, by their identity: most targets share theirs."""

    def row(self, one: TargetState, days: Days) -> Node:
        """Return the row of a target."""
        days = with_outage(days, one.uncounted(self.until, self.now))
        picture = self._picture(days)
        uptime = f"Uptime, {picture.uptime}" if picture.uptime else "no uptime yet"
        return element(
            "li",
            element("b", one.target.name),
            " ",
            element("span", *self._state(one), class_=COLORS[one.status]),
            " ",
            picture.node,
            " ",
            element("span", uptime),
            " ",
            self._objective(one, days),
        )

    def _picture(self, days: Days) -> Picture:
        known = self._known.get(id(days))
        if known is None:
            picture = self.bars.picture(window(days, self.today, SHOWN_DAYS))
            # The days are kept, so that no other value gets their identity.
            known = self._known[id(days)] = days, picture
        return known[1]

    def _state(self, one: TargetState) -> Iterator[Part]:
        """Yield the state in words; a failing target links to its incident."""
        words = WORDS[one.status]
        if one.group is None:
            yield words
        else:
            yield element("a", words, href=self.sign(one.group))
        if one.member is not None and one.status is not Status.MAINTENANCE:
            time = lasting(self.now - one.member.since)
            yield f" for {time}, since {minute(one.member.since, self.now)}"
        if one.window is not None:
            yield f" until {minute(one.window.ends_at, self.now)}"
        if one.status is Status.NO_DATA:
            at = one.probed_at
            ago = f"last probe {lasting(self.now - at)} ago" if at else "not probed yet"
            yield f", {ago}"
        if one.mute is not None:
            yield f"; muted until {minute(one.mute.until, self.now)}"

    def _objective(self, one: TargetState, days: Days) -> Node | None:
        slo = one.target.slo
        if slo is None:
            return None
        key = id(days), slo
        if key not in self._budgets:
            self._budgets[key] = _budget(budget(days, self.today, slo))
        text, color = self._budgets[key]
        shown = {"class_": color} if color else {}
        goal = f"(30 days, SLO {slo:g} %)"
        return element("small", f"Error budget: {text} {goal}", **shown)


def lasting(time: timedelta) -> str:
    """Return a time without a zero at its end: `12 min`, `2 h`, `1 h 24 min`."""
    return span(time).removesuffix(" 0 min").removesuffix(" 0 h")


def _budget(left: Budget) -> tuple[str, str]:
    """Return what is left of a budget, and the color of it."""
    if not left.covered:
        return "no data", "soft"
    known = f", data for {left.covered:.0%}" if left.covered < FEW else ""
    allowed = duration(left.allowed)
    if left.left < 0:
        return f"{allowed}, overspent by {duration(left.left)}{known}", "bad"
    text = f"{duration(left.left)} left of {allowed}"
    if left.burn is not None and left.burn > 1:
        return f"{text}, burn rate {left.burn:.1f}{known}", "warn"
    return f"{text}{known}", ""
