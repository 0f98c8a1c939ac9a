"""Shares: which hop wrote the failing responses of an intermittent fault.

In: a scene. Out: the failing requests that ended at the load balancer, or the words for
what is missing. It does not: conclude.
"""

from parallax.evidence import answers, balancer, logs, users
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.probe import AS_A_USER, ErrorType, Probe, Role

BROKEN = 500
NEARLY_ALL = 0.9
"""Minimum share of failing responses with the same writer: ten of eleven."""


def ended_at_balancer(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests that ended at the load balancer itself.

    It wrote its own page or, on a tcp service, closed the connection; and no ingress
    log contains the request.
    """
    return tuple(
        p
        for p in users.failing(scene, *AS_A_USER)
        if not scene.sightings_of(p) and (_ends(scene, p) or _behind_a_cdn(scene, p))
    )


def _ends(scene: Scene, probe: Probe) -> bool:
    return _own_page(scene, probe) or _closed(scene, probe)


def _behind_a_cdn(scene: Scene, probe: Probe) -> bool:
    """Return whether a CDN's own error replaces the load balancer's response.

    Direct requests also end at the load balancer, and no ingress log contains this one.
    A page without marks may come from an unknown CDN.
    """
    author, cdn = users.written_by(probe), scene.target.reached.cdn
    if not cdn or author.hop not in {"cdn", "unknown"} or author.how == "replayed":
        return False
    if (probe.status_code or 0) < BROKEN:
        return False
    return bool(_direct(scene)) and logs.all_read(scene)


def _direct(scene: Scene) -> tuple[Probe, ...]:
    """Return the direct requests that the load balancer ended itself."""
    return tuple(p for p in users.failing(scene, Role.DIRECT) if _ends(scene, p))


def _own_page(scene: Scene, probe: Probe) -> bool:
    return answers.wrote_response(scene, probe) and not balancer.reached_other_machine(
        scene, probe
    )


def _closed(scene: Scene, probe: Probe) -> bool:
    closed = probe.error_type is ErrorType.CONNECTION_CLOSED
    return closed and balancer.was_sent_to_balancer(scene, probe)


def wait_time(probe: Probe) -> float:
    """Return the seconds until the balancer responded or closed (perhaps in TLS)."""
    return probe.phases.processing or (
        probe.duration if probe.status_code is None else 0.0
    )


@reading
def failing_share(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests, if nearly all ended at the load balancer."""
    failed = users.failed(scene)
    if no_connection := users.without_connection(scene):
        raise Missing(f"a response to users ({no_connection})")
    requests = users.outside(scene, *AS_A_USER)
    if len(requests) == len(failed):
        share = of(len(failed), len(requests))
        raise Missing(f"a successful request ({share} fail)")
    connected = [p for p in failed if users.connected(scene, p)]
    ends = ended_at_balancer(scene)
    if len(ends) < NEARLY_ALL * len(connected):
        rest = of(len(connected) - len(ends), len(connected))
        what = f"the reason why {rest} failing requests passed the load balancer"
        raise Missing(what)
    return ends


def text(scene: Scene) -> str:
    """Return e.g. `4 of 11 requests failed at the load balancer after 3.1 s; …`."""
    requests, ends = users.outside(scene, *AS_A_USER), ended_at_balancer(scene)
    took = min((wait_time(p) for p in ends), default=0.0)
    after = f" after {took:.1f} s" if took >= answers.CONNECT_ATTEMPT else ""
    share = of(len(ends), len(requests))
    succeeded = sum(p.healthy for p in requests)
    return f"{share} requests failed at the load balancer{after}; {succeeded} succeeded"


def tried_to_connect(scene: Scene) -> bool:
    """Return whether the balancer failed to connect to a target each time.

    It then responds 503 late, or closes late on tcp; 502 and 504 come after a
    connection. Behind a CDN, direct requests show it.
    """
    ends = ended_at_balancer(scene)
    own = [p for p in ends if _ends(scene, p)]
    if len(own) < len(ends):
        own += _direct(scene)
    return bool(own) and all(
        p.status_code in {answers.NO_TARGET_STATUS, None}
        and wait_time(p) >= answers.CONNECT_ATTEMPT
        for p in own
    )
