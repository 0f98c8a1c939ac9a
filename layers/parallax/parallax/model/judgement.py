"""Judgement: what a snapshot shows, before it is anybody's incident.

In: what `parallax.diagnose` and the causes concluded. Out: frozen values: the
symptom, every cause's answer with its evidence, the path, the next steps.
It does not: know a story; see `parallax.model.finding`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parallax.model.wire import wired

NONE = "none"
"""The cause of a judgement that finds nothing to explain."""
NOT_ESTABLISHED = "not-established"
"""The cause of a judgement whose cause the evidence does not show."""
UNWATCHED = "no-longer-watched"
"""The cause of a finding that ends the incident of a target that left the file."""
AGENT_SILENT = "agent-silent"
PROBES_SILENT = "probes-silent"
MONITOR_BLIND = "monitor-blind"
SILENCES = frozenset({AGENT_SILENT, PROBES_SILENT, MONITOR_BLIND})
"""The causes of a judgement about Parallax itself."""


class Class(StrEnum):
    """Whom a cause blames: the three suspects."""

    CACHE = "cache"
    LOAD_BALANCER = "load_balancer"
    BACKEND = "backend"
    MONITOR = "monitor"
    """Parallax itself: a silent agent, silent probes."""


class Hop(StrEnum):
    """The stations of a request, from the internet inward."""

    DNS = "dns"
    CDN = "cdn"
    LOAD_BALANCER = "load-balancer"
    NODE = "node"
    INGRESS = "ingress"
    OVERLAY = "overlay"
    SERVICE = "service"
    POD = "pod"
    MONITOR = "monitor"


class View(StrEnum):
    """What one vantage point sees of the target."""

    HEALTHY = "healthy"
    FAILING = "failing"
    UNKNOWN = "unknown"


class Difference(StrEnum):
    """Who sees the failure."""

    NONE = "none"
    EXTERNAL_ONLY = "external_only"
    INTERNAL_ONLY = "internal_only"
    BOTH = "both"
    EXTERNAL_UNCONFIRMED = "external_unconfirmed"
    """The outside fails and the inside is not known."""
    UNKNOWN = "unknown"


class Constancy(StrEnum):
    """How the failure comes."""

    CONSTANT = "constant"
    INTERMITTENT = "intermittent"
    UNKNOWN = "unknown"


class FollowKind(StrEnum):
    """What the failing share of an intermittent failure goes along with."""

    ADDRESS = "address"
    FAMILY = "address-family"
    NODE = "node"
    REPLICA = "ingress-replica"
    POD = "pod"
    NOBODY = "nobody"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """Whom the failing share follows: `failed` of `total` there, the rest elsewhere."""

    kind: FollowKind
    who: tuple[str, ...] = ()
    failed: int = 0
    total: int = 0
    rest_failed: int = 0
    rest_total: int = 0
    text: str = ""
    """One sentence, e.g. "all 4 failures at 203.0.113.9, none of 7 elsewhere"."""


def followed(follow: Follow) -> str:
    """Return whom a failing share follows, as people say it."""
    kind = follow.kind.value.replace("-", " ")
    who = ", ".join(follow.who)
    return f"{kind} {who}: {follow.text}" if who else f"nobody: {follow.text}"


class Trend(StrEnum):
    """How far requests get now, against before."""

    PROGRESS = "progress"
    DECLINE = "decline"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """What is seen, before anybody is blamed. `failed` of `total` probes failed."""

    external: View
    internal: View
    difference: Difference
    constancy: Constancy = Constancy.UNKNOWN
    failed: int = 0
    total: int = 0
    status_code: int | None = None
    error_type: str | None = None
    trend: Trend = Trend.UNKNOWN
    trend_text: str | None = None
    follows: Follow | None = None
    """Set where the failure is intermittent and the evidence shows whom it follows."""
    inside_failed: int = 0
    """Of `inside_total` probes by which the inside was judged."""
    inside_total: int = 0
    window_seconds: float | None = None
    """Between the first and the last of these probes; None: there is one at most."""
    summary: str = ""
    """One sentence, e.g. "503 from the internet (11 of 11), 200 inside"."""


class Answer(StrEnum):
    """What the evidence says of one cause."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One cause's answer with the sentences that carry it.

    `missing` names evidence that was not to be had, for an `unknown`. `explained_by`
    is the id of a cause that is supported too and explains this one; None: this one,
    if supported, stands for itself.
    """

    cause: str
    answer: Answer
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    explained_by: str | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One thing to do: why, and the command with real names filled in."""

    text: str
    command: str | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What will break if nobody acts: told before it does, and no alarm.

    `id` is stable, e.g. `certificate-expires`; `due` is when it breaks, if known.
    """

    id: str
    hop: Hop
    title: str
    evidence: tuple[str, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    due: datetime | None = None


class HopState(StrEnum):
    """What was seen at a hop."""

    OK = "ok"
    FAULTY = "faulty"
    UNKNOWN = "unknown"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class HopSeen:
    """One line of the path: a hop and what was seen there."""

    hop: Hop
    state: HopState
    seen: str


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A snapshot judged, before it is anybody's incident.

    `class_` and `hop` are None when the cause is `not-established`.
    `settling` tells why the alarm waits; None: it does not. `complete` says
    that every source spoke since the failure began.
    """

    symptom: Symptom
    class_: Class | None = None
    hop: Hop | None = None
    cause: str
    title: str
    settling: str | None = None
    complete: bool
    assessments: tuple[Assessment, ...]
    path: tuple[HopSeen, ...]
    next_steps: tuple[NextStep, ...]
    advice: tuple[Advice, ...] = ()
