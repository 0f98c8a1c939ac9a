"""Sides: what requests from the internet, and probes from inside, showed at each hop.

In: a scene, and its path. Out: the path whose hops have both observations.
It does not: judge, or change a hop's state. A request whose end is not known proves
nothing about the hops after the first one that it connected to.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from parallax.diagnose.reach import ORDER, reached
from parallax.diagnose.side_inside import from_inside
from parallax.diagnose.symptom import outcome
from parallax.evidence import balancer, logs, pods, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Hop, HopSeen, HopState, SideSeen
from parallax.model.probe import AS_A_USER, Probe

GAVE_UP = (502, 504)
"""Statuses of a hop that sent the request on, or tried to: how far it then got is not
known."""
SERVER_ERRORS = 500


NOT_REACHED = "not reached"
"""The text of a hop at which no request arrived."""


class Fate(Enum):
    """What became of a request at a hop."""

    PASSED = auto()
    CHOSEN = auto()
    """The ingress chose a pod for it, from the Service's endpoints, and got no
    response. So it passed the Service, but maybe not the network before the pod."""
    ENDED = auto()
    NOT_REACHED = auto()
    UNANSWERED = auto()
    """The ingress sent it on and got no response: it may have arrived."""
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class _Course:
    """How far a user's request got. `end` is where it failed; None: not known.

    `arrived` is the last hop that it is known to have reached.
    """

    probe: Probe
    end: Hop | None
    arrived: Hop
    unanswered: bool = False
    """The ingress log names the pod to which it was sent, and no response."""

    def at(self, hop: Hop, *, has_cdn: bool) -> Fate:
        """Return what became of the request at a hop."""
        if self.probe.healthy:
            # The CDN may have responded from its cache.
            behind = has_cdn and _rank(hop) > _rank(Hop.CDN)
            return Fate.UNKNOWN if behind else Fate.PASSED
        if hop is self.end:
            return Fate.ENDED
        if self.unanswered and hop is Hop.POD:
            return Fate.UNANSWERED
        if self.unanswered and hop is Hop.SERVICE:
            return Fate.CHOSEN
        known = max(_rank(self.end or Hop.CDN), _rank(self.arrived))
        if _rank(hop) < known:
            return Fate.PASSED
        sent_on = self.end is None or self._gave_up
        return Fate.UNKNOWN if sent_on else Fate.NOT_REACHED

    @property
    def _gave_up(self) -> bool:
        """Whether the hop that responded sent the request on, or tried to."""
        status = self.probe.status_code or 0
        if self.end is Hop.CDN and status >= SERVER_ERRORS:
            # It also writes other statuses than 502 and 504 when its origin fails.
            return users.written_by(self.probe).how != "replayed"
        return status in GAVE_UP


def with_sides(scene: Scene, path: Sequence[HopSeen]) -> tuple[HopSeen, ...]:
    """Return the path with what was seen from each side."""
    hops = [seen.hop for seen in path]
    first = next((hop for hop in hops if hop is not Hop.DNS), None)
    courses = [_course(scene, p, first) for p in users.outside(scene, *AS_A_USER)]
    has_cdn = Hop.CDN in hops

    def sides(seen: HopSeen) -> HopSeen:
        fates = [(one.at(seen.hop, has_cdn=has_cdn), one) for one in courses]
        return replace(
            seen,
            outside=_outside(fates, seen, first) if courses else None,
            inside=from_inside(scene, seen.hop),
        )

    return tuple(_at_fault(sides(seen)) for seen in path)


def _at_fault(seen: HopSeen) -> HopSeen:
    """Return a node at fault that only other nodes reach, with what it lacks."""
    one, is_node = seen.inside, seen.hop is Hop.NODE and seen.state is HopState.FAULTY
    if not is_node or one is None or one.state is not HopState.OK:
        return seen
    if seen.outside is None or seen.outside.text != NOT_REACHED:
        return seen
    text = f"{one.text}; none from the load balancer"
    return replace(seen, inside=replace(one, text=text))


def _course(scene: Scene, probe: Probe, first: Hop | None) -> _Course:
    """Return how far a request got; `first` is the hop that the name leads to."""
    end = _end(scene, probe, first)
    lines = scene.sightings_of(probe)
    places = {logs.place(e) for e in pods.known_endpoints(scene)}
    unanswered = any(
        s.upstream_address in places and logs.got_no_response(s) for s in lines
    )
    return _Course(probe, end, Hop.INGRESS if lines else Hop.DNS, unanswered)


def _end(scene: Scene, probe: Probe, first: Hop | None) -> Hop | None:
    """Return the hop at which a failing request ended; None: not known."""
    if probe.error_type in users.NEVER_SENT:
        return None
    if balancer.reached_other_machine(scene, probe):
        return Hop.DNS
    if probe.status_code is None and probe.error_phase == "connect":
        return first
    if probe.request_id in {line.request_id for line in logs.pod_answers(scene)}:
        return Hop.POD
    end = reached(probe)
    return end if end in ORDER else None


def _rank(hop: Hop) -> int:
    return ORDER.index(hop)


def _outside(
    fates: Sequence[tuple[Fate, _Course]], seen: HopSeen, first: Hop | None
) -> SideSeen:
    total, hop = len(fates), seen.hop
    ended = [one.probe for fate, one in fates if fate is Fate.ENDED]
    courses = [one for fate, one in fates if fate is Fate.PASSED]
    passed = [one.probe for one in courses]
    unknown = [one.probe for fate, one in fates if fate is Fate.UNKNOWN]
    count = Counter(fate for fate, _ in fates)
    unanswered, chosen = count[Fate.UNANSWERED], count[Fate.CHOSEN]
    texts = [_outcomes(ended, total)] if ended else []
    if ended and hop is Hop.DNS and (elsewhere := _addresses(ended)):
        texts.append(f"sent to {elsewhere}")
    if chosen:
        share = of(len(passed) + chosen, total)
        texts.append(f"the ingress chose a pod for {share}")
    elif passed:
        share = f"{of(len(passed), total)} pass"
        texts.append(_outcomes(passed, total) if hop is Hop.POD else share)
    if seen.state is HopState.FAULTY and not ended:
        texts += _failed_later(courses, total)
    if unanswered:
        texts.append(f"no response to the ingress ({of(unanswered, total)})")
    if texts and (missed := count[Fate.NOT_REACHED]) and not ended:
        texts.append(f"{of(missed, total)} do not arrive")
    if unknown:
        texts.append(_not_known(unknown, total, named=hop is first))
    known = (passed or chosen) and not unknown and not unanswered
    state = HopState.FAULTY if ended else HopState.OK if known else HopState.UNKNOWN
    return SideSeen(state=state, text="; ".join(texts) or NOT_REACHED)


def _failed_later(passed: Sequence[_Course], total: int) -> list[str]:
    """Return what requests got that pass a faulty hop, e.g. in a form that fails."""
    failed = [one for one in passed if not one.probe.healthy]
    if not failed:
        return []
    ends = {one.end for one in failed}
    end = ends.pop() if len(ends) == 1 else None
    source = f" from the {end.value}" if end else ""
    return [f"then {_outcomes([one.probe for one in failed], total)}{source}"]


def _not_known(probes: Sequence[Probe], total: int, *, named: bool) -> str:
    """Return that the end is not known; `named`: with what the requests got."""
    if named:
        return f"{_outcomes(probes, total)}, where is not known"
    return "not known" if len(probes) == total else "the rest is not known"


def _outcomes(probes: Sequence[Probe], total: int) -> str:
    """Return e.g. `503 (11 of 11)`, as shares of all requests."""
    found = Counter(map(outcome, probes)).most_common()
    return ", ".join(f"{what} ({of(number, total)})" for what, number in found)


def _addresses(probes: Sequence[Probe]) -> str:
    return ", ".join(sorted({p.peer_address for p in probes if p.peer_address}))
