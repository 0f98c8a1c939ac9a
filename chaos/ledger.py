"""Ledger: what came out of the stack, and what it had decided before.

In: writes to the outbox (the incidents table), deliveries to queue, mail, chat and
receivers, accepted pushes and judgements. Out: the same, by id and channel.
It does not: read a table, or what a handler knows. It decodes what was written itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from parallax.groups.table import KIND as GROUP
from parallax.incidents.advice import KIND as ADVICE
from parallax.model.advice import AdviceRecord
from parallax.model.alert import Alert
from parallax.model.finding import Incident
from parallax.model.packed import UnreadableError, unpack

QUEUE, MAIL, CHAT = "queue", "topic", "chat"
"""Channels that are not receivers of `parallax.routes`: by the names of their marks."""
type Key = tuple[str, str]
"""A channel and the id of a publication."""


@dataclass(frozen=True)
class Decided:
    """A publication that the stack decided; `order` counts within its subject."""

    id: str
    subject: str
    order: int
    at: float
    channels: frozenset[str]
    turn: str = ""
    targets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Delivery:
    """A publication that came out; `redriven`: after a person replayed letters."""

    channel: str
    id: str
    at: float
    redriven: bool


@dataclass
class Ledger:
    """The ledger of one case.

    `routes` are the receivers, with whether each gets alerts of muted groups.
    """

    routes: Mapping[str, bool]
    decided: dict[str, Decided] = field(default_factory=dict[str, Decided])
    deliveries: list[Delivery] = field(default_factory=list[Delivery])
    unknown: Counter[Key] = field(default_factory=Counter[Key])
    """Attempts whose result the sender cannot know."""
    accepted: dict[str, float] = field(default_factory=dict[str, float])
    """When the last push with a report of a target was accepted."""
    judged: dict[str, float] = field(default_factory=dict[str, float])
    """When the last judgement of a target read its reports."""
    redriven: bool = False
    _order: Counter[str] = field(default_factory=Counter[str])
    _open: set[Key] = field(default_factory=set[Key])
    """Sent in the present invocation, and not marked yet."""
    _looked: dict[str, float] = field(default_factory=dict[str, float])

    def wrote(self, item: Mapping[str, Any], now: float) -> None:
        """Note what a new item of the incidents table decides."""
        try:
            for one in self._decisions(item, now):
                self.decided.setdefault(one.id, one)
        except UnreadableError:
            return

    def _decisions(self, item: Mapping[str, Any], now: float) -> Iterator[Decided]:
        payload = item.get("payload", {}).get("B")
        match item.get("kind", {}).get("S"):
            case "incident":
                incident = unpack(Incident, payload)
                if incident.finding and incident.found_in == incident.version:
                    found = incident.finding
                    yield self._made(found.id, incident.subject, now, {QUEUE})
            case str(kind) if kind == ADVICE:
                for event in unpack(AdviceRecord, payload).events:
                    subject = f"{event.target}/advice"  # a stream order of its own
                    yield self._made(event.id, subject, now, {QUEUE})
            case str(kind) if kind == GROUP:
                alert = unpack(Alert, payload)
                wanted = {name for name, all_ in self.routes.items() if all_}
                if not alert.muted:
                    wanted |= {MAIL, CHAT, *self.routes}
                yield self._of(alert, now, wanted)
            case _:
                return

    def _of(self, alert: Alert, now: float, wanted: set[str]) -> Decided:
        names = {m.target for m in alert.members} | {*alert.recovered}
        return Decided(
            id=alert.id,
            subject=alert.group,
            order=alert.number,
            at=now,
            channels=frozenset(wanted),
            turn=alert.turn.value,
            targets=frozenset(names),
        )

    def _made(
        self, identity: str, subject: str, now: float, wanted: set[str]
    ) -> Decided:
        self._order[subject] += identity not in self.decided
        return Decided(identity, subject, self._order[subject], now, frozenset(wanted))

    def delivered(self, channel: str, identity: str, now: float) -> None:
        """Note that a publication came out."""
        self.deliveries.append(Delivery(channel, identity, now, self.redriven))

    def sent(self, key: Key) -> None:
        """Note that a function sent something, which it has to mark."""
        self._open.add(key)

    def marked(self, route: str, identity: str) -> None:
        """Note that a function marked what it sent."""
        self._open.discard((route, identity))

    def lost(self, key: Key) -> None:
        """Note an attempt whose result its sender cannot know."""
        self.unknown[key] += 1
        self._open.discard(key)

    def looked(self, target: str, now: float) -> None:
        """Note that a judgement reads the reports of a target."""
        self._looked[target] = now

    def ended(self, failing: set[str], *, succeeded: bool) -> None:
        """Note the end of an invocation; `failing` names targets of failed records."""
        for key in [*self._open]:
            self.lost(key)
        if succeeded:
            for target, at in self._looked.items():
                if target not in failing:
                    self.judged[target] = at
        self._looked.clear()

    def by_channel(self) -> Mapping[str, list[Delivery]]:
        """Return the deliveries of each channel, in their order."""
        found: defaultdict[str, list[Delivery]] = defaultdict(list)
        for one in self.deliveries:
            found[one.channel].append(one)
        return found
