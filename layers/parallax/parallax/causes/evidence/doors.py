"""Doors: the inside probes of the ingress's NodePorts that ought to be answered.

In: a snapshot. Out: probes. It does not: conclude.
With policy Local a node without an ingress pod drops what another node sends to its
NodePort, by design (hetzner.md, section 5): silence there speaks against nobody. The
probes of such doors are left to whoever asks about the policy itself.
"""

from parallax.causes.evidence.inside import AT_THE_INGRESS
from parallax.causes.evidence.nodes import homes, is_local
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.probe import ErrorType, Probe, Role


@reading
def at_the_ingress(
    scene: Scene, *roles: Role, port: int | None = None
) -> tuple[Probe, ...]:
    """Return the probes of the ingress's NodePorts, but for doors that are shut.

    Those with these roles (none: from its own and from other nodes) at a port, or any.
    """
    probes = scene.inside(*(roles or AT_THE_INGRESS))
    at = homes(scene) if is_local(scene) else None
    return tuple(
        p
        for p in probes
        if port in (None, p.peer_port) and (at is None or not _is_shut(p, at))
    )


def answered(scene: Scene, port: int | None, *roles: Role) -> tuple[Probe, ...]:
    """Return the inside probes with these roles that got an HTTP answer at a port.

    But for doors that are shut, so that they are a share of `at_the_ingress`.
    """
    asked = at_the_ingress(scene, *roles, port=port)
    return tuple(p for p in asked if p.status_code is not None)


def _is_shut(probe: Probe, at: frozenset[str]) -> bool:
    crosses = probe.role is Role.INGRESS_OTHER and probe.peer_node is not None
    return crosses and probe.peer_node not in at


@reading
def as_the_ingress_wants(scene: Scene) -> tuple[Probe, ...]:
    """Return the inside probes of the ingress that were asked as it wants to be.

    One without the PROXY line that it wants, or with one it does not expect, fails
    for that alone. Where its settings are not known, a connection closed without a
    byte may be that.
    """
    config = scene.cluster.ingress_config if scene.cluster else None
    wants = dict(config or ()).get("use-proxy-protocol", "false") == "true"
    return tuple(
        p
        for p in at_the_ingress(scene)
        if (
            p.proxy_protocol is wants
            if config is not None
            else p.error_type is not ErrorType.CONNECTION_CLOSED
        )
    )
