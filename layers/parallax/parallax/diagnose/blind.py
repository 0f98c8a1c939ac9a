"""Blind: whether it is the monitor that sees nothing, and not the target that fails.

In: a snapshot. Out: why what the outside saw says nothing of the target, or None.
It does not: say how the target is. Whoever got any HTTP answer is not blind, and
whoever got a connection, or an answer of a name server out there, has a network: a
control that fails alone is a wrong address in the settings.
"""

from ipaddress import ip_address, ip_network

from parallax.evidence import users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.probe import AS_A_USER, ErrorType, Probe, ProbeRun, Resolution, Role
from parallax.model.snapshot import Snapshot

MUTE = frozenset({"timeout", "unreachable"})
"""What stands for a name server that did not answer at all."""
ABSENT = frozenset({"nxdomain", "no_address"})
"""What a name server says of a name that is not there."""
_CONNECTED = frozenset({"tls", "processing", "transfer"})
"""Phases that begin with a TCP connection."""
_NEAR = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
"""Where the system's own resolver stands: its answer crosses no internet."""


def blind(snapshot: Snapshot) -> str | None:
    """Return why the newest run from outside is no evidence, as a sentence."""
    scene = Scene.of(snapshot)
    run = scene.outside
    requests = users.outside(scene, *AS_A_USER)
    if run is None or not requests or any(p.healthy for p in requests):
        return None
    return (
        _sees_nobody(scene, run)
        or _own_resolver(scene, run, requests)
        or _no_family(scene, run, requests)
    )


def _sees_nobody(scene: Scene, run: ProbeRun) -> str | None:
    """Say that somebody else's URL fails as well, and nobody answered anything.

    A line in the ingress log proves that a request left, whatever became of it.
    """
    found = _control(run)
    if found is None or any(_connected(p) for p in run.probes):
        return None
    if any(_from_afar(r) for r in run.resolutions):
        return None
    if scene.sightings_of(*run.probes):
        return None
    why = str(found.error_type or "no answer").replace("_", " ")
    who = found.server_address or found.url
    return f"the probe gets no answer from anybody: {who} fails as well ({why})"


def _control(run: ProbeRun) -> Probe | None:
    """Return the probe of somebody else's URL, if it was one that might be asked."""
    return next(
        (
            p
            for p in run.by_role(Role.CONTROL)
            if p.error_type is not ErrorType.ADDRESS_NOT_ALLOWED
        ),
        None,
    )


def _connected(probe: Probe) -> bool:
    return probe.status_code is not None or probe.error_phase in _CONNECTED


def _from_afar(resolution: Resolution) -> bool:
    """Say whether a name server out there said anything, were it that there is none."""
    if resolution.authoritative:
        return bool(resolution.addresses) or resolution.error_type in ABSENT
    if resolution.error_type in MUTE and not resolution.addresses:
        return False
    try:
        address = ip_address(resolution.resolver)
    except ValueError:
        return False
    return not any(address in network for network in _NEAR)


def _own_resolver(
    scene: Scene, run: ProbeRun, requests: tuple[Probe, ...]
) -> str | None:
    """Say that only the monitor's own resolver fails; None: not shown.

    At the name's addresses, or the balancer's own, all is well.
    """
    pinned = users.outside(scene, Role.ADDRESS, Role.DIRECT)
    well = bool(pinned) and all(p.healthy for p in pinned)
    if not well or any(p.error_phase != "resolve" for p in requests):
        return None
    host, heard = scene.target.host, run.resolutions
    if share := _most_know(heard):
        return f"the probe's own resolver fails: {share} know {host}, and it is up"
    if any(_from_afar(r) or r.error_type in ABSENT for r in heard):
        return None
    return _nobody_resolves(run, f"and {host} is up where it is asked by its address")


def _nobody_resolves(run: ProbeRun, up: str) -> str | None:
    """Say that the control's name does not resolve either, or that all are mute."""
    found = _control(run)
    if found is not None and found.error_phase == "resolve":
        who = found.server_address or found.url
        return f"the probe's own resolver fails: not even {who} resolves, {up}"
    if run.resolutions:
        mute = len(run.resolutions)
        return f"the probe gets to no resolver: none of {mute} answers, {up}"
    return None


def _most_know(heard: tuple[Resolution, ...]) -> str | None:
    """Return the share of resolvers that know the name; None: too few, or no zone."""
    asked = [r for r in heard if not r.authoritative]
    know = [r for r in asked if r.addresses]
    zone = [r for r in heard if r.authoritative]
    if 2 * len(know) <= len(asked) or (zone and not any(r.addresses for r in zone)):
        return None
    return f"{of(len(know), len(asked))} resolvers"


def _no_family(scene: Scene, run: ProbeRun, requests: tuple[Probe, ...]) -> str | None:
    """Say that the target is at addresses of a family that this machine lacks.

    A route that is missing out there looks the same to a single request. So the
    control must be well, no connection of this family may have come about, and no
    address of it may have been asked for itself: who has a route asks each.
    """
    found = _control(run)
    if found is None or not _connected(found):
        return None
    if any(p.error_type is not ErrorType.HOST_UNREACHABLE for p in requests):
        return None
    named = {a for r in run.resolutions for a in r.addresses}
    tried = {p.peer_address for p in requests if p.peer_address}
    families = {_family(a) for a in named | tried}
    if not named or len(families) != 1:
        return None
    family = families.pop()
    there = [p for p in run.probes if _family(p.peer_address) == family]
    if any(_connected(p) or p.role is Role.ADDRESS for p in there):
        return None
    host = scene.target.host
    return f"the probe has no way over {family}, and {host} has no other address"


def _family(address: str | None) -> str | None:
    return f"IPv{ip_address(address).version}" if address else None
