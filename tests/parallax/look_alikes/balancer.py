"""Look-alikes between load balancer and node.

In: nothing. Out: snapshots with the causes that may be named. It does not: judge.
"""

from dataclasses import replace

from parallax.model.cluster import Node
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.look_alikes.look_alike import (
    EDGE as CDNS,
)
from tests.parallax.look_alikes.look_alike import (
    PAST_DNS,
    UNKNOWN,
    asked_at,
    cloudflare,
    got,
    inside,
    page,
    silence,
)

FIREWALL = "node-firewall-blocks-load-balancer"
KUBELET = 10250


def _to_others(probe: Probe) -> bool:
    return probe.role is Role.INGRESS_OTHER


def a_firewall_that_stops_everybody() -> tuple[Snapshot, set[str]]:
    """UFW denies NodePorts to all: a node reaches its own, and the others' pods."""
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), s.balancer(healthy=0))
    x = replace(x, reports=e.firewall().reports)
    return inside(x, silence(s.DROPPED), _to_others), {FIREWALL}


def a_firewall_behind_a_cdn() -> tuple[Snapshot, set[str]]:
    """Users get the CDN's 520; past it the tcp balancer closes the connection."""
    run = s.run(s.CLOSED, unknown_host=s.CLOSED, after=3.1)
    run = asked_at(got(run, cloudflare(520), *PAST_DNS), CDNS, *PAST_DNS)
    found = e.with_services(s.balancer(asks=KUBELET), protocol="tcp")
    x = s.taken(run, found, *s.reports(), target=e.CDN)
    return e.with_policy(x, "Cluster", *s.NODES), {FIREWALL}


def policy_local_behind_a_cdn() -> tuple[Snapshot, set[str]]:
    """The same, and only three of five nodes drop connections."""
    run = got(s.run(s.OK, direct=s.CLOSED, after=3.1), cloudflare(520), *PAST_DNS)
    for role in (Role.REPEAT,):
        run = got(run, s.answer(s.OK), role, every=4)
    run = asked_at(run, CDNS, *PAST_DNS)
    found = e.with_services(s.balancer(asks=KUBELET), protocol="tcp")
    lines = e.good_lines(run, *s.NODES[:2])
    x = s.taken(run, found, *s.reports(sightings=lines), target=e.CDN)
    return (
        e.with_policy(x, "Local", *s.NODES[:2]),
        {"nodeport-dropped-by-local-traffic-policy"},
    )


def policy_local_rightly_takes_three_out() -> tuple[Snapshot, set[str]]:
    """Three targets without an ingress pod are rightly unhealthy; pods respond 503."""
    run = s.run(s.POD_503)
    inside_ = s.reports(ingress=s.POD_503, pod=s.POD_503, sightings=s.seen(run, 503))
    x = s.taken(run, s.balancer(healthy=2), *inside_)
    return e.with_policy(x, "Local", *s.NODES[:2]), {"pod-answers-error"}


def a_node_that_is_down() -> tuple[Snapshot, set[str]]:
    """Two nodes are NotReady: they do not respond, and requests to them fail."""
    x = e.some_unhealthy()
    down = s.NODES[3:]
    x = replace(x, reports=tuple(r for r in x.reports if r.node not in down))
    x = inside(x, silence(s.DROPPED), lambda p: _to_others(p) and p.peer_node in down)
    nodes = tuple(
        Node(name=n, internal_ip=s.address(n), ready=n not in down) for n in s.NODES
    )
    return s.with_reading(x, nodes=nodes), {"lb-some-targets-unhealthy"}


def public_addresses_of_documentation() -> tuple[Snapshot, set[str]]:
    """Targets have the public addresses of nodes that are known by private ones."""
    found = s.balancer(healthy=0)
    assert found.load_balancer
    targets = tuple(
        replace(
            t,
            type="ip",
            server_id=None,
            server_name=None,
            use_private_ip=False,
            ip=f"198.51.100.{n}",
        )
        for n, t in enumerate(found.load_balancer.targets)
    )
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    return s.taken(run, e.changed(found, targets=targets), *s.reports()), {UNKNOWN}


def an_ingress_nobody_sends_to() -> tuple[Snapshot, set[str]]:
    """The settings name an old ingress; requests go to another one."""
    found = s.detailed(s.balancer(healthy=0, asks=32222, to=32222), "layer4_timeout")
    x = s.taken(
        s.run(s.LB_503, unknown_host=s.LB_503), found, *s.reports(ingress=s.REFUSED)
    )
    return s.with_reading(x, ingress_endpoints=()), {UNKNOWN}


def a_right_404() -> tuple[Snapshot, set[str]]:
    """The target counts 404 as healthy: the ingress that responds so serves it."""
    x = s.wrong_destination()
    well = page(404, "") | {"healthy": True}
    return inside(x, well, lambda _: True), {"lb-wrong-destination-port"}


def an_app_that_hangs_behind_a_wrong_port() -> tuple[Snapshot, set[str]]:
    """Two faults: inside, the ingress waits for the app, so it works."""
    x = s.wrong_destination()
    return inside(x, silence(s.HANGS), lambda _: True), {"lb-wrong-destination-port"}


def a_balancer_at_its_limit() -> tuple[Snapshot, set[str]]:
    """All targets are healthy on the users' port, and the balancer responds 503."""
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), s.balancer(), *s.reports())
    return e.with_policy(x, "Cluster", *s.NODES), {UNKNOWN}
