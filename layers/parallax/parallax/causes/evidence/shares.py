"""Shares: of an intermittent failure, who wrote the failing answers and who the good.

In: a snapshot. Out: the failing requests that ended at the balancer, or the words for
what is missing. It does not: conclude.
"""

from parallax.causes.evidence.answers import (
    NOBODY,
    TRIED,
    wrote,
)
from parallax.causes.evidence.balancer import (
    at_balancer,
    elsewhere,
)
from parallax.causes.evidence.logs import logs_were_read
from parallax.causes.evidence.outside import (
    AS_A_USER,
    connected,
    failing,
    lost,
    of,
    outside,
    written_by,
)
from parallax.evidence.scene import Scene
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
        for p in failing(scene, *AS_A_USER)
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
    author, cdn = written_by(probe), scene.target.reached.cdn
    if not cdn or author.hop not in {"cdn", "unknown"} or author.how == "replayed":
        return False
    if (probe.status_code or 0) < BROKEN:
        return False
    return bool(_past(scene)) and logs_were_read(scene)


def _past(scene: Scene) -> tuple[Probe, ...]:
    """Return the requests to the balancer's own address that it ended itself."""
    return tuple(p for p in failing(scene, Role.DIRECT) if _by_itself(scene, p))


def _own_page(scene: Scene, probe: Probe) -> bool:
    return wrote(scene, probe) and not elsewhere(scene, probe)


def _hung_up(scene: Scene, probe: Probe) -> bool:
    closed = probe.error_type is ErrorType.CONNECTION_CLOSED
    return closed and at_balancer(scene, probe)


def waited(probe: Probe) -> float:
    """Return the seconds until the balancer answered, or hung up (perhaps in TLS)."""
    return probe.phases.processing or (
        probe.duration if probe.status_code is None else 0.0
    )


def shares_missing(scene: Scene) -> str | None:
    """Say what is missing for a share of requests to fail at the balancer itself."""
    users, failed = outside(scene, *AS_A_USER), failing(scene, *AS_A_USER)
    if not failed:
        return "no failing probe from outside"
    if gone := lost(scene):
        return gone
    if len(users) == len(failed):
        return f"a request that is answered well ({of(len(failed), len(users))} fail)"
    met = [p for p in failed if connected(scene, p)]
    ended = ended_at_balancer(scene)
    if len(ended) < NEARLY_ALL * len(met):
        rest = of(len(met) - len(ended), len(met))
        return f"why {rest} failing requests did not end at the balancer itself"
    return None


def shares_text(scene: Scene) -> str:
    """Return e.g. `4 of 11 requests ended at the balancer itself after 3.1 s`."""
    users, ended = outside(scene, *AS_A_USER), ended_at_balancer(scene)
    took = min((waited(p) for p in ended), default=0.0)
    after = f" after {took:.1f} s" if took >= TRIED else ""
    share = of(len(ended), len(users))
    well = sum(p.healthy for p in users)
    said = f"{share} requests ended at the balancer itself{after}"
    return f"{said}, {well} were answered well"


def tried(scene: Scene) -> bool:
    """Say whether each time the balancer tried to connect to a target, in vain.

    A slow 503 of its own, or a slow hang-up on tcp. Its 502 and 504 come after a
    connection. Behind a CDN, which answers in its own words, past it.
    """
    ended = ended_at_balancer(scene)
    own = [p for p in ended if _by_itself(scene, p)]
    if len(own) < len(ended):
        own += _past(scene)
    return bool(own) and all(
        p.status_code in {NOBODY, None} and waited(p) >= TRIED for p in own
    )
