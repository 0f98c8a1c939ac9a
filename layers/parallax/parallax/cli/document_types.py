"""Document types: what the commands print with `--json`, as types.

In: nothing. Out: types, for the schemas; what is a model's own class has none here.
It does not: make a document; each command does.
"""

from typing import TypedDict

from parallax.model.group import Acknowledged, Mute
from parallax.model.place import Place
from parallax.model.target import Target


class CauseText(TypedDict):
    """A cause; the other fields are the headings of its explanation."""

    cause: str
    # `class` is a keyword; `_causes` adds it.
    hop: str
    title: str
    summary: str


class Targets(TypedDict):
    """The targets of a file, also the disabled ones."""

    file: str
    targets: list[Target]


class FailingTarget(TypedDict):
    """A target of an incident."""

    name: str
    url: str | None
    state: str
    since: str
    status_code: int | None
    error_type: str | None
    incident: str


class OpenIncident(TypedDict):
    """An open incident."""

    id: str
    state: str
    since: str
    cause: str
    place: Place
    targets: list[FailingTarget]
    recovered: list[str]
    acknowledged: Acknowledged | None
    mute: Mute | None


class Incidents(TypedDict):
    """The open incidents, the failures without one, and the mutes."""

    incidents: list[OpenIncident]
    pending: list[FailingTarget]
    mutes: list[Mute]


class Acknowledgment(TypedDict):
    """An incident, and who works on it; null: nobody."""

    incident: str
    acknowledged: Acknowledged | None


class Muted(TypedDict):
    """An incident's id or a target, and its mute; null: it has none now."""

    subject: str
    mute: Mute | None
    notes: list[str]


class OverviewLink(TypedDict):
    """A link to the page of all targets, and when it expires."""

    url: str
    expires_at: str


class MailText(TypedDict):
    """A mail."""

    subject: str
    text: str


class Letter(TypedDict):
    """One dead letter, and what became of it."""

    step: str | None
    queue: str
    message_id: str
    sent_at: str | None
    form: str
    reason: str
    outcome: str
    detail: str


class Letters(TypedDict):
    """The dead letters; `notes` state why some remain that are not listed."""

    letters: list[Letter]
    total: dict[str, int]
    steps: dict[str, int]
    notes: list[str]


class BillLine(TypedDict):
    """One line of the bill; money in dollars a month."""

    name: str
    quantity: float
    unit: str
    dollars: float
    fixed: float
    per_node: float
    per_target: float
    confirmed: bool


class OtherProduct(TypedDict):
    """What another product costs for the same targets."""

    name: str
    total: float
    per_target: float
    confirmed: bool
    note: str
    source: str


class Bill(TypedDict):
    """The monthly bill; `failing` is a share from 0 to 1, `interval` in seconds."""

    total: float
    per_target: float
    fixed: float
    each_node: float
    each_target: float
    targets: int
    nodes: int
    clusters: int
    interval: float
    failing: float
    region: str
    prices_of: str
    counted: str
    lines: list[BillLine]
    peers: list[OtherProduct]
