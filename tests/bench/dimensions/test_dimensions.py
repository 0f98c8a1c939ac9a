"""Specification of accuracy along one dimension: `bench.dimensions`."""

from dataclasses import replace
from itertools import islice

import pytest

from bench.accuracy.platform.shapes import SHAPES, Shape
from bench.dimensions.drawn import drawn
from bench.dimensions.pairs import Pair, pairs
from bench.dimensions.topologies import cases_of
from faults import INJECTIONS
from parallax.diagnose.judge import judge
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot

POLICY = "network-policy-blocks-ingress"
BY_ID = {shape.id: shape for shape in SHAPES}


def snapshot(shape: str, fault: str = "pods-not-ready") -> Snapshot:
    """Return one case of a topology."""
    case = drawn(f"test/{shape}", BY_ID[shape], (INJECTIONS[fault],))
    assert case is not None
    return case.snapshot


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.id)
def test_each_topology_has_cases(shape: Shape) -> None:
    """Its healthy platform serves users, so that a fault is what fails them."""
    assert len(list(islice(cases_of(shape, 1), 5))) == 5


def test_a_topology_shows_what_the_agent_reads_in_it() -> None:
    """A port of the nodes has no Service, but is probed; Cilium's has no endpoint."""
    host = snapshot("host-port")
    x = host.cluster
    assert x
    assert x.ingress_service is None
    assert {p.peer_port for p in host.inside(Role.INGRESS)} <= {80, 443}
    assert x.ingress_pods
    x = snapshot("cilium").cluster
    assert x
    assert x.ingress_endpoints is None
    assert x.ingress_config == (("use-proxy-protocol", "false"),)
    x = snapshot("own-service").cluster
    assert x
    assert x.service
    assert x.service.type == "LoadBalancer"
    assert x.ingress_name is None


def test_a_row_of_traefik_shows_what_the_agent_reads_of_it() -> None:
    """Its IngressRoutes, and the arguments of its entry points; or that it may not."""
    x = snapshot("ingress-route").cluster
    assert x
    assert x.ingress_name
    assert x.unread_kinds == ()
    assert dict(x.ingress_config or ()) == {"use-proxy-protocol": "false"}
    x = snapshot("ingress-route-unread").cluster
    assert x
    assert x.ingress_name is None
    assert x.unread_kinds == ("Traefik's IngressRoutes",)
    x = snapshot("entry-point-tls-unread").cluster
    assert x
    assert x.ingress_config is None


def test_agents_probe_the_entry_point_that_ends_tls() -> None:
    """Its arguments say so; without them the plain port is probed."""

    def ports(shape: str) -> tuple[set[int | None], int | None]:
        x = snapshot(shape)
        probes = [p for r in x.reports for p in r.probes if p.role is Role.INGRESS]
        found = x.load_balancer and x.load_balancer.service_for(443)
        return {p.peer_port for p in probes}, found and found.destination_port

    probed, to = ports("entry-point-tls")
    assert probed == {to}
    probed, to = ports("entry-point-tls-unread")
    assert to not in probed


@pytest.mark.parametrize(
    ("shape", "evidence"),
    [("own-service", "complete"), ("own-service-alone", "partial")],
)
def test_only_other_pods_tell_a_policy_from_a_broken_network(
    shape: str, evidence: str
) -> None:
    """An ingress beside the app's own Service has such pods, and so has cluster DNS.

    DNS pods run on two nodes only, so a cause is not owed where there is no ingress.
    """
    case = drawn("test/policy", BY_ID[shape], (INJECTIONS[POLICY],))
    assert case is not None
    assert case.label.evidence == evidence
    x = case.snapshot
    assert judge(x).cause == POLICY
    without = tuple(
        replace(r, probes=tuple(p for p in r.probes if p.role is not Role.OTHER_POD))
        for r in x.reports
    )
    named = {"complete": POLICY, "partial": NOT_ESTABLISHED}
    assert judge(replace(x, reports=without)).cause == named[evidence]


def test_a_case_is_the_same_each_time() -> None:
    """It follows from its id alone."""
    assert snapshot("service-lb") == snapshot("service-lb")


def pair(found: set[str], consequences: set[str] | None = None) -> Pair:
    """Return a pair of two injected causes and what was found."""
    return Pair(
        id="pair/0",
        injected=("outer", "inner"),
        named="outer",
        found=frozenset(found),
        consequences=frozenset(consequences or set()),
        accepted=(frozenset({"outer", "its-other-name"}), frozenset({"inner"})),
    )


@pytest.mark.parametrize(
    ("found", "consequences", "exact"),
    [
        ({"outer", "inner"}, set[str](), True),
        ({"its-other-name", "inner"}, set[str](), True),
        ({"outer"}, {"inner"}, True),
        ({"outer"}, set[str](), False),
        ({"outer", "inner", "third"}, set[str](), False),
        ({"outer", "inner"}, {"third"}, True),
    ],
)
def test_a_pair_is_exact_if_both_and_no_third_are_found(
    found: set[str], consequences: set[str], exact: object
) -> None:
    """A consequence does not count as a third cause, but may be one of the two."""
    assert pair(found, consequences).exact is exact


def test_most_pairs_are_found_exactly() -> None:
    """The first pairs of the bench; docs/accuracy-topologies.md has all of them."""
    first = list(pairs(20))
    assert len(first) == 20
    assert sum(p.exact for p in first) >= 18
    assert not [p.id for p in first if p.extra]


def test_an_outdated_name_before_another_fault_is_found_too() -> None:
    """The named cause is behind the name, and the name is also true."""
    outdated = [p for p in pairs(60) if p.injected[0] == "dns-stale-address"]
    assert [p for p in outdated if p.exact and p.named != "dns-stale-address"]
