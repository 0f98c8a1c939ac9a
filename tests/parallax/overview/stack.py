"""Stack: targets with their states and days, for the tests of the pages.

In: a number of targets. Out: targets, groups, newest probes, days.
It does not: call AWS.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from parallax.journal.newest_probes import NewestProbe
from parallax.links.signature import Signer
from parallax.model.group import Group, Groups
from parallax.model.target import Target
from parallax.overview.filters import filter_in
from parallax.overview.page import View, overview_page
from parallax.overview.sources import Facts
from parallax.overview.state import TargetState, states
from parallax.uptime.history import Days
from parallax.uptime.tally import DAY, Tally
from tests.parallax.open_group import GROUP, member

NOW = datetime(2026, 11, 30, 12, 40, tzinfo=UTC)
TODAY = int(NOW.timestamp()) // DAY
LINK = f"s={'a' * 22}&e=1797000000"
SIGNER = Signer(stack="t", key=b"k" * 32)
HEALTHY: dict[int, Tally] = {TODAY - offset: Tally(known=DAY) for offset in range(90)}


def named(name: str, **changes: Any) -> Target:
    """Return a target."""
    return replace(Target(name=name, url=f"https://{name}.example/"), **changes)


@dataclass
class Stack:
    """Targets that are all up, unless a test says otherwise."""

    targets: list[Target]
    board: Groups = field(default_factory=Groups)
    days: dict[str, Days] = field(default_factory=dict[str, Days])
    newest: dict[str, NewestProbe] = field(default_factory=dict[str, NewestProbe])
    problems: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict[str, str])
    now: datetime = NOW

    def __post_init__(self) -> None:
        """Probe each target half a minute ago, and for 90 days."""
        for target in self.targets:
            self.days.setdefault(target.name, HEALTHY)
            probe = NewestProbe(NOW - timedelta(seconds=30), healthy=True)
            self.newest.setdefault(target.name, probe)

    @property
    def states(self) -> list[TargetState]:
        """Return the states of all targets."""
        return states(self.targets, self.board, self.newest, self.now)

    @property
    def facts(self) -> Facts:
        """Return what the tables would hold."""
        return Facts(
            board=self.board,
            newest=self.newest,
            days=self.days,
            until=int(self.now.timestamp()) - 2100,
            problems=self.problems,
        )

    @property
    def page(self) -> str:
        """Return the overview."""
        return overview_page(
            View(
                states=self.states,
                facts=self.facts,
                chosen=filter_in(self.fields, LINK),
                now=self.now,
                expires=self.now + timedelta(days=14),
                sign=lambda group: SIGNER.until(group.id, 1797000000).path,
            )
        )


def failing(*names: str, **changes: Any) -> Groups:
    """Return one open group with these targets."""
    return Groups(groups=(group(*names, **changes),))


def group(*names: str, **changes: Any) -> Group:
    """Return an open group with these targets, failing for twelve minutes."""
    since = changes.pop("since", NOW - timedelta(minutes=12))
    members = tuple(member(name, since=since) for name in names)
    return replace(GROUP, since=since, members=members, **changes)
