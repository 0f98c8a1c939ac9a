"""Blind: whether it is the monitor that sees nothing, and not the target that fails.

In: a snapshot. Out: why what the outside saw says nothing of the target, or None.
It does not: say how the target is. Whoever got any HTTP answer is not blind.
"""

from parallax.causes import evidence
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot


def blind(snapshot: Snapshot) -> str | None:
    """Return why the newest run from outside is no evidence, as a sentence."""
    run = snapshot.outside
    users = evidence.outside(snapshot, *evidence.AS_A_USER)
    if run is None or not users or any(p.healthy for p in users):
        return None
    return _sees_nobody(snapshot, run.probes) or _own_resolver(snapshot, users)


def _sees_nobody(snapshot: Snapshot, probes: tuple[Probe, ...]) -> str | None:
    """Say that somebody else's URL fails as well, and nobody answered anything.

    A line in the ingress log proves that a request left, whatever became of it.
    """
    controls = [p for p in probes if p.role is Role.CONTROL]
    if not controls or any(p.status_code is not None for p in probes):
        return None
    if snapshot.sightings_of(*probes):
        return None
    why = str(controls[0].error_type or "no answer").replace("_", " ")
    who = controls[0].server_address or controls[0].url
    return f"the probe gets no answer from anybody: {who} fails as well ({why})"


def _own_resolver(snapshot: Snapshot, users: tuple[Probe, ...]) -> str | None:
    """Say that only the monitor's own resolver fails; None: not shown.

    Most other resolvers know the name, the zone's own if it was heard, and at its
    addresses all is well.
    """
    pinned = evidence.outside(snapshot, Role.ADDRESS, Role.DIRECT)
    if not pinned or not all(p.healthy for p in pinned):
        return None
    if any(p.error_phase != "resolve" for p in users):
        return None
    found = snapshot.outside.resolutions if snapshot.outside else ()
    heard = [r for r in found if not r.authoritative]
    know = [r for r in heard if r.addresses]
    zone = [r for r in found if r.authoritative]
    if 2 * len(know) <= len(heard) or (zone and not any(r.addresses for r in zone)):
        return None
    share = evidence.of(len(know), len(heard))
    host = snapshot.target.host
    return (
        f"the probe's own resolver fails: {share} resolvers know {host}, and it is up"
    )
