"""Look-alikes of health checks and of old or mistimed evidence.

In: nothing. Out: snapshots with the causes that may be named. It does not: judge.
"""

from dataclasses import replace
from datetime import timedelta

from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.look_alikes.look_alike import UNKNOWN, inside, restarted, silence

LONG_AGO = s.SINCE - 9 * s.MINUTE
NONE = "none"


def _fails(x: Snapshot) -> Snapshot:
    """Return a failure that is minutes old, so that nothing is settling."""
    return replace(x, failing_since=LONG_AGO)


def the_app_came_back_just_now() -> tuple[Snapshot, set[str]]:
    """The http check got 503 until seconds ago; targets recover after 45 s."""
    found = e.asking(s.balancer(healthy=0), s.TARGET.host)
    found = s.detailed(found, "unexpected_http_status", 503)
    x = _fails(s.taken(s.run(s.LB_503, unknown_host=s.LB_503), found, *s.reports()))
    return (
        s.with_reading(
            x,
            ingress_hosts=(s.TARGET.host,),
            endpoints_changed_at=s.SINCE - timedelta(seconds=10),
        ),
        {UNKNOWN},
    )


def the_ingress_came_back_just_now() -> tuple[Snapshot, set[str]]:
    """All targets refused until seconds ago, and Hetzner still reports it."""
    found = s.detailed(s.balancer(healthy=0), "layer4_no_connection")
    x = _fails(s.taken(s.run(s.LB_503, unknown_host=s.LB_503), found, *s.reports()))
    x = e.with_policy(x, "Cluster", *s.NODES)
    return restarted(x, 15), {UNKNOWN}


def the_ingress_came_back_long_ago() -> tuple[Snapshot, set[str]]:
    """The same, and the balancer had enough time to notice."""
    found = s.detailed(s.balancer(healthy=0), "layer4_no_connection")
    x = _fails(s.taken(s.run(s.LB_503, unknown_host=s.LB_503), found, *s.reports()))
    x = e.with_policy(x, "Cluster", *s.NODES)
    return restarted(x, 300), {"node-firewall-blocks-load-balancer"}


def no_route_yet() -> tuple[Snapshot, set[str]]:
    """All targets are unhealthy without a route yet, and users are served."""
    found = s.detailed(e.asking(s.balancer(healthy=0)), "unexpected_http_status", 404)
    return s.taken(s.run(s.OK, investigated=False), found, *s.reports()), {NONE}


def a_green_check_on_another_port() -> tuple[Snapshot, set[str]]:
    """The check rightly uses kube-proxy's port; pods respond 503."""
    run = s.run(s.POD_503)
    inside_ = s.reports(ingress=s.POD_503, pod=s.POD_503, sightings=s.seen(run, 503))
    x = s.taken(run, s.balancer(asks=10256), *inside_)
    return e.with_policy(x, "Cluster", *s.NODES), {"pod-answers-error"}


def a_check_that_flaps_with_the_app() -> tuple[Snapshot, set[str]]:
    """An http check marks targets unhealthy for an app that fails at times."""
    run = s.run(e.BY_TURNS, direct=s.OK)
    found = e.asking(s.balancer(healthy=3), s.TARGET.host)
    lines = e.good_lines(run, *s.NODES)
    x = s.taken(run, found, *s.reports(sightings=lines))
    x = e.with_policy(x, "Cluster", *s.NODES)
    return (
        inside(
            x,
            s.answer(s.POD_503),
            lambda p: p.role is Role.POD and p.peer_node in s.NODES[:2],
        ),
        {UNKNOWN},
    )


def routes_that_no_ingress_names() -> tuple[Snapshot, set[str]]:
    """Other objects route the hosts; the check sends one, and is dropped."""
    found = e.asking(s.balancer(healthy=0), s.TARGET.host)
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), found, *s.reports())
    x = e.with_policy(x, "Cluster", *s.NODES)
    x = s.with_reading(x, ingress_hosts=("grafana.keybuzz.io",))
    return x, {"lb-no-healthy-target"}


def proxy_lines_break_the_inside_only() -> tuple[Snapshot, set[str]]:
    """Balancer and ingress use PROXY lines, agents do not: users are served."""
    found = e.with_services(s.balancer(), proxyprotocol=True)
    x = s.taken(s.run(s.OK, investigated=False), found, *s.reports(ingress=s.CLOSED))
    return s.with_reading(x, ingress_config=(("use-proxy-protocol", "true"),)), {NONE}


def an_old_reading_of_the_balancer() -> tuple[Snapshot, set[str]]:
    """It was read before the failure began, and shows another failure."""
    found = s.balancer(healthy=0, asks=30081, at=s.SINCE - s.MINUTE)
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    return s.taken(run, found, *s.reports()), {UNKNOWN}


def agents_that_spoke_before() -> tuple[Snapshot, set[str]]:
    """The agents reported before the failure: pods were missing for a moment."""
    then = s.SINCE - s.MINUTE
    old = s.reports(ingress=s.INGRESS_503, ready=0, pods=0, at=then)
    return s.taken(s.run(s.INGRESS_503_BY_LB), s.balancer(), *old), {UNKNOWN}


def a_check_that_asks_nobody_of_ours() -> tuple[Snapshot, set[str]]:
    """Pods respond 503, and the http check uses a port of its own."""
    found = s.checking("http", s.balancer(healthy=0, asks=9000))
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), found)
    inside_ = s.reports(ingress=s.POD_503, pod=s.POD_503)
    return replace(x, reports=inside_), {UNKNOWN}


def agents_that_send_lines() -> tuple[Snapshot, set[str]]:
    """Agents succeed with PROXY lines, which no setting requires."""
    x = s.no_healthy_target()
    return inside(x, {"proxy_protocol": True}, lambda _: True), {UNKNOWN}


def a_few_agents_over_a_broken_overlay() -> tuple[Snapshot, set[str]]:
    """NodePorts need the overlay, and the few probing agents reach theirs."""
    x = e.some_unhealthy()
    cut = inside(
        x,
        silence(s.DROPPED),
        lambda p: p.role is Role.POD and p.node != p.peer_node,
    )
    return cut, {UNKNOWN}


def nodes_that_hang_for_each_other() -> tuple[Snapshot, set[str]]:
    """A tcp check fails everywhere, and no node responds inside: more is wrong."""
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), s.balancer(healthy=0))
    x = replace(x, reports=e.firewall().reports)
    return inside(x, silence(s.DROPPED), lambda _: True), {UNKNOWN}
