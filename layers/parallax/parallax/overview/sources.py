"""Sources: what the tables hold about all targets.

In: the names of the tables, the targets. Out: open incidents, newest probes, histories.
It does not: fail if probes or histories cannot be read; the page then says so.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from parallax.groups.table import DynamoGroups
from parallax.journal.newest_probes import NewestProbe, newest_probes
from parallax.model.group import Groups
from parallax.model.target import Target
from parallax.notify.mail.scope import urls
from parallax.uptime.history import Days, part_of
from parallax.uptime.table import Histories

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of all targets.

    `until` is the Unix time up to which uptime is counted; None: nothing was counted.
    `problems` has a sentence for each source that could not be read.
    """

    board: Groups
    newest: Mapping[str, NewestProbe] = field(default_factory=dict[str, NewestProbe])
    days: Mapping[str, Days] = field(default_factory=dict[str, Days])
    until: int | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The tables of a stack; None: this stack has no such table."""

    incidents: str
    journal: str | None = None
    uptime: str | None = None

    def read(self, targets: Sequence[Target]) -> Facts:
        """Return what is known of these targets.

        Raises botocore's errors and `UnreadableError` if the open incidents cannot be
        read: without them a failing target would look healthy.
        """
        board = DynamoGroups(self.incidents).get()
        newest, first = self._newest()
        days, until, second = self._days([target.name for target in targets])
        problems = tuple(text for text in (first, second) if text)
        return Facts(
            board=board, newest=newest, days=days, until=until, problems=problems
        )

    def _newest(self) -> tuple[Mapping[str, NewestProbe], str]:
        if self.journal is None:
            return {}, "This stack has no journal; no probe is known."
        try:
            return newest_probes(self.journal), ""
        except Exception:
            log.exception("newest probes were not read")
            return {}, "The newest probes cannot be read now. Reload in a minute."

    def _days(self, names: Sequence[str]) -> tuple[Mapping[str, Days], int | None, str]:
        if self.uptime is None:
            return {}, None, "This stack has no history of uptime; update it."
        try:
            parts = Histories(self.uptime).of(names)
        except Exception:
            log.exception("histories were not read")
            return {}, None, "The uptime cannot be read now. Reload in a minute."
        read = [part for part in parts.values() if part is not None]
        newer = {number for number, part in parts.items() if part is None}
        lacking = sum(part_of(name) in newer for name in names)
        days = {name: days for part in read for name, days in part.targets.items()}
        problem = (
            f"A newer release wrote the uptime of {urls(lacking)}; it is not shown."
        )
        until = min((part.until for part in read), default=None)
        return days, until, problem if lacking else ""
