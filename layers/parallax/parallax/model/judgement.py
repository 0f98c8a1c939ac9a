"""Judgement: the result of judging one snapshot, without its incident.

In: the results of `parallax.diagnose` and the causes. Out: frozen values: the symptom,
the assessment of every cause with its evidence, the path, the next steps.
It does not: describe an incident; `parallax.model.finding` does.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parallax.model.target import Severity
from parallax.model.wire import wired

NONE = "none"
"""The cause of a judgement without a failure."""
NOT_ESTABLISHED = "not-established"
"""The cause of a judgement if the evidence does not prove any single cause."""
UNWATCHED = "no-longer-watched"
"""The cause of a finding that ends the incident of a target that left the file."""
AGENT_SILENT = "agent-silent"
PROBES_SILENT = "probes-silent"
MONITOR_BLIND = "monitor-blind"
SILENCES = frozenset({AGENT_SILENT, PROBES_SILENT, MONITOR_BLIND})
"""The causes of a judgement about Parallax itself."""


class Class(StrEnum):
    """The component that a cause blames."""

    CACHE = "cache"
    LOAD_BALANCER = "load_balancer"
    BACKEND = "backend"
    MONITOR = "monitor"
    """Parallax itself: agents or external probes that do not report."""


class Hop(StrEnum):
    """The hops of a request, from the internet to the pod."""

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
    """The target's state, observed from one side."""

    HEALTHY = "healthy"
    FAILING = "failing"
    UNKNOWN = "unknown"


class Difference(StrEnum):
    """On which side the failure is observed."""

    NONE = "none"
    EXTERNAL_ONLY = "external_only"
    INTERNAL_ONLY = "internal_only"
    BOTH = "both"
    EXTERNAL_UNCONFIRMED = "external_unconfirmed"
    """External requests fail, and the state inside is unknown."""
    UNKNOWN = "unknown"


class Constancy(StrEnum):
    """Whether all requests fail, or some."""

    CONSTANT = "constant"
    INTERMITTENT = "intermittent"
    UNKNOWN = "unknown"


class FollowKind(StrEnum):
    """What the failing requests of an intermittent failure have in common."""

    ADDRESS = "address"
    FAMILY = "address-family"
    NODE = "node"
    REPLICA = "ingress-replica"
    POD = "pod"
    NOBODY = "nobody"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """What the failures follow: `failed` of `total` there, the rest elsewhere."""

    kind: FollowKind
    who: tuple[str, ...] = ()
    failed: int = 0
    total: int = 0
    rest_failed: int = 0
    rest_total: int = 0
    text: str = ""
    """One sentence, e.g. "4 of 4 requests at 203.0.113.9 failed, none of 7
    elsewhere"."""


def followed(follow: Follow) -> str:
    """Return what the failures follow, as a phrase after the word "follow"."""
    kind = follow.kind.value.replace("-", " ")
    who = ", ".join(follow.who)
    return f"{kind} {who}: {follow.text}" if who else f"no single place: {follow.text}"


class Trend(StrEnum):
    """How far requests get now, compared with before."""

    PROGRESS = "progress"
    DECLINE = "decline"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """What is observed, before any blame. `failed` of `total` probes failed."""

    external: View
    internal: View
    difference: Difference
    constancy: Constancy = Constancy.UNKNOWN
    failed: int = 0
    total: int = 0
    status_code: int | None = None
    error_type: str | None = None
    unmet: str | None = None
    """What complete responses lack of the target's health rule, e.g. "slower than 2 s";
    None: the status, or that there is no response, is what is wrong."""
    trend: Trend = Trend.UNKNOWN
    trend_text: str | None = None
    follows: Follow | None = None
    """Set if the failure is intermittent and the evidence shows what it follows."""
    inside_failed: int = 0
    """Of `inside_total` probes that show the state inside."""
    inside_total: int = 0
    window_seconds: float | None = None
    """Between the first and the last of these probes; None: at most one probe."""
    summary: str = ""
    """E.g. "from the internet: 503 (11 of 11); inside the cluster: 200 (10 of 10)"."""


class Answer(StrEnum):
    """The result of assessing one cause."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The answer for one cause, with its evidence.

    `missing` lists missing evidence, for an `unknown`. `explained_by` is the id of a
    supported cause that explains this supported one; None: no other cause does.
    """

    cause: str
    answer: Answer
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    explained_by: str | None = None
    hidden_by: str | None = None
    """The other fault, in words, that hides whether an `unknown` cause is true."""
    reason: str | None = None
    """Why a supported cause is true, one level below: an id of `model.reason`."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One step: what it does, and the command with real names.

    An `alternative` replaces the step before it; nobody should do both. A command that
    changes something has its way back: `undo`, a command, or `undo_note`, a sentence
    that states why there is none or how to find it.
    """

    text: str
    command: str | None = None
    alternative: bool = False
    undo: str | None = None
    undo_note: str | None = None

    @property
    def way_back(self) -> str | None:
        """The command, or the sentence; None: nothing was changed."""
        return self.undo or self.undo_note


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A cause that the evidence neither proves nor rules out, and what is missing."""

    cause: str
    title: str
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What a judgement without a cause shows: where to look next.

    `observation` is the most telling fact, `excludes` a sentence on what cannot be the
    fault (or empty), `unobserved` names the observers that are silent (or empty). Of
    the candidates the first step of the judgement decides.
    """

    observation: str
    excludes: str = ""
    unobserved: str = ""
    candidates: tuple[Candidate, ...] = ()


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What will fail unless an operator acts: a warning in advance, not an alarm.

    `id` is stable, e.g. `certificate-expires`; `due` is when it will fail, if known.
    The daily mail has advice of severity `warning`.
    """

    id: str
    hop: Hop
    title: str
    evidence: tuple[str, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    due: datetime | None = None
    severity: Severity = Severity.WARNING


class HopState(StrEnum):
    """The state of a hop. An affected hop fails because a hop behind it is faulty."""

    OK = "ok"
    FAULTY = "faulty"
    AFFECTED = "affected"
    UNKNOWN = "unknown"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class SideSeen:
    """What requests from one side got at a hop, e.g. `503 (11 of 11)`.

    `state` is that of these requests; it blames nobody.
    """

    state: HopState
    text: str


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class HopSeen:
    """One line of the path: a hop and what was observed there."""

    hop: Hop
    state: HopState
    seen: str
    outside: SideSeen | None = None
    """What requests from the internet showed; None: none, or an earlier release."""
    inside: SideSeen | None = None
    """What the agents' probes of this hop got; None: none, or an earlier release."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The result of judging one snapshot, without its incident.

    `class_` and `hop` are None if the cause is `not-established`. `settling` is why the
    alarm waits; None: it does not. `complete`: every source of evidence has reported
    since the failure began.
    """

    symptom: Symptom
    class_: Class | None = None
    hop: Hop | None = None
    cause: str
    title: str
    reason: str | None = None
    """That of the named cause's assessment."""
    settling: str | None = None
    complete: bool
    assessments: tuple[Assessment, ...]
    path: tuple[HopSeen, ...]
    next_steps: tuple[NextStep, ...]
    advice: tuple[Advice, ...] = ()
    lead: Lead | None = None
    """Set if the target fails and no cause is established."""
