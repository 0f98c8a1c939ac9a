"""Specification of `lb-targets-not-the-ingress-nodes`."""

from dataclasses import replace

import pytest

from parallax.causes.lb_targets_not_the_ingress_nodes import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.balancer import BalancerReading
from parallax.model.cluster import Node
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def reading(snapshot: Snapshot) -> BalancerReading:
    """Return the snapshot's balancer reading."""
    assert snapshot.balancer
    return snapshot.balancer


def local(*pods_on: str) -> Snapshot:
    """Return unhealthy targets under policy Local, ingress pods on some nodes."""
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    return e.with_policy(
        s.taken(run, s.balancer(healthy=0), *s.reports()), "Local", *pods_on
    )


def test_the_evidence_names_servers_that_are_not_nodes() -> None:
    """And the nodes that should be there, in the command."""
    x = e.foreign_targets()
    evidence = ask(CAUSE, x).evidence
    assert (
        evidence[0] == "5 of 5 targets are not nodes of the cluster (db-0, db-1, db-2)"
    )
    add, remove = judge(x).next_steps
    assert add.command == (
        "for node in worker-01 worker-02 worker-03 worker-04 worker-05; do hcloud"
        ' load-balancer add-target keybuzz-lb --server "$node" --use-private-ip; done'
    )
    assert (remove.command or "").startswith(
        "hcloud load-balancer remove-target keybuzz-lb --server db-0 && hcloud"
    )


def test_pods_on_other_nodes_than_the_targets_under_policy_local() -> None:
    """The policy can be changed, or the targets."""
    x = local("master-01")
    workers = [Node(name=n, internal_ip=s.address(n)) for n in s.NODES]
    nodes = (*workers, Node(name="master-01", internal_ip="10.0.0.100"))
    x = s.with_reading(x, nodes=nodes)
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    assert (
        "none of 5 targets (worker-01, worker-02, worker-03) runs"
        in ask(CAUSE, x).evidence[0]
    )
    add, policy = judgement.next_steps
    assert "for node in master-01; do" in (add.command or "")
    assert '"externalTrafficPolicy":"Cluster"' in (policy.command or "")


def test_one_target_that_runs_the_ingress_refutes_it() -> None:
    """What fails then fails for another reason."""
    assert answer(CAUSE, local(s.NODES[4])) is Answer.REFUTED


def test_policy_local_without_a_reading_of_pods_is_undetermined() -> None:
    """The ingress's nodes were not read; all other causes stay open too."""
    x = s.with_reading(local(s.NODES[4]), ingress_endpoints=None)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


@pytest.mark.parametrize(
    "known",
    [
        {"server_id": 10001},
        {"ip": "10.0.0.110"},
        {"server_name": "worker-01"},
    ],
    ids=["machine", "address", "name"],
)
def test_a_node_is_matched_by_provider_id_address_or_name(
    known: dict[str, object],
) -> None:
    """Any of the three makes a target a node."""
    x = e.foreign_targets()
    found = e.with_targets(reading(x), **known)
    assert answer(CAUSE, replace(x, balancer=found)) is Answer.REFUTED


@pytest.mark.parametrize(
    "target",
    [
        {"server_id": None, "ip": None},
        {"server_id": None, "use_private_ip": False, "ip": "203.0.113.77"},
        {"server_id": None, "server_name": None, "type": "ip", "ip": "8.8.4.4"},
    ],
    ids=["nothing known", "public address", "dedicated server"],
)
def test_a_target_that_may_be_a_node_is_left_open(target: dict[str, object]) -> None:
    """The nodes' public addresses are not known here."""
    x = e.foreign_targets()
    found = e.with_targets(reading(x), **target)
    x = replace(x, balancer=found)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


@pytest.mark.parametrize("page", ["nginx/503_return", s.INGRESS_503_BY_LB, s.POD_503])
def test_another_machine_that_answers_is_blamed_only_on_live_logs(page: str) -> None:
    """Its own page, or another cluster's; nothing of ours in any ingress log."""
    x = e.foreign_targets()
    run = s.run(page, unknown_host=page)
    green = e.with_targets(reading(x), health_status=())
    x = replace(x, run=run, balancer=green)
    assert judge(x).cause == CAUSE.id
    dumb = tuple(replace(r, log_read_at=None) for r in x.reports)
    assert answer(CAUSE, replace(x, reports=dumb)) is Answer.UNKNOWN


def test_a_request_that_reached_the_ingress_contradicts() -> None:
    """By configuration no request can arrive, so a reading is wrong."""
    x = e.foreign_targets()
    assert x.run
    x = replace(x, sightings=s.seen(x.run, None))
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


def test_an_empty_balancer_has_no_foreign_target() -> None:
    """Which targets it would have is hidden. Without agents no node is read."""
    assert answer(CAUSE, s.no_target()) is Answer.UNKNOWN
    blind = replace(e.foreign_targets(), reports=())
    assert answer(CAUSE, blind) is Answer.UNKNOWN


def test_a_part_of_the_nodes_excludes_no_target() -> None:
    """A large cluster's reading holds only those of the target's path."""
    x = s.with_reading(e.foreign_targets(), partial=("nodes",))
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


def test_an_address_proves_something_only_in_the_nodes_subnet() -> None:
    """A node may have another address in another private network."""
    x = s.with_reading(
        e.foreign_targets(), nodes=s.reading(s.NOW).nodes
    )  # no machine ids
    assert answer(CAUSE, x) is Answer.SUPPORTED
    away = e.with_targets(reading(x), ip="10.1.0.110", server_name=None)
    assert answer(CAUSE, replace(x, balancer=away)) is Answer.UNKNOWN
    named = e.with_targets(away, server_name="db-1")
    assert answer(CAUSE, replace(x, balancer=named)) is Answer.SUPPORTED
    by_address = e.with_targets(away, type="ip", server_id=None)
    assert answer(CAUSE, replace(x, balancer=by_address)) is Answer.SUPPORTED


def test_a_public_address_proves_something_if_all_nodes_have_one() -> None:
    """Servers have one each."""
    public = tuple(
        replace(n, external_ip=f"203.0.113.{n.name[-1]}")
        for n in s.reading(s.NOW).nodes or ()
    )
    x = s.with_reading(e.foreign_targets(), nodes=public)
    found = e.with_targets(reading(x), use_private_ip=False, ip="203.0.113.77")
    assert answer(CAUSE, replace(x, balancer=found)) is Answer.SUPPORTED


def test_any_node_as_target_refutes_it_under_policy_cluster() -> None:
    """Being a node is enough there, and the evidence states why."""
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(run, s.balancer(healthy=0), *s.reports())
    assert ask(CAUSE, e.with_policy(x, "Cluster", s.NODES[0])).evidence == (
        (
            "5 of 5 targets are nodes of the cluster (e.g. worker-01); with"
            " externalTrafficPolicy Cluster every node forwards requests"
        ),
    )
