"""Ingress: what it answers at its NodePorts, and what shows that requests end there.

In: a scene. Out: probes that ought to be answered, the ingress's own pages, in words
too. It does not: conclude. The page alone does not tell an empty Service from a rate
limit (reference signatures.md, section 3.4).
With policy Local a node without an ingress pod drops what another node sends to its
NodePort, by design (hetzner.md, section 5): silence there speaks against nobody. Such
probes are left to whoever asks about the policy itself.
"""

from collections import Counter

from parallax.evidence import inside, logs, nodes, users
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.probe import ErrorType, Probe, Role

UNAVAILABLE = 503


def own_pages(scene: Scene, status_code: int) -> tuple[Probe, ...]:
    """Return the probes that got the ingress's own page, asked outside or inside."""
    asked = (
        *users.failing(scene, *users.FOR_THE_TARGET),
        *scene.inside(*inside.INGRESS_ROLES),
    )
    return tuple(p for p in asked if p.status_code == status_code and wrote_page(p))


def wrote_page(probe: Probe) -> bool:
    """Say whether an answer is the ingress's own page, now and not replayed.

    Inside there is no balancer on the way: its page is then that of an HAProxy which
    is the ingress.
    """
    author = users.written_by(probe)
    inside = probe.node is not None and author.hop == "load-balancer"
    return (author.hop == "ingress" or inside) and author.how != "replayed"


def most_frequent_status(scene: Scene) -> int | None:
    """Return the status of the ingress's own page that most failing users got."""
    requests = users.failing(scene, *users.AS_A_USER)
    seen = Counter(p.status_code for p in requests if wrote_page(p)).most_common(1)
    return seen[0][0] if seen and 2 * seen[0][1] > len(requests) else None


def service_name(scene: Scene) -> str:
    """Return `namespace/name` of the ingress's Service, as far as it is known."""
    reached, cluster = scene.target.reached, scene.cluster
    if cluster and cluster.ingress_service:
        service = cluster.ingress_service
        return f"{service.namespace}/{service.name}"
    name = reached.ingress_service or "ingress-nginx-controller"
    return f"{reached.ingress_namespace or 'ingress-nginx'}/{name}"


def own_response(scene: Scene, status_code: int) -> str | None:
    """Say where the ingress answered so by itself; None: nowhere."""
    found = own_pages(scene, status_code)
    if not found:
        return None
    where = f"inside, on {found[0].node}," if found[0].node else "outside,"
    return f"{where} the ingress itself answers {status_code}"


def response_without_upstream(scene: Scene) -> str | None:
    """Say what shows that the ingress found nobody to ask; None: nothing."""
    if lines := logs.without_upstream(scene):
        return f"ingress log on {lines[0].node}: 503, no upstream asked"
    return own_response(scene, UNAVAILABLE)


@reading
def probes(scene: Scene, *roles: Role, port: int | None = None) -> tuple[Probe, ...]:
    """Return the probes of the ingress's NodePorts, but for doors that are shut.

    Those with these roles (none: from its own and from other nodes) at a port, or any.
    """
    asked_probes = scene.inside(*(roles or inside.INGRESS_ROLES))
    at = nodes.ingress_nodes(scene) if nodes.is_local(scene) else None
    return tuple(
        p
        for p in asked_probes
        if port in (None, p.peer_port) and (at is None or not _is_shut(p, at))
    )


def answered(scene: Scene, port: int | None, *roles: Role) -> tuple[Probe, ...]:
    """Return the inside probes with these roles that got an HTTP answer at a port.

    But for doors that are shut, so that they are a share of `at_the_ingress`.
    """
    asked = probes(scene, *roles, port=port)
    return tuple(p for p in asked if p.status_code is not None)


def _is_shut(probe: Probe, at: frozenset[str]) -> bool:
    crosses = probe.role is Role.INGRESS_OTHER and probe.peer_node is not None
    return crosses and probe.peer_node not in at


@reading
def correctly_addressed(scene: Scene) -> tuple[Probe, ...]:
    """Return the inside probes of the ingress that were asked as it wants to be.

    One without the PROXY line that it wants, or with one it does not expect, fails
    for that alone. Where its settings are not known, a connection closed without a
    byte may be that.
    """
    config = scene.cluster.ingress_config if scene.cluster else None
    wants = dict(config or ()).get("use-proxy-protocol", "false") == "true"
    return tuple(
        p
        for p in probes(scene)
        if (
            p.proxy_protocol is wants
            if config is not None
            else p.error_type is not ErrorType.CONNECTION_CLOSED
        )
    )
