"""Networks: whether load balancer and targets share a private network.

In: a scene. Out: the targets whose private address the load balancer cannot reach, or a
sentence. It does not: conclude; a network that was not read proves nothing.
"""

from parallax.evidence import nodes
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerTarget, LoadBalancer


@reading
def cut_off(scene: Scene) -> tuple[BalancerTarget, ...]:
    """Return the targets with a private address outside the balancer's networks."""
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
    """Return whether the balancer may lack a private network that its targets need.

    Neither its networks nor a private address of its own were read.
    """
    balancer = scene.load_balancer
    return (
        balancer is not None
        and balancer.networks is None
        and not balancer.private_ips
        and any(t.use_private_ip for t in balancer.leaves())
    )


def networks_known(scene: Scene) -> bool:
    """Return whether the networks were read for every target with a private address."""
    balancer = scene.load_balancer
    return balancer is not None and all(
        not t.use_private_ip
        or balancer.networks == ()
        or (balancer.networks is not None and t.networks is not None)
        for t in balancer.leaves()
    )


@reading
def all_cut_off(scene: Scene) -> str | None:
    """Return that no target shares a private network with the balancer; else None."""
    balancer, found, unreachable = (
        scene.load_balancer,
        nodes.targets(scene),
        cut_off(scene),
    )
    if balancer is None or not unreachable or len(unreachable) < len(found):
        return None
    share = f"{of(len(unreachable), len(found))} targets use their private address"
    if not balancer.networks:
        return f"{share}, and {balancer.name} is in no private network"
    return f"{share}, and none of them shares a network with {balancer.name}"
