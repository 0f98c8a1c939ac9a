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
from parallax.model.probe import ErrorType, Probe, Role
from parallax.model.snapshot import Snapshot

BROKEN = 500
NEARLY_ALL = 0.9
"""Share of the failing answers that are to have one author: ten of eleven."""


def ended_at_balancer(snapshot: Snapshot) -> tuple[Probe, ...]:
    """Return the failing user requests that the balancer itself ended.

    By its own page, or, on a tcp service, by closing; and no ingress log has them.
    """
    return tuple(
        p
        for p in failing(snapshot, *AS_A_USER)
        if not snapshot.sightings_of(p)
        and (_by_itself(snapshot, p) or _behind_a_cdn(snapshot, p))
    )


def _by_itself(snapshot: Snapshot, probe: Probe) -> bool:
    return _own_page(snapshot, probe) or _hung_up(snapshot, probe)


def _behind_a_cdn(snapshot: Snapshot, probe: Probe) -> bool:
    """Say whether a CDN's own error stands for the balancer's word.

    Past it the balancer ends requests as well, and no ingress log has this one. The
    page of a CDN that is not known is nobody's.
    """
    author, cdn = written_by(probe), snapshot.target.reached.cdn
    if not cdn or author.hop not in {"cdn", "unknown"} or author.how == "replayed":
        return False
    if (probe.status_code or 0) < BROKEN:
        return False
    return bool(_past(snapshot)) and logs_were_read(snapshot)


def _past(snapshot: Snapshot) -> tuple[Probe, ...]:
    """Return the requests to the balancer's own address that it ended itself."""
    return tuple(p for p in failing(snapshot, Role.DIRECT) if _by_itself(snapshot, p))


def _own_page(snapshot: Snapshot, probe: Probe) -> bool:
    return wrote(snapshot, probe) and not elsewhere(snapshot, probe)


def _hung_up(snapshot: Snapshot, probe: Probe) -> bool:
    closed = probe.error_type is ErrorType.CONNECTION_CLOSED
    return closed and at_balancer(snapshot, probe)


def waited(probe: Probe) -> float:
    """Return the seconds until the balancer answered, or hung up (perhaps in TLS)."""
    return probe.phases.processing or (
        probe.duration if probe.status_code is None else 0.0
    )


def shares_missing(snapshot: Snapshot) -> str | None:
    """Say what is missing for a share of requests to fail at the balancer itself."""
    users, failed = outside(snapshot, *AS_A_USER), failing(snapshot, *AS_A_USER)
    if not failed:
        return "no failing probe from outside"
    if gone := lost(snapshot):
        return gone
    if len(users) == len(failed):
        return f"a request that is answered well ({of(len(failed), len(users))} fail)"
    met = [p for p in failed if connected(snapshot, p)]
    ended = ended_at_balancer(snapshot)
    if len(ended) < NEARLY_ALL * len(met):
        rest = of(len(met) - len(ended), len(met))
        return f"why {rest} failing requests did not end at the balancer itself"
    return None


def shares_text(snapshot: Snapshot) -> str:
    """Return e.g. `4 of 11 requests ended at the balancer itself after 3.1 s`."""
    users, ended = outside(snapshot, *AS_A_USER), ended_at_balancer(snapshot)
    took = min((waited(p) for p in ended), default=0.0)
    after = f" after {took:.1f} s" if took >= TRIED else ""
    share = of(len(ended), len(users))
    well = sum(p.healthy for p in users)
    said = f"{share} requests ended at the balancer itself{after}"
    return f"{said}, {well} were answered well"


def tried(snapshot: Snapshot) -> bool:
    """Say whether each time the balancer tried to connect to a target, in vain.

    A slow 503 of its own, or a slow hang-up on tcp. Its 502 and 504 come after a
    connection. Behind a CDN, which answers in its own words, past it.
    """
    ended = ended_at_balancer(snapshot)
    own = [p for p in ended if _by_itself(snapshot, p)]
    if len(own) < len(ended):
        own += _past(snapshot)
    return bool(own) and all(
        p.status_code in {NOBODY, None} and waited(p) >= TRIED for p in own
    )
