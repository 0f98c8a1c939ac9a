"""Rows: one target of the overview.

In: its state, its days, today, a way to sign links. Out: an element of a list.
It does not: choose which targets are shown.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from parallax.model.group import Group
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.notify.paragraph import minute
from parallax.overview.bars import Bars, Picture
from parallax.overview.state import WORDS, Status, TargetState
from parallax.report.elements import Node, Part, element
from parallax.uptime.history import Days
from parallax.uptime.objective import (
    SHOWN_DAYS,
    Budget,
    budget,
    duration,
    percent,
    window,
)

COLORS = {
    Status.FAILING: "bad",
    Status.INSIDE: "warn",
    Status.UNCONFIRMED: "warn",
    Status.RECOVERING: "warn",
    Status.MAINTENANCE: "soft",
    Status.NO_DATA: "soft",
    Status.UP: "good",
}
FEW = 0.95
"""Share of the window with data below which a budget says how much is known."""

type Sign = Callable[[Group], str]
"""Returns the path of an incident's page."""


@dataclass(slots=True, kw_only=True)
class Rows:
    """The rows of one page; `today` is a number of days since 1970."""

    now: datetime
    today: int
    sign: Sign
    bars: Bars
    _known: dict[int, tuple[Days, Picture]] = field(
        default_factory=dict[int, tuple[Days, Picture]]
    )
    _budgets: dict[tuple[int, float], tuple[str, str]] = field(
        default_factory=dict[tuple[int, float], tuple[str, str]]
    )
    """Of equal days, by their identity: most targets share theirs."""

    def row(self, one: TargetState, days: Days) -> Node:
        """Return the row of a target."""
        picture = self._picture(days)
        return element(
            "li",
            element("b", one.target.name),
            element("span", *self._state(one), class_=COLORS[one.status]),
            picture.node,
            element("span", percent(picture.uptime), class_="u"),
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
        yield WORDS[one.status]
        if one.member is not None and one.status is not Status.MAINTENANCE:
            yield f" since {minute(one.member.since, self.now)}"
        if one.group is not None:
            cause = one.group.cause
            text = "cause not established" if cause == NOT_ESTABLISHED else cause
            yield ": "
            yield element("a", text, href=self.sign(one.group))
        if one.window is not None:
            yield f" until {minute(one.window.ends_at, self.now)}"
        if one.status is Status.NO_DATA:
            at = one.probed_at
            yield f" since {minute(at, self.now)}" if at else "; not probed yet"
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
        return element("small", f"SLO {slo:g} %: {text}", **shown)


def _budget(left: Budget) -> tuple[str, str]:
    """Return what is left of a budget, and the color of it."""
    if not left.covered:
        return "no data", "soft"
    known = f" (data for {left.covered:.0%})" if left.covered < FEW else ""
    if left.left < 0:
        return f"missed by {duration(left.left)}{known}", "bad"
    text = f"{duration(left.left)} left"
    if left.burn is not None and left.burn > 1:
        return f"{text}, burn rate {left.burn:.1f}{known}", "warn"
    return f"{text}{known}", ""
