"""Forwarding: nodes whose kube-proxy forwards nothing.

In: a scene. Out: such nodes. It does not: conclude.
A node's own NodePort and the Service's cluster IP are both forwarded by its own
kube-proxy. No firewall between machines is involved.
"""

from parallax.evidence import ingress, inside
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.probe import Probe, Role

_FORWARDED = (Role.INGRESS, Role.SERVICE)


@reading
def not_forwarding(scene: Scene) -> tuple[str, ...]:
    """Return the nodes that accept no connection on a NodePort or cluster IP."""
    sent: dict[str, list[Probe]] = {}
    for probe in scene.inside(*_FORWARDED):
        sent.setdefault(str(probe.node), []).append(probe)
    return tuple(
        sorted(
            name
            for name, probes in sent.items()
            if {p.role for p in probes} == set(_FORWARDED)
            and not any(map(inside.accepted, probes))
            and not any(map(inside.accepted, _from_others(scene, name)))
        )
    )


def _from_others(scene: Scene, name: str) -> tuple[Probe, ...]:
    """Return what other nodes sent to the ingress's NodePort on a node."""
    found = ingress.probes(scene, Role.INGRESS_OTHER)
    return tuple(p for p in found if p.peer_node == name)
