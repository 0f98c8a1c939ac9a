"""Edge faults: names, CDN, and the monitor's own way out.

In: a `World`. Out: broken there, with the truth.
It does not: touch what stands behind the balancer's address.
"""

from dataclasses import replace

from bench.accuracy.faults.fault import Fault, Truth
from bench.accuracy.platform import apps, pages
from bench.accuracy.platform.outside import RESOLVERS, SYSTEM
from bench.accuracy.platform.wish import Wish
from bench.accuracy.platform.world import World

OLD = "203.0.113.250"
OLD_V6 = "2001:db8:1::250"
OLD_SERVERS = (
    "refuse",
    "silent",
    "haproxy/503_all_servers_down",
    "nginx/503_return",
    "pods/503_express_send",
    pages.APACHE,
)


def _old_machine(world: World) -> None:
    world.names.elsewhere[OLD] = world.rng.choice(OLD_SERVERS)


def stale(world: World) -> Truth:
    """All resolvers keep the old address; the zone's server knows the new one."""
    _old_machine(world)
    world.names.caches = dict.fromkeys(RESOLVERS, (OLD,))
    return Truth(cause="dns-stale-address")


def old_record(world: World) -> Truth:
    """The zone itself says the old address."""
    stale(world)
    world.names.zone = (OLD,)
    return Truth(cause="dns-stale-address")


def one_dead(world: World) -> Truth:
    """Of two addresses one is nobody's, or an old server's."""
    _old_machine(world)
    six = world.outside_has_v6 and world.rng.random() < 0.5
    old = OLD_V6 if six else OLD
    world.names.elsewhere[old] = world.names.elsewhere[OLD]
    both = (world.balancer.ipv4, old)
    world.names.zone = both
    world.names.caches = dict.fromkeys(RESOLVERS, both)
    return Truth(cause="dns-stale-address")


def disagree(world: World) -> Truth:
    """Some resolvers still hold the old address, the monitor's own among them."""
    _old_machine(world)
    others = world.rng.sample(RESOLVERS[1:], world.rng.choice((0, 1)))
    for resolver in (SYSTEM, *others):
        world.names.caches[resolver] = (OLD,)
    return Truth(
        cause="dns-resolvers-disagree",
        also=("dns-stale-address",),
        reason="the resolvers that disagree do so because some are stale",
    )


def replays(world: World) -> Truth:
    """The CDN stored an error of a pod or of the ingress; behind all is well."""
    cdn = world.cdn
    assert cdn is not None  # noqa: S101 - the wish says so
    name = world.rng.choice((*apps.MARKED[1:4], "ingress-nginx/503_no_endpoints"))
    cdn.stored, cdn.age = pages.recorded(name), world.rng.randrange(30, 900)
    return Truth(cause="cache-replays-error")


def lost_origin(world: World) -> Truth:
    """The CDN asks a wrong address or a wrong port for the origin."""
    cdn = world.cdn
    assert cdn is not None  # noqa: S101 - the wish says so
    if world.rng.random() < 0.5:
        cdn.origin = "203.0.113.251"
        world.names.elsewhere[cdn.origin] = world.rng.choice(("refuse", "silent"))
    else:
        cdn.port = 8443
    return Truth(cause="cdn-cannot-reach-origin")


def blind(world: World) -> Truth:
    """The probe's own resolver is gone, or all are, or its route; users are served."""
    way = world.rng.choice(("resolver", "resolvers", "route"))
    world.blind = replace(world.blind, monitor=way)
    return Truth(cause="monitor-blind")


_BARE = Wish(cdn=False)
_CACHED = Wish(cdn=True)
EDGE = (
    Fault(name="dns-stale-address", wish=_BARE, inject=stale, outer=1),
    Fault(name="dns-stale-address-in-zone", wish=_BARE, inject=old_record, outer=1),
    Fault(name="dns-stale-address-one-of-two", wish=_BARE, inject=one_dead),
    Fault(name="dns-resolvers-disagree", wish=_BARE, inject=disagree),
    Fault(name="cache-replays-error", wish=_CACHED, inject=replays),
    Fault(name="cdn-cannot-reach-origin", wish=_CACHED, inject=lost_origin, outer=2),
    Fault(name="monitor-blind", wish=Wish(), inject=blind),
)
