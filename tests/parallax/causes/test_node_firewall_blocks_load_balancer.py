"""Specification of `node-firewall-blocks-load-balancer`."""

from dataclasses import replace

import pytest

from parallax.causes.node_firewall_blocks_load_balancer import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerReading
from parallax.model.cluster import Endpoint, Pod, ServicePort
from parallax.model.judgement import Answer
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def reading(snapshot: Snapshot) -> BalancerReading:
    """Return the snapshot's balancer reading."""
    assert snapshot.balancer
    return snapshot.balancer


def slow(found: BalancerReading, page: str = s.LB_503, after: float = 3.1) -> Snapshot:
    """Return a balancer whose targets look healthy, and that answers slowly."""
    run = s.run(page, unknown_host=page, after=after)
    return s.taken(run, found, *s.reports())


@pytest.mark.parametrize("word", ["layer4_timeout", "layer4_no_connection"])
def test_the_api_reason_and_responses_between_nodes(word: str) -> None:
    """Dropped or rejected; packets are watched first, then the rule is added."""
    x = replace(e.firewall(), balancer=s.detailed(s.balancer(healthy=0), word))
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    watch, ipvs, allow = judgement.next_steps
    assert (allow.command or "").startswith(
        "sudo ufw prepend allow proto tcp from 10.0.0.5 to any port 31695"
    )
    assert (
        watch.command
        == "sudo timeout 60 tcpdump -ni any 'tcp port 31695 and host 10.0.0.5'"
    )
    assert "10.0.0.5" in (ipvs.command or "")


def test_public_targets_have_hetzners_firewall_too() -> None:
    """The balancer uses its public address."""
    x = e.firewall()
    public = e.with_targets(reading(x), use_private_ip=False)
    _, cloud, allow = judge(replace(x, balancer=public)).next_steps
    assert "from 203.0.113.20 to any port 31695" in (allow.command or "")
    assert cloud.command == (
        "hcloud firewall list -o noheader -o columns=id"
        " | xargs -n 1 hcloud firewall describe"
    )


def test_without_a_cloud_firewall_there_is_no_step_for_one() -> None:
    """The servers were read, and none has one."""
    x = e.firewall()
    public = e.with_targets(reading(x), use_private_ip=False, firewalls=())
    steps = judge(replace(x, balancer=public)).next_steps
    assert not [step for step in steps if "Cloud Firewall allow" in step.text]
    assert len(steps) == 2


def without_a_rule_for(port: int) -> Snapshot:
    """Return public targets whose Cloud Firewall drops connections to the port."""
    x = e.firewall()
    public = e.with_targets(
        reading(x),
        use_private_ip=False,
        firewalls=("workers",),
        firewall_allows=False,
        firewall_drops=(port,),
    )
    return replace(x, balancer=public)


def test_hetzners_firewall_that_has_no_rule_is_named_first() -> None:
    """With the rule to add, before the nodes' own firewall."""
    judgement = judge(without_a_rule_for(31695))
    assert judgement.cause == CAUSE.id
    assessment = next(a for a in judgement.assessments if a.cause == CAUSE.id)
    rule = "no rule of Cloud Firewall workers allows it on port 31695 (5 of 5 targets)"
    assert rule in assessment.evidence
    command = judgement.next_steps[0].command or ""
    assert "firewall add-rule workers --direction in" in command
    assert "--port 31695 --source-ips 203.0.113.20/32" in command


def test_a_port_of_another_service_is_not_what_is_shut() -> None:
    """The Cloud Firewall blocks an unused port, which must stay blocked."""
    judgement = judge(without_a_rule_for(30999))
    assert judgement.cause == CAUSE.id
    assessment = next(a for a in judgement.assessments if a.cause == CAUSE.id)
    assert "workers" not in str(assessment.evidence)
    assert "30999" not in str(judgement.next_steps)
    assert judgement.next_steps[1].command == "hcloud firewall describe workers"


def test_a_check_that_is_green_elsewhere_hides_the_firewall() -> None:
    """All healthy by another port, and every request fails after some seconds."""
    x = slow(s.balancer(asks=10256))
    assert judge(x).cause == CAUSE.id
    assert ask(CAUSE, x).evidence[0] == (
        "the health check on port 10256 succeeds for all 5 targets, but requests go to"
        " port 31695"
    )
    some = s.run(e.BY_TURNS, direct=s.LB_503, unknown_host=s.LB_503, after=3.1)
    assert answer(CAUSE, replace(x, run=some)) is Answer.UNKNOWN


def test_a_healthy_check_on_another_port_alone_names_no_cause() -> None:
    """The page came at once, or a pod wrote it."""
    assert answer(CAUSE, slow(s.balancer(asks=10256), after=0.002)) is Answer.UNKNOWN
    assert answer(CAUSE, slow(s.balancer(asks=10256), s.POD_503)) is Answer.REFUTED
    assert answer(CAUSE, slow(s.balancer(asks=10256), e.LB_504)) is Answer.UNKNOWN
    assert answer(CAUSE, slow(s.balancer())) is Answer.UNKNOWN


def test_without_an_api_reason_both_candidates_remain() -> None:
    """The same rule, an older API: the other cause names both."""
    x = replace(e.firewall(), balancer=s.balancer(healthy=0))
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == "lb-no-healthy-target"


def unanswered(snapshot: Snapshot, *roles: Role) -> Snapshot:
    """Return the snapshot with internal probes that cannot connect."""
    reports = tuple(
        replace(
            r,
            probes=tuple(
                s.probe(
                    p.role,
                    p.started_at,
                    s.DROPPED,
                    node=p.node,
                    peer_node=p.peer_node,
                    peer_address=p.peer_address,
                    peer_port=p.peer_port,
                )
                if p.role in roles
                else p
                for p in r.probes
            ),
        )
        for r in snapshot.reports
    )
    return replace(snapshot, reports=reports)


@pytest.mark.parametrize("detail", ["layer4_timeout", None])
def test_a_firewall_that_blocks_other_nodes_too_is_shown_by_their_probes(
    detail: str | None,
) -> None:
    """Each node responds to itself and reaches other pods, not other NodePorts."""
    x = replace(e.firewall(), balancer=s.detailed(s.balancer(healthy=0), detail))
    shut = unanswered(x, Role.INGRESS_OTHER)
    assert judge(shut).cause == CAUSE.id
    assert ask(CAUSE, shut).evidence[0] == (
        "each node responds to itself on port 31695,"
        " but 5 of 5 probes from other nodes cannot connect"
    )


def nodeports_closed(*pods_on: str) -> Snapshot:
    """Return a firewall without Hetzner's detail; policy Local closes some NodePorts.

    Targets are the nodes with an ingress pod; no node can connect to any other one.
    """
    found = s.balancer(healthy=0)
    assert found.load_balancer
    targets = found.load_balancer.targets[: len(pods_on)]
    found = e.changed(found, targets=targets, networks=(4711,))
    x = e.with_policy(replace(e.firewall(), balancer=found), "Local", *pods_on)
    return unanswered(x, Role.INGRESS_OTHER)


def test_a_nodeport_that_policy_local_drops_shows_no_firewall() -> None:
    """Only NodePorts that should respond count as failing."""
    x = nodeports_closed(*s.NODES[:3])
    assert ask(CAUSE, x).evidence[0] == (
        "each node responds to itself on port 31695,"
        " but 3 of 3 probes from other nodes cannot connect"
    )
    assert judge(x).cause == CAUSE.id
    one = nodeports_closed(s.NODES[0])
    assert answer(CAUSE, one) is Answer.UNKNOWN
    assert judge(one).cause != CAUSE.id


def test_nodes_that_do_not_answer_each_other_have_another_trouble() -> None:
    """Pods fail too, a node does not respond to itself, or there is no probe."""
    x = e.firewall()
    assert answer(CAUSE, unanswered(x, Role.INGRESS_OTHER, Role.POD)) is Answer.UNKNOWN
    assert (
        answer(CAUSE, unanswered(x, Role.INGRESS_OTHER, Role.INGRESS)) is Answer.UNKNOWN
    )
    unasked = tuple(
        replace(
            r, probes=tuple(p for p in r.probes if p.role is not Role.INGRESS_OTHER)
        )
        for r in x.reports
    )
    assert answer(CAUSE, replace(x, reports=unasked)) is Answer.UNKNOWN


def test_a_rejected_response_is_no_firewall() -> None:
    """The API reports that the check got a response, whatever nodes get."""
    found = s.detailed(s.balancer(healthy=0), "unexpected_http_status", 404)
    x = unanswered(replace(e.firewall(), balancer=found), Role.INGRESS_OTHER)
    assert answer(CAUSE, x) is Answer.REFUTED
    other = replace(x, balancer=e.with_services(found, destination_port=32443))
    assert answer(CAUSE, other) is Answer.UNKNOWN


def test_a_firewall_is_open_on_unhealthy_targets_that_no_request_reached() -> None:
    """A request that passes shows only that the balancer reaches some node."""
    found = ask(CAUSE, e.some_unhealthy())
    assert found.answer is Answer.UNKNOWN
    assert found.missing == (
        "whether a firewall blocks the load balancer on worker-04, worker-05",
    )
    local = e.with_policy(e.some_unhealthy(), "Local", *s.NODES[:4])
    late = s.balancer(healthy=2)
    assert ask(CAUSE, replace(local, balancer=late)).missing == found.missing
    assert ask(CAUSE, e.local_drops()).missing == found.missing
    healthy = replace(e.some_unhealthy(), balancer=s.balancer())
    assert answer(CAUSE, healthy) is Answer.REFUTED


def test_an_error_after_a_connection_is_no_firewall() -> None:
    """The health check connects on the same port, and 502 follows a connection."""
    x = e.proxy_of_ingress()
    assert ask(CAUSE, x).evidence == (
        (
            "the health check connects to 5 of 5 targets on the port of the requests,"
            " 31695"
        ),
    )
    other = replace(x, balancer=e.with_services(reading(x), destination_port=32443))
    assert answer(CAUSE, other) is Answer.UNKNOWN


def test_a_balancer_with_unread_networks_may_lack_one() -> None:
    """Targets use private addresses, and no shared network was read."""
    found = s.detailed(s.balancer(healthy=0), "layer4_timeout")
    bare = e.changed(found, networks=None, private_ips=())
    assert answer(CAUSE, replace(e.firewall(), balancer=bare)) is Answer.UNKNOWN


def test_policy_local_explains_only_targets_without_a_pod() -> None:
    """Nodes with a pod accept other nodes, so the policy drops nothing there."""
    x = e.with_policy(e.firewall(), "Local", *s.NODES[:3])
    assert answer(CAUSE, x) is Answer.SUPPORTED
    assert answer(CAUSE, replace(x, balancer=s.balancer(healthy=0))) is Answer.UNKNOWN
    assert answer(CAUSE, e.with_policy(e.firewall(), "Local")) is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("word", "expected"),
    [("layer4_timeout", Answer.SUPPORTED), ("layer4_no_connection", Answer.UNKNOWN)],
)
def test_a_drop_at_the_health_check_node_port_is_a_firewalls(
    word: str, expected: Answer
) -> None:
    """A refusal there means that kube-proxy itself does not listen."""
    x = e.with_policy(e.firewall(), "Local", *s.NODES[:3])
    asks = s.detailed(s.balancer(healthy=0, asks=32100), word)
    x = replace(x, balancer=asks)
    assert answer(CAUSE, x) is expected
    commands = " ".join(str(step.command) for step in CAUSE.next_steps(Scene.of(x)))
    assert "31695,32100" in commands


def test_a_nodeport_that_policy_local_drops_is_no_doubt() -> None:
    """Two nodes without a pod correctly do not respond to other nodes."""
    assert (
        answer(CAUSE, e.with_nodeports_closed(e.firewall(), *s.NODES[:3]))
        is Answer.SUPPORTED
    )


def test_what_configuration_explains_is_not_a_firewalls() -> None:
    """No shared network; foreign servers; only one side uses PROXY."""
    word = "layer4_timeout"
    for fault in (e.no_network, e.foreign_targets):
        x = fault()
        x = replace(x, balancer=s.detailed(reading(x), word))
        assert answer(CAUSE, x) is Answer.UNKNOWN
    x = s.with_reading(
        e.firewall(), ingress_config=(("use-proxy-protocol", "true"),)
    )  # fmt: skip
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_request_that_got_through_refutes_it() -> None:
    """The balancer gets connections."""
    assert answer(CAUSE, s.pod_error()) is Answer.REFUTED
    assert answer(CAUSE, s.unknown_host()) is Answer.REFUTED


def test_in_a_cluster_of_one_node_its_own_answer_is_taken() -> None:
    """No other node can probe it; in a cluster of two one must."""
    for nodes, shown in ((1, True), (2, False)):
        x = e.firewall()
        report = x.reports[0]
        own = tuple(p for p in report.probes if p.role is not Role.INGRESS_OTHER)
        known = s.reading(s.NOW).nodes or ()
        x = s.with_reading(replace(x, reports=(report,)), nodes=known[:nodes])
        x = replace(x, reports=(replace(x.reports[0], probes=own),))
        assert (answer(CAUSE, x) is Answer.SUPPORTED) is shown


def test_a_504_of_the_balancer_is_no_sign_of_a_block() -> None:
    """It had a connection then, and a request reached the ingress."""
    assert answer(CAUSE, e.impatient()) is Answer.REFUTED


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        (s.address(s.NODES[0]), "to any port 31695,80"),
        ("10.42.0.7", "to any port 31695 && sudo ufw route prepend allow"),
    ],
)
def test_the_rule_has_the_port_that_the_firewall_sees(address: str, rule: str) -> None:
    """kube-proxy rewrites the port first; packets to a pod's address are forwarded."""
    pod = Endpoint(address=address, port=80, ready=True, node=s.NODES[0])
    x = s.with_reading(e.firewall(), ingress_endpoints=(pod,))
    assert rule in (CAUSE.next_steps(Scene.of(x))[-1].command or "")


@pytest.mark.parametrize(
    ("target", "declared", "rule"),
    [
        (
            "https",
            (80, 443),
            "route prepend allow proto tcp from 10.0.0.5 to any port 443",
        ),
        ("8443", (80,), "to any port 8443"),
        ("https", (8080, 8443, 1024, 80), "to any port 1024,8080,8443"),
        ("https", None, "route prepend allow proto tcp from 10.0.0.5 to any"),
        ("http", (80, 443), "to any port 80"),
    ],
)
def test_the_rule_has_the_pods_port_behind_the_balancers_port(
    target: str, declared: tuple[int, ...] | None, rule: str
) -> None:
    """Agents probe the http port, and the load balancer sends TLS to the other one."""
    x = e.firewall()
    service = s.reading(s.NOW).ingress_service
    assert service
    assert x.balancer
    assert x.balancer.load_balancer
    lb = x.balancer.load_balancer
    ports = (
        ServicePort(port=80, target_port="http", name="http", node_port=31695),
        ServicePort(port=443, target_port=target, name="https", node_port=32443),
    )
    sent = tuple(replace(v, destination_port=32443) for v in lb.services)
    x = replace(
        x, balancer=replace(x.balancer, load_balancer=replace(lb, services=sent))
    )
    end = Endpoint(address="10.42.0.7", port=80, ready=True, node=s.NODES[0])
    pod = Pod(name="ingress-1", node=s.NODES[0], phase="Running", ports=declared)
    x = s.with_reading(
        x,
        ingress_endpoints=(end,),
        ingress_pods=(pod,),
        ingress_service=replace(service, ports=ports),
    )
    found = CAUSE.next_steps(Scene.of(x))[-1].command or ""
    assert found.endswith(rule)


def test_without_targets_a_firewall_is_hidden() -> None:
    """A balancer without targets opens no connection that a firewall could block."""
    (missing,) = ask(CAUSE, s.no_target()).missing
    assert missing.endswith("which is not possible now: keybuzz-lb has no targets")


def test_nodes_that_cannot_connect_either_are_counted() -> None:
    """Then it is not shown that only the load balancer cannot."""
    assert ask(CAUSE, s.ingress_gone()).missing == (
        (
            "whether something blocks only the load balancer, because 0 of 5 probes"
            " between nodes on port 31695 got a response"
        ),
    )


def test_a_request_that_waits_for_a_pod_shows_that_nodes_connect() -> None:
    """All pods hang, and only the load balancer cannot connect: both are true."""
    found = s.detailed(s.balancer(healthy=0), "layer4_timeout")
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(outside, found, *s.reports(ingress=s.HANGS, pod=s.HANGS))
    x = replace(x, balancer=e.with_targets(reading(x), use_private_ip=False))
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    also = {a.cause for a in judgement.assessments if a.answer is Answer.SUPPORTED}
    assert "pod-too-slow" in also
    dropped = s.reports(ingress=s.DROPPED, pod=s.HANGS)
    assert answer(CAUSE, replace(x, reports=dropped)) is not Answer.SUPPORTED
