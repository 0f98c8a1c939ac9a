"""Specification of the cause `network-policy-blocks-ingress`."""

from dataclasses import replace

import pytest

from parallax.causes.network_policy_blocks_ingress import CAUSE
from parallax.causes.overlay_between_nodes_broken import CAUSE as OVERLAY
from parallax.causes.undo import after_saving
from parallax.diagnose.judge import ask, judge
from parallax.model.cluster import Pod, Service, ServicePort
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Hop
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import nodes as n
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def test_an_app_that_only_its_own_nodes_reach_is_named() -> None:
    """Other pods accept connections over the same network: no overlay is broken."""
    judgement = judge(n.isolated())
    assert (judgement.cause, judgement.hop) == (CAUSE.id, Hop.OVERLAY)
    assert answer(OVERLAY, n.isolated()) is Answer.REFUTED
    assert ask(CAUSE, n.isolated()).evidence == (
        "5 of 5 probes of pods on other nodes could not connect (timeout)",
        "5 of 5 probes of pods from their own nodes succeeded",
        (
            "other pods accept connections over the same network, e.g. from worker-01"
            " to worker-02 and 4 more pairs, so the network works"
        ),
        (
            "ingress log: the ingress on worker-01 got no response from"
            " 10.0.0.111:8080 on worker-02 (504)"
        ),
    )
    look, allow, rules = judgement.next_steps
    assert look.command == "kubectl -n keybuzz describe networkpolicy"
    assert "kubernetes.io/metadata.name: keybuzz" in allow.text
    assert allow.command == after_saving(
        "kubectl -n keybuzz", "networkpolicy", "edit networkpolicy"
    )
    assert rules.command == "sudo nft list ruleset | grep -nw 8080"


def test_a_policy_and_a_broken_network_look_alike_without_other_pods() -> None:
    """Neither is named; the mail states what was seen, and how to decide."""
    judgement = judge(n.one_app_cut_off())
    assert judgement.cause == NOT_ESTABLISHED
    assert answer(CAUSE, n.one_app_cut_off()) is Answer.UNKNOWN
    assert answer(OVERLAY, n.one_app_cut_off()) is Answer.UNKNOWN
    assert judgement.lead
    assert {c.cause for c in judgement.lead.candidates} == {CAUSE.id, OVERLAY.id}
    assert "describe networkpolicy" in (judgement.next_steps[0].command or "")


@pytest.mark.parametrize("page", [s.CLOSED, s.OK])
@pytest.mark.parametrize("port", [53, 8181])
def test_pods_of_the_cluster_that_respond_show_a_policy(page: str, port: int) -> None:
    """The network carries requests to another pod on the same nodes."""
    x = n.to_cluster_pods(n.one_app_cut_off(), page, port=port)
    assert judge(x).cause == CAUSE.id
    assert answer(OVERLAY, x) is not Answer.SUPPORTED


def test_cluster_dns_that_is_cut_off_too_shows_a_broken_network() -> None:
    """Every node may use cluster DNS, so no policy keeps the nodes out."""
    x = n.to_cluster_pods(n.one_app_cut_off(), s.DROPPED)
    assert judge(x).cause == OVERLAY.id
    assert answer(CAUSE, x) is not Answer.SUPPORTED
    assert any(
        "20 of 20 probes of other apps' pods on other nodes could not connect either"
        in text
        for text in ask(OVERLAY, x).evidence
    )


def test_another_pod_of_the_cluster_that_is_cut_off_shows_nothing() -> None:
    """It may have a policy of its own, as in a hardened cluster."""
    x = n.to_cluster_pods(n.one_app_cut_off(), s.DROPPED, port=8181)
    assert judge(x).cause == NOT_ESTABLISHED


def near(x: Snapshot, ip: str) -> Snapshot:
    """Return the snapshot with log lines of an ingress pod on the pod's own node."""
    lines = tuple(
        replace(v, upstream_address="10.0.0.110:8080", pod="ingress-1")
        for v in x.sightings
    )
    pods = (Pod(name="ingress-1", node=s.NODES[0], ip=ip, ready=True),)
    return s.with_reading(replace(x, sightings=lines), ingress_pods=pods)


def test_an_ingress_pod_that_fails_on_the_pods_own_node_shows_it() -> None:
    """No overlay is between the two; a pod with hostNetwork would be let in."""
    assert answer(CAUSE, near(n.one_app_cut_off(), "10.42.0.7")) is Answer.SUPPORTED
    assert answer(CAUSE, near(n.one_app_cut_off(), "10.1.0.0")) is Answer.UNKNOWN


def test_other_pods_that_are_cut_off_too_are_a_broken_network() -> None:
    """A policy of one app does not concern the ingress's own pods."""
    x = n.to_other_pods(n.one_app_cut_off(), s.DROPPED)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == OVERLAY.id


def test_pods_with_hostnetwork_have_no_policy() -> None:
    """Kubernetes applies none to them; then it is a firewall of the nodes."""
    assert answer(CAUSE, s.cut_off()) is Answer.REFUTED


def test_pods_that_every_node_reaches_rule_it_out() -> None:
    """Or those that nobody reaches leave it open."""
    x = n.isolated()
    assert x.run
    well = s.taken(x.run, s.balancer(), *s.reports(ingress=s.INGRESS_504))
    assert answer(CAUSE, well) is Answer.REFUTED
    bad = s.taken(x.run, s.balancer(), *s.reports(pod=s.REFUSED, other_pod=s.DROPPED))
    assert answer(CAUSE, bad) is Answer.UNKNOWN


def test_a_policy_on_some_pods_leaves_the_others_open() -> None:
    """Two of five pods are isolated; requests end at these."""
    some = {s.NODES[1], s.NODES[2]}
    x = n.to_other_pods(n.one_app_cut_off(), s.INGRESS_504)
    opened = n.changed(
        x,
        lambda p: (
            replace(p, error_type=None, error_phase=None, status_code=200, healthy=True)
            if p.role.value == "pod" and p.peer_node not in some
            else p
        ),
    )
    assert answer(CAUSE, opened) is Answer.SUPPORTED
    elsewhere = tuple(
        replace(v, upstream_address="10.0.0.113:8080") for v in opened.sightings
    )
    assert answer(CAUSE, replace(opened, sightings=elsewhere)) is Answer.UNKNOWN


def before_own_service(x: Snapshot) -> Snapshot:
    """Return the snapshot with the app's own Service as the way in, also cut off."""
    own = Service(
        namespace="keybuzz",
        name="web",
        type="LoadBalancer",
        ports=(ServicePort(port=80, target_port="http", node_port=30080),),
    )
    x = s.with_reading(x, service=own, ingress_name=None, ingress_hosts=())
    roles = {Role.INGRESS: Role.NODEPORT_OWN, Role.INGRESS_OTHER: Role.NODEPORT_OTHER}

    def moved(one: Probe) -> Probe | None:
        if one.role not in roles:
            return None if one.role in roles.values() else one
        here = replace(one, role=roles[one.role], peer_port=30080)
        return here if one.role is Role.INGRESS else n.lost(here)

    x = n.changed(x, moved)
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    read = s.balancer(healthy=0, to=30080, asks=30080)
    fresh = s.taken(run, read, *x.reports)
    return replace(fresh, sightings=())


def test_before_an_own_service_other_pods_decide_between_policy_and_network() -> None:
    """Its NodePort leads to the same pods, so it shows nothing about the network."""
    alone = before_own_service(n.one_app_cut_off())
    assert judge(alone).cause == NOT_ESTABLISHED
    assert answer(OVERLAY, alone) is Answer.UNKNOWN
    policy = judge(before_own_service(n.isolated()))
    assert policy.cause == CAUSE.id
    assert "ipBlock" in policy.next_steps[1].text
    network = before_own_service(n.to_other_pods(n.one_app_cut_off(), s.DROPPED))
    assert judge(network).cause == OVERLAY.id
