"""Shares: of an intermittent failure, who wrote the failing answers and who the good.

In: a scene. Out: the failing requests that ended at the balancer, or the words for
what is missing. It does not: conclude.
"""

from parallax.evidence import answers, balancer, logs, users
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.probe import ErrorType, Probe, Role

BROKEN = 500
NEARLY_ALL = 0.9
"""Share of the failing answers that are to have one author: ten of eleven."""


def ended_at_balancer(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests that the balancer itself ended.

    By its own page, or, on a tcp service, by closing; and no ingress log has them.
    """
    return tuple(
        p
        for p in users.failing(scene, *users.AS_A_USER)
        if not scene.sightings_of(p)
        and (_by_itself(scene, p) or _behind_a_cdn(scene, p))
    )


def _by_itself(scene: Scene, probe: Probe) -> bool:
    return _own_page(scene, probe) or _hung_up(scene, probe)


def _behind_a_cdn(scene: Scene, probe: Probe) -> bool:
    """Say whether a CDN's own error stands for the balancer's word.

    Past it the balancer ends requests as well, and no ingress log has this one. The
    page of a CDN that is not known is nobody's.
    """
    author, cdn = users.written_by(probe), scene.target.reached.cdn
    if not cdn or author.hop not in {"cdn", "unknown"} or author.how == "replayed":
        return False
    if (probe.status_code or 0) < BROKEN:
        return False
    return bool(_past(scene)) and logs.all_read(scene)


def _past(scene: Scene) -> tuple[Probe, ...]:
    """Return the requests to the balancer's own address that it ended itself."""
    return tuple(p for p in users.failing(scene, Role.DIRECT) if _by_itself(scene, p))


def _own_page(scene: Scene, probe: Probe) -> bool:
    return answers.wrote_response(scene, probe) and not balancer.reached_other_machine(
        scene, probe
    )


def _hung_up(scene: Scene, probe: Probe) -> bool:
    closed = probe.error_type is ErrorType.CONNECTION_CLOSED
    return closed and balancer.was_sent_to_balancer(scene, probe)


def wait_time(probe: Probe) -> float:
    """Return the seconds until the balancer answered, or hung up (perhaps in TLS)."""
    return probe.phases.processing or (
        probe.duration if probe.status_code is None else 0.0
    )


@reading
def failing_share(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing share of users' requests, nearly all ended by the balancer."""
    failed = users.failed(scene)
    if gone := users.without_connection(scene):
        raise Missing(gone)
    requests = users.outside(scene, *users.AS_A_USER)
    if len(requests) == len(failed):
        share = of(len(failed), len(requests))
        raise Missing(f"a request that is answered well ({share} fail)")
    met = [p for p in failed if users.connected(scene, p)]
    ends = ended_at_balancer(scene)
    if len(ends) < NEARLY_ALL * len(met):
        rest = of(len(met) - len(ends), len(met))
        what = f"why {rest} failing requests did not end at the balancer itself"
        raise Missing(what)
    return ends


def text(scene: Scene) -> str:
    """Return e.g. `4 of 11 requests ended at the balancer itself after 3.1 s`."""
    requests, ends = users.outside(scene, *users.AS_A_USER), ended_at_balancer(scene)
    took = min((wait_time(p) for p in ends), default=0.0)
    after = f" after {took:.1f} s" if took >= answers.CONNECT_ATTEMPT else ""
    share = of(len(ends), len(requests))
    well = sum(p.healthy for p in requests)
    said = f"{share} requests ended at the balancer itself{after}"
    return f"{said}, {well} were answered well"


def tried_to_connect(scene: Scene) -> bool:
    """Say whether each time the balancer tried to connect to a target, in vain.

    A slow 503 of its own, or a slow hang-up on tcp. Its 502 and 504 come after a
    connection. Behind a CDN, which answers in its own words, past it.
    """
    ends = ended_at_balancer(scene)
    own = [p for p in ends if _by_itself(scene, p)]
    if len(own) < len(ends):
        own += _past(scene)
    return bool(own) and all(
        p.status_code in {answers.NO_TARGET_STATUS, None}
        and wait_time(p) >= answers.CONNECT_ATTEMPT
        for p in own
    )
