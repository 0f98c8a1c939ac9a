"""Specification of the cause `ingress-without-endpoints`."""

from dataclasses import replace

from parallax.causes.ingress_without_endpoints import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.cluster import Endpoint, Pod, Service, ServicePort, Workload
from parallax.model.judgement import Answer, Assessment
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s


def assess(snapshot: Snapshot) -> Assessment:
    """Return the cause's answer."""
    return ask(CAUSE, snapshot)


def test_an_ingress_without_pods_is_named_with_what_its_pods_wait_for() -> None:
    """No ready address, no internal response, and the balancer's own page."""
    pods = (Pod(name="ingress-1", waiting_reason="ImagePullBackOff"),)
    work = (Workload(kind="DaemonSet", name="ingress", desired=5, ready=0, updated=5),)
    x = s.with_reading(s.ingress_gone(), ingress_pods=pods, ingress_workloads=work)
    judgement = judge(x)
    assessment = assess(x)
    assert judgement.cause == CAUSE.id
    assert assessment.evidence[0].endswith("has no endpoints")
    assert "ImagePullBackOff" in assessment.evidence[1]
    commands = [step.command or "" for step in judgement.next_steps]
    assert "describe daemonset ingress" in commands[0]
    assert "describe pod ingress-1" in commands[1]


def test_addresses_that_are_not_ready_count_as_none() -> None:
    """Five addresses, none ready."""
    places = tuple(Endpoint(address=f"10.42.{n}.7", ready=False) for n in range(5))
    assessment = assess(s.with_reading(s.ingress_gone(), ingress_endpoints=places))
    assert assessment.answer is Answer.SUPPORTED
    assert "0 of 5 endpoints ready" in assessment.evidence[0]


def test_one_ready_address_rules_it_out() -> None:
    """Then firewall or load balancer is at fault, not the ingress."""
    place = (Endpoint(address="10.42.0.7", ready=True),)
    assessment = assess(s.with_reading(s.ingress_gone(), ingress_endpoints=place))
    assert assessment.answer is Answer.REFUTED


def test_without_any_one_source_it_is_undetermined() -> None:
    """Endpoints unread, no internal probes, an internal response, no agents."""
    x = s.ingress_gone()
    silent = tuple(replace(r, probes=()) for r in x.reports)
    answering = s.taken(
        s.run(s.LB_503, unknown_host=s.LB_503), s.balancer(healthy=0), *s.reports()
    )
    for blind in (
        s.with_reading(x, ingress_endpoints=None, problems=("forbidden",)),
        replace(x, reports=silent),
        replace(x, reports=()),
        s.with_reading(answering, ingress_endpoints=()),
    ):
        assessment = assess(blind)
        assert assessment.answer is Answer.UNKNOWN
        assert assessment.missing


def test_ready_pods_may_be_behind_another_service() -> None:
    """Without a reading of the load balancer nobody knows which one it uses."""
    pods = (Pod(name="ingress-1", node="worker-01", phase="Running", ready=True),)
    x = s.with_reading(s.ingress_gone(), ingress_pods=pods)
    assert assess(x).answer is Answer.SUPPORTED
    unread = replace(x, balancer=None)
    assert assess(unread).answer is Answer.UNKNOWN
    gone = s.with_reading(unread, ingress_pods=())
    assert assess(gone).answer is Answer.SUPPORTED


def test_a_request_that_an_ingress_answered_contradicts() -> None:
    """The unknown-host probe got the ingress's own 404 in the same run."""
    outside = s.run(s.LB_503, unknown_host=s.INGRESS_404_BY_LB)
    x = s.taken(outside, s.balancer(healthy=0), *s.reports(ingress=s.REFUSED))
    assessment = assess(s.with_reading(x, ingress_endpoints=()))
    assert assessment.answer is Answer.UNKNOWN


def test_a_users_404_does_not_show_a_missing_ingress() -> None:
    """Users must get the load balancer's own response."""
    x = s.taken(s.run(s.POD_503), s.balancer(), *s.reports(ingress=s.REFUSED))
    assert assess(s.with_reading(x, ingress_endpoints=())).answer is Answer.UNKNOWN


def on_the_nodes(to: int = 80, **reading: object) -> Snapshot:
    """Return an ingress whose pods listen on their nodes, and has none now."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    read = s.balancer(to=to, asks=to, healthy=0)
    x = s.taken(outside, read, *s.reports())
    probed = (Role.INGRESS, Role.INGRESS_OTHER)
    reports = tuple(
        replace(r, probes=tuple(p for p in r.probes if p.role not in probed))
        for r in x.reports
    )
    work = (Workload(kind="DaemonSet", name="entry", desired=5, ready=0, updated=0),)
    whole: dict[str, object] = {
        "ingress_service": None,
        "ingress_workloads": work,
        "ingress_pods": (),
    }
    return s.with_reading(replace(x, reports=reports), **(whole | reading))


def test_without_pods_nobody_listens_on_the_nodes() -> None:
    """No agent can probe a port of the nodes that no pod has."""
    service = Service(
        namespace="edge", name="entry", ports=(ServicePort(port=80, target_port="web"),)
    )
    assert assess(on_the_nodes()).answer is Answer.SUPPORTED
    with_service = on_the_nodes(ingress_service=service, ingress_endpoints=())
    assert assess(with_service).answer is Answer.SUPPORTED
    assert assess(on_the_nodes(to=31695)).answer is Answer.UNKNOWN
    assert assess(on_the_nodes(ingress_pods=None)).answer is Answer.UNKNOWN
    ready = (Pod(name="entry-1", node="worker-01", phase="Running", ready=True),)
    assert assess(on_the_nodes(ingress_pods=ready)).answer is Answer.UNKNOWN
    assert assess(on_the_nodes(ingress_workloads=None)).answer is Answer.UNKNOWN
