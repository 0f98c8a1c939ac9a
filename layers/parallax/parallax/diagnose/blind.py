"""Blind: whether the monitor has no network, instead of a target that fails.

In: a snapshot. Out: why the external run proves nothing about the target, or None.
It does not: judge the target. A probe that gets any HTTP response is not blind. One
that gets a connection, or a response of a public name server, has a network: if only
the control URL fails, its address in the settings is wrong.
"""

from ipaddress import ip_address, ip_network

from parallax.evidence import users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.probe import AS_A_USER, ErrorType, Probe, ProbeRun, Resolution, Role
from parallax.model.snapshot import Snapshot

NO_RESPONSE = frozenset({"timeout", "unreachable"})
"""Errors of a name server that did not respond."""
ABSENT = frozenset({"nxdomain", "no_address"})
"""Results of a name server for a name that does not exist."""
_CONNECTED = frozenset({"tls", "processing", "transfer"})
"""Phases that begin with a TCP connection."""
_PRIVATE = tuple(
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
"""Networks of a local resolver: its response does not cross the internet."""


def blind(snapshot: Snapshot) -> str | None:
    """Return why the newest external run proves nothing, as a sentence."""
    scene = Scene.of(snapshot)
    run = scene.outside
    requests = users.outside(scene, *AS_A_USER)
    if run is None or not requests or any(p.healthy for p in requests):
        return None
    return (
        _has_no_network(scene, run)
        or _resolver_fails(scene, run, requests)
        or _lacks_family(scene, run, requests)
    )


def _has_no_network(scene: Scene, run: ProbeRun) -> str | None:
    """Return that the control URL fails too, and that no host responded; else None.

    A line in the ingress log proves that a request arrived, whatever its result.
    """
    control = _control(run)
    if control is None or any(_connected(p) for p in run.probes):
        return None
    if any(_from_public_server(r) for r in run.resolutions):
        return None
    if scene.sightings_of(*run.probes):
        return None
    why = str(control.error_type or "no response").replace("_", " ")
    who = control.server_address or control.url
    return f"the probe gets no response from any host; {who} fails too ({why})"


def _control(run: ProbeRun) -> Probe | None:
    """Return the probe of the control URL, unless its address is not allowed."""
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


def _from_public_server(resolution: Resolution) -> bool:
    """Say whether a public name server responded, even with "no such name"."""
    if resolution.authoritative:
        return bool(resolution.addresses) or resolution.error_type in ABSENT
    if resolution.error_type in NO_RESPONSE and not resolution.addresses:
        return False
    try:
        address = ip_address(resolution.resolver)
    except ValueError:
        return False
    return not any(address in network for network in _PRIVATE)


def _resolver_fails(
    scene: Scene, run: ProbeRun, requests: tuple[Probe, ...]
) -> str | None:
    """Return that only the monitor's own resolver fails; None: no proof.

    The target responds at its addresses, or at the load balancer's.
    """
    pinned = users.outside(scene, Role.ADDRESS, Role.DIRECT)
    up = bool(pinned) and all(p.healthy for p in pinned)
    if not up or any(p.error_phase != "resolve" for p in requests):
        return None
    host, resolutions = scene.target.host, run.resolutions
    if others := _others_resolve(run, host):
        return others
    if share := _most_resolve(resolutions):
        return f"the probe's own resolver fails; {share} resolve {host}, and it is up"
    if any(_from_public_server(r) or r.error_type in ABSENT for r in resolutions):
        return None
    return _none_resolves(run, f"{host} responds at its address")


def _others_resolve(run: ProbeRun, host: str) -> str | None:
    """Return that no name resolves here, while other resolvers return the target's.

    The control's owner and the target's share no zone. If both names fail here, and no
    name server reports the target's as missing, the resolver in between fails.
    """
    control = _control(run)
    if control is None or control.error_phase != "resolve":
        return None
    know = [r for r in run.resolutions if r.addresses]
    if not know or any(_reports_a_fault(r) for r in run.resolutions):
        return None
    who = control.server_address or control.url
    servers = ", ".join(r.resolver for r in know)
    verb = "resolves" if len(know) == 1 else "resolve"
    return (
        f"the probe's own resolver fails; {who} fails to resolve too, but {servers}"
        f" {verb} {host}, and it is up"
    )


def _reports_a_fault(resolution: Resolution) -> bool:
    """Say whether a public server responded without an address: the name may fail."""
    return not resolution.addresses and _from_public_server(resolution)


def _none_resolves(run: ProbeRun, up: str) -> str | None:
    """Return that the control URL does not resolve, or that no resolver responds."""
    control = _control(run)
    if control is not None and control.error_phase == "resolve":
        who = control.server_address or control.url
        return f"the probe's own resolver fails; {who} fails to resolve too, but {up}"
    if run.resolutions:
        count = len(run.resolutions)
        return f"the probe reaches no resolver; none of {count} responds, but {up}"
    return None


def _most_resolve(resolutions: tuple[Resolution, ...]) -> str | None:
    """Return the share of resolvers that resolve the name; None: too few, no zone."""
    resolvers = [r for r in resolutions if not r.authoritative]
    resolve = [r for r in resolvers if r.addresses]
    zone = [r for r in resolutions if r.authoritative]
    if 2 * len(resolve) <= len(resolvers) or (
        zone and not any(r.addresses for r in zone)
    ):
        return None
    return f"{of(len(resolve), len(resolvers))} resolvers"


def _lacks_family(
    scene: Scene, run: ProbeRun, requests: tuple[Probe, ...]
) -> str | None:
    """Return that the target has only addresses of a family this machine lacks.

    A route missing elsewhere looks the same to a single request. So the control URL
    must respond, no connection of this family may exist, and no address of it may have
    been probed by itself: a machine with a route probes each.
    """
    control = _control(run)
    if control is None or not _connected(control):
        return None
    if any(p.error_type is not ErrorType.HOST_UNREACHABLE for p in requests):
        return None
    resolved = {a for r in run.resolutions for a in r.addresses}
    tried = {p.peer_address for p in requests if p.peer_address}
    families = {_family(a) for a in resolved | tried}
    if not resolved or len(families) != 1:
        return None
    family = families.pop()
    probes = [p for p in run.probes if _family(p.peer_address) == family]
    if any(_connected(p) or p.role is Role.ADDRESS for p in probes):
        return None
    host = scene.target.host
    return f"the probe has no route over {family}, and {host} has no other address"


def _family(address: str | None) -> str | None:
    try:
        return f"IPv{ip_address(address).version}" if address else None
    except ValueError:  # a damaged snapshot
        return None
