"""Reading: from the tables and the targets file to one `View`.

In: names of the tables, the targets, the present. Out: a `View`.
It does not: write. It reads each table once, and the heartbeats of each cluster.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from parallax.exporter.probes import newest_probes
from parallax.exporter.view import OpenIncident, ReportingAgents, View
from parallax.groups.table import KEY
from parallax.incidents.items import Items, unpacked
from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.stored_rounds import stored_rounds
from parallax.model.group import Group, Groups
from parallax.model.packed import UnreadableError
from parallax.model.target import Target

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that the exporter reads."""

    journal: str
    incidents: str

    def view(self, targets: tuple[Target, ...], now: datetime) -> View:
        """Return what is exported now. Raises botocore's errors."""
        rounds = stored_rounds(self.journal)
        ends = {n: one.ended_at for n, one in rounds.items() if one.ended_at}
        return View(
            at=now,
            targets=targets,
            probes=newest_probes(targets, rounds.values(), now),
            rounds=ends,
            incidents=self._incidents(),
            agents=tuple(self._agents(targets, now)),
        )

    def _incidents(self) -> tuple[OpenIncident, ...] | None:
        """Return the open incidents; None: the item is damaged, which is logged."""
        item = Items(self.incidents).get(KEY)
        try:
            board = unpacked(Groups, item) if item else Groups()
        except UnreadableError as error:
            log.error("open incidents were not readable", extra={"reason": str(error)})  # noqa: TRY400 - the reason is enough
            return None
        return tuple(_incident(group) for group in board.groups)

    def _agents(
        self, targets: Iterable[Target], now: datetime
    ) -> Iterator[ReportingAgents]:
        """Yield the agents of each cluster from which a heartbeat is stored."""
        journal = DynamoJournal(self.journal)
        for cluster in sorted({one.reached.cluster or "" for one in targets} - {""}):
            agents = journal.agents(cluster)
            seen = agents.heartbeats
            if not seen:
                continue
            on_time = {h.node for h in seen if now - h.received_at <= h.patience}
            nodes = {h.node for h in seen} if agents.nodes is None else {*agents.nodes}
            yield ReportingAgents(
                cluster=cluster,
                reporting=len(on_time),
                silent=len(nodes - on_time),
            )


def _incident(group: Group) -> OpenIncident:
    return OpenIncident(
        id=group.id,
        cause=group.cause,
        acknowledged=group.acknowledged is not None,
        targets=tuple((one.target, one.severity.value) for one in group.members),
    )
