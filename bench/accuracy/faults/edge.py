"""Edge faults: names, CDN, and the monitor's own way out.

In: a `PlatformSpec`. Out: broken there, with the truth.
It does not: touch what stands behind the balancer's address.
"""

from dataclasses import replace

from bench.accuracy.faults.fault import Fault, Truth
from bench.accuracy.platform import apps, pages
from bench.accuracy.platform.outside import RESOLVERS, SYSTEM
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec

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


def _old_machine(spec: PlatformSpec) -> None:
    spec.names.elsewhere[OLD] = spec.rng.choice(OLD_SERVERS)


def stale(spec: PlatformSpec) -> Truth:
    """All resolvers keep the old address; the zone's server knows the new one."""
    _old_machine(spec)
    spec.names.caches = dict.fromkeys(RESOLVERS, (OLD,))
    return Truth(cause="dns-stale-address")


def old_record(spec: PlatformSpec) -> Truth:
    """The zone itself says the old address."""
    stale(spec)
    spec.names.zone = (OLD,)
    return Truth(cause="dns-stale-address")


def one_dead(spec: PlatformSpec) -> Truth:
    """Of two addresses one is nobody's, or an old server's."""
    _old_machine(spec)
    six = spec.outside_has_v6 and spec.rng.random() < 0.5
    old = OLD_V6 if six else OLD
    spec.names.elsewhere[old] = spec.names.elsewhere[OLD]
    both = (spec.balancer.ipv4, old)
    spec.names.zone = both
    spec.names.caches = dict.fromkeys(RESOLVERS, both)
    return Truth(cause="dns-stale-address")


def disagree(spec: PlatformSpec) -> Truth:
    """Some resolvers still hold the old address, the monitor's own among them."""
    _old_machine(spec)
    others = spec.rng.sample(RESOLVERS[1:], spec.rng.choice((0, 1)))
    for resolver in (SYSTEM, *others):
        spec.names.caches[resolver] = (OLD,)
    return Truth(
        cause="dns-resolvers-disagree",
        also=("dns-stale-address",),
        reason="the resolvers that disagree do so because some are stale",
    )


def replays(spec: PlatformSpec) -> Truth:
    """The CDN stored an error of a pod or of the ingress; behind all is well."""
    cdn = spec.cdn
    assert cdn is not None  # noqa: S101 - the requires says so
    name = spec.rng.choice((*apps.MARKED[1:4], "ingress-nginx/503_no_endpoints"))
    cdn.stored, cdn.age = pages.recorded(name), spec.rng.randrange(30, 900)
    return Truth(cause="cache-replays-error")


def lost_origin(spec: PlatformSpec) -> Truth:
    """The CDN asks a wrong address or a wrong port for the origin."""
    cdn = spec.cdn
    assert cdn is not None  # noqa: S101 - the requires says so
    if spec.rng.random() < 0.5:
        cdn.origin = "203.0.113.251"
        spec.names.elsewhere[cdn.origin] = spec.rng.choice(("refuse", "silent"))
    else:
        cdn.port = 8443
    return Truth(cause="cdn-cannot-reach-origin")


def blind(spec: PlatformSpec) -> Truth:
    """The probe's own resolver is gone, or all are, or its route; users are served."""
    way = spec.rng.choice(("resolver", "resolvers", "route"))
    spec.blind = replace(spec.blind, monitor=way)
    return Truth(cause="monitor-blind")


_BARE = Requirements(cdn=False)
_CACHED = Requirements(cdn=True)
EDGE = (
    Fault(name="dns-stale-address", requires=_BARE, inject=stale, position=1),
    Fault(
        name="dns-stale-address-in-zone", requires=_BARE, inject=old_record, position=1
    ),
    Fault(name="dns-stale-address-one-of-two", requires=_BARE, inject=one_dead),
    Fault(name="dns-resolvers-disagree", requires=_BARE, inject=disagree),
    Fault(name="cache-replays-error", requires=_CACHED, inject=replays),
    Fault(
        name="cdn-cannot-reach-origin", requires=_CACHED, inject=lost_origin, position=2
    ),
    Fault(name="monitor-blind", requires=Requirements(), inject=blind),
)
