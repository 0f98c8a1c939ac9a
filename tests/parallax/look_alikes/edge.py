"""Look-alikes of names and CDNs.

In: nothing. Out: snapshots with the causes that may be named. It does not: judge.
"""

from parallax.model.cluster import Sighting
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.look_alikes.look_alike import (
    AS_A_USER,
    PAST_DNS,
    UNKNOWN,
    Fields,
    asked_at,
    cloudflare,
    got,
    page,
    unlogged,
)
from tests.parallax.look_alikes.look_alike import (
    EDGE as CDNS,
)

CANNOT = "cdn-cannot-reach-origin"


def _before(fields: Fields, every: int = 1) -> Snapshot:
    """Return users with this response of a CDN; a direct probe succeeds."""
    run = got(s.run(s.OK, direct=s.OK), fields, *PAST_DNS, every=every)
    run = asked_at(run, CDNS, *PAST_DNS)
    return s.taken(run, s.balancer(), *s.reports(), target=e.CDN)


def the_cdns_origin_has_no_name() -> tuple[Snapshot, set[str]]:
    """Cloudflare responds 530, error 1016: its origin does not resolve."""
    return _before(cloudflare(530, "error code: 1016")), {CANNOT}


def a_cdn_of_no_known_make() -> tuple[Snapshot, set[str]]:
    """Its page has no mark; requests that no cache can hold do not arrive either."""
    return _before(page(503, "<html>Edge error, ref 123</html>")), {CANNOT}


def an_unmarked_replay() -> tuple[Snapshot, set[str]]:
    """A CDN stores a pod's error without a mark: only fresh requests arrive."""
    run = got(s.run(s.OK, direct=s.OK), s.answer(s.POD_503), *AS_A_USER)
    run = asked_at(run, CDNS, *PAST_DNS)
    fresh = tuple(
        Sighting(
            request_id=p.request_id,
            seen_at=p.started_at,
            node=s.NODES[0],
            status_code=200,
            upstream_address="10.0.0.110:8080",
            upstream_status=200,
        )
        for p in run.by_role(Role.CACHE_BUSTER)
    )
    inside = s.reports(sightings=fresh)
    x = s.taken(run, s.balancer(), *inside, target=e.CDN)
    return x, {"cache-replays-error"}


def nodes_without_an_agent() -> tuple[Snapshot, set[str]]:
    """Cloudflare hides a pod's 502, and the nodes that logged it have no agent."""
    run = got(s.run(s.OK, direct=s.OK), cloudflare(502), *PAST_DNS, every=3)
    run = asked_at(run, CDNS, *PAST_DNS)
    x = s.taken(run, s.balancer(), *s.reports()[:2], target=e.CDN)
    return x, {UNKNOWN}


def a_log_without_our_ids() -> tuple[Snapshot, set[str]]:
    """The owner's log format has no request ids, of successful requests neither."""
    return _before(cloudflare(502), every=3), {UNKNOWN}


def a_proxy_nobody_named() -> tuple[Snapshot, set[str]]:
    """The name leads to the owner's proxy, and its responses show it."""
    fields = page(502, "Bad Gateway", ("Server", "nginx/1.24.0"), ("Via", "1.1 front"))
    run = e.led_to(e.OLD, got(s.run(s.OK, direct=s.OK), fields, *PAST_DNS))
    run = e.resolved(run, e.OLD, e.OLD, e.OLD)
    return s.taken(run, s.balancer(), *s.reports()), {UNKNOWN}


def a_second_balancer() -> tuple[Snapshot, set[str]]:
    """The name leads to another balancer of this cluster, as the log shows."""
    run = e.led_to(e.OLD, s.run(s.INGRESS_502_BY_LB, direct=s.OK))
    run = e.resolved(run, e.OLD, e.OLD, e.OLD)
    lines = s.seen(run, 502, status=502, length=0)
    return s.taken(run, s.balancer(), *s.reports(sightings=lines)), {UNKNOWN}


def one_family_dead() -> tuple[Snapshot, set[str]]:
    """The balancer's IPv6 address does not respond, IPv4 works: no stale name."""
    pages = [s.DROPPED if n % 2 else s.OK for n in range(11)]
    run = s.run(pages, direct=s.OK)
    lost = [p for p in run.probes if not p.healthy and p.role in AS_A_USER]
    for probe in lost:
        at = run.probes.index(probe)
        moved = asked_at(
            e.led_to("2001:db8:1::20", s.run(s.DROPPED)), "2001:db8:1::20", *AS_A_USER
        ).probes[at]
        probes = (*run.probes[:at], moved, *run.probes[at + 1 :])
        run = type(run)(target=run.target, started_at=run.started_at, probes=probes)
    found = e.changed(s.balancer(), ipv6="2001:0db8:0001::0020")
    return s.taken(run, found, *s.reports()), {UNKNOWN}


def a_cdn_that_hides_the_pods_answer() -> tuple[Snapshot, set[str]]:
    """Cloudflare replaces the body of a 502; inside, pods refuse, no log is read."""
    run = got(s.run(s.INGRESS_502_BY_LB), cloudflare(502), *PAST_DNS)
    run = asked_at(run, CDNS, *PAST_DNS)
    inside = s.reports(ingress=s.INGRESS_502, pod=s.REFUSED)
    x = s.taken(run, s.balancer(), *inside, target=e.CDN)
    return unlogged(x), {"pod-refuses-connection"}
