"""Health: the results of the load balancer's health checks, one after the other.

In: a `PlatformSpec`. Out: for each target and listen port, its state at any time.
It does not: decide the result. A check is a request like any other.
"""

from dataclasses import dataclass, replace

from bench.accuracy.platform.nodes import to_node
from bench.accuracy.platform.parts import Check, Listen
from bench.accuracy.platform.request import SILENT, Request, Response
from bench.accuracy.platform.spec import PlatformSpec

INTERVAL = 15.0
ROUNDS = 24
"""Checks before the first probe, and during the run."""
RETRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state of a target from an instant on (seconds from the start of the run)."""

    since: float
    healthy: bool
    detail: str | None = None
    code: int | None = None


type Health = dict[tuple[str, int], list[State]]


def play(spec: PlatformSpec) -> Health:
    """Play the health checks of all targets; they write no log line."""
    written = len(spec.log)
    found = {
        (target, listen.port): _states(spec, target, listen)
        for listen in spec.balancer.listens
        for target in spec.balancer.targets
    }
    del spec.log[written:]
    return found


def at(health: Health, target: str, port: int, when: float) -> State:
    """Return the state of a target at an instant."""
    states = health[target, port]
    past = [s for s in states if s.since <= when]
    return past[-1] if past else states[0]


def _states(spec: PlatformSpec, target: str, listen: Listen) -> list[State]:
    began = -(ROUNDS - 4) * INTERVAL
    first = _verdict(spec, target, listen)
    states = [replace(first, since=began)]
    streak = 0
    for number in range(1, ROUNDS):
        seen = _verdict(spec, target, listen)
        streak = 0 if seen.healthy is states[-1].healthy else streak + 1
        if streak == RETRIES:
            streak = 0
            states.append(replace(seen, since=began + number * INTERVAL))
    return states


def _verdict(spec: PlatformSpec, target: str, listen: Listen) -> State:
    """Make one check; return its result with the detail that Hetzner would report."""
    check = listen.check
    request = Request(
        request_id="health-check",
        host=check.domain or "",
        at=0.0,
        source="balancer",
        proxy=listen.proxy,
        tls=check.tls or check.protocol == "https",
        verify=False,
    )
    response = reach(spec, target, check.port, request)
    if response.problem is not None and response.phase == "connect":
        word = (
            "layer4_timeout"
            if response.problem == "timeout"
            else "layer4_no_connection"
        )
        return State(since=0, healthy=False, detail=word)
    if check.protocol == "tcp":
        return State(since=0, healthy=True)
    if response.reply is None:
        late = response.problem == "timeout"
        # It connected, and got no HTTP: no other detail of Hetzner's fits.
        word = "layer7_timeout" if late else "unspecified"
        return State(since=0, healthy=False, detail=word)
    status = response.reply.status
    if accepts(check, status):
        return State(since=0, healthy=True)
    return State(since=0, healthy=False, detail="unexpected_http_status", code=status)


def accepts(check: Check, status: int) -> bool:
    """Compare a status with the check's patterns, `?` for any digit."""
    text = str(status)
    return any(
        all(p in {"?", c} for p, c in zip(pattern, text, strict=True))
        for pattern in check.codes
    )


def reach(spec: PlatformSpec, target: str, port: int, request: Request) -> Response:
    """Send a request to a target as the balancer; a foreign address never responds."""
    node, balancer = spec.node(target), spec.balancer
    if node is None:
        return SILENT
    routed = set(balancer.networks) & set(node.networks)
    if balancer.use_private and (not routed or balancer.attachment_failed):
        return SILENT
    return to_node(spec, node, port, request)
