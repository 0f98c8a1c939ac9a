"""Faults of names and CDN, and of the network of the monitor itself.

In: a platform. Out: the same, broken before the load balancer; and the rows.
It does not: change anything behind the load balancer's address.
"""

from dataclasses import replace

from bench.accuracy.platform import apps, pages
from bench.accuracy.platform.outside import RESOLVERS, SYSTEM
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from faults.row import Injection, Row, Truth
from parallax.model.judgement import Class, Hop

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


def stale(spec: PlatformSpec) -> None:
    """All resolvers cache the old address; the zone's name server has the new one."""
    _old_machine(spec)
    spec.names.caches = dict.fromkeys(RESOLVERS, (OLD,))


def old_record(spec: PlatformSpec) -> None:
    """The zone itself has the old address."""
    stale(spec)
    spec.names.zone = (OLD,)


def one_dead(spec: PlatformSpec) -> None:
    """One of two addresses is unused, or belongs to an old server."""
    _old_machine(spec)
    six = spec.outside_has_v6 and spec.rng.random() < 0.5
    old = OLD_V6 if six else OLD
    spec.names.elsewhere[old] = spec.names.elsewhere[OLD]
    both = (spec.balancer.ipv4, old)
    spec.names.zone = both
    spec.names.caches = dict.fromkeys(RESOLVERS, both)


def disagree(spec: PlatformSpec) -> Truth:
    """Some resolvers still cache the old address, the monitor's own among them."""
    _old_machine(spec)
    others = spec.rng.sample(RESOLVERS[1:], spec.rng.choice((0, 1)))
    for resolver in (SYSTEM, *others):
        spec.names.caches[resolver] = (OLD,)
    return Truth(
        also=("dns-stale-address",),
        reason="the resolvers that disagree do so because some are stale",
    )


def replays(spec: PlatformSpec) -> None:
    """The CDN stored an error of a pod or of the ingress, which have recovered."""
    cdn = spec.cdn
    assert cdn is not None  # noqa: S101 - its requirement
    name = spec.rng.choice((*apps.MARKED[1:4], "ingress-nginx/503_no_endpoints"))
    cdn.stored, cdn.age = pages.recorded(name), spec.rng.randrange(30, 900)


def lost_origin(spec: PlatformSpec) -> None:
    """The CDN connects to a wrong address or port of its origin."""
    cdn = spec.cdn
    assert cdn is not None  # noqa: S101 - its requirement
    if spec.rng.random() < 0.5:
        cdn.origin = "203.0.113.251"
        spec.names.elsewhere[cdn.origin] = spec.rng.choice(("refuse", "silent"))
    else:
        cdn.port = 8443


def blind(spec: PlatformSpec) -> None:
    """The probe lost its resolver, all resolvers, or its route; users are served."""
    way = spec.rng.choice(("resolver", "resolvers", "route"))
    spec.hidden = replace(spec.hidden, monitor=way)


_BARE = Requirements(cdn=False)
_CACHED = Requirements(cdn=True)
EDGE = (
    Row(
        cause="dns-resolvers-disagree",
        class_=Class.CACHE,
        hop=Hop.DNS,
        lab=("dns-resolvers-disagree",),
        bench=(
            Injection(name="dns-resolvers-disagree", inject=disagree, requires=_BARE),
        ),
        supports="split_name",
        refutes="stale_name",
    ),
    Row(
        cause="dns-stale-address",
        class_=Class.CACHE,
        hop=Hop.DNS,
        lab=("dns-stale-address", "dns-stale-address-dead"),
        bench=(
            Injection(
                name="dns-stale-address", inject=stale, requires=_BARE, position=1
            ),
            Injection(
                name="dns-stale-address-in-zone",
                inject=old_record,
                requires=_BARE,
                position=1,
            ),
            Injection(
                name="dns-stale-address-one-of-two", inject=one_dead, requires=_BARE
            ),
        ),
        supports="stale_name",
        refutes="split_name",
    ),
    Row(
        cause="cache-replays-error",
        class_=Class.CACHE,
        hop=Hop.CDN,
        lab=("cache-replays-error",),
        bench=(
            Injection(name="cache-replays-error", inject=replays, requires=_CACHED),
        ),
        supports="cache_replays",
        refutes="pod_error",
    ),
    Row(
        cause="cdn-cannot-reach-origin",
        class_=Class.CACHE,
        hop=Hop.CDN,
        lab=("cdn-cannot-reach-origin",),
        bench=(
            Injection(
                name="cdn-cannot-reach-origin",
                inject=lost_origin,
                requires=_CACHED,
                position=2,
            ),
        ),
        supports="cdn_alone",
        refutes="wrong_port",
    ),
)
MONITOR = (
    Row(
        cause="monitor-blind",
        class_=Class.MONITOR,
        hop=Hop.MONITOR,
        lab=("monitor-blind", "monitor-blind-resolver"),
        bench=(Injection(name="monitor-blind", inject=blind),),
    ),
)
