"""Networks: whether balancer and targets share a private network.

In: a scene. Out: the targets that the balancer cannot reach by their private
address, or a sentence. It does not: conclude; a network that was not read is none.
"""

from parallax.evidence import nodes
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerTarget, LoadBalancer


@reading
def cut_off(scene: Scene) -> tuple[BalancerTarget, ...]:
    """Return the targets asked by a private address in no network of the balancer's."""
    balancer = scene.load_balancer
    if balancer is None:
        return ()
    return tuple(t for t in balancer.leaves() if _is_cut_off(balancer, t))


def _is_cut_off(balancer: LoadBalancer, target: BalancerTarget) -> bool:
    if not target.use_private_ip or balancer.networks is None:
        return False
    if not balancer.networks:
        return not balancer.private_ips
    if target.networks is None:
        return False
    return not set(balancer.networks) & set(target.networks)


def may_lack_network(scene: Scene) -> bool:
    """Say whether the balancer may be in no private network, where targets need one.

    Neither its networks were read nor an address of its own in one.
    """
    balancer = scene.load_balancer
    return (
        balancer is not None
        and balancer.networks is None
        and not balancer.private_ips
        and any(t.use_private_ip for t in balancer.leaves())
    )


def networks_known(scene: Scene) -> bool:
    """Say whether it is known for every target if a private network is shared."""
    balancer = scene.load_balancer
    return balancer is not None and all(
        not t.use_private_ip
        or balancer.networks == ()
        or (balancer.networks is not None and t.networks is not None)
        for t in balancer.leaves()
    )


@reading
def all_cut_off(scene: Scene) -> str | None:
    """Say that no target can be reached for want of a common network; None: not so."""
    balancer, found, gone = scene.load_balancer, nodes.targets(scene), cut_off(scene)
    if balancer is None or not gone or len(gone) < len(found):
        return None
    share = f"{of(len(gone), len(found))} targets are asked by their private address"
    if not balancer.networks:
        return f"{share}, and {balancer.name} is in no private network"
    return f"{share}, and none is in a network of {balancer.name}"
