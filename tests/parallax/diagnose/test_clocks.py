"""Specification of old evidence and wrong clocks: unknown, and never a wrong blame."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parallax.diagnose.judge import judge
from parallax.evidence import ingress, logs
from parallax.evidence.scene import Scene
from parallax.model.cluster import NodeReport, Pod
from parallax.model.judgement import NOT_ESTABLISHED, Difference, Hop, View
from parallax.model.probe import AT_THE_INGRESS, Role
from tests.parallax import scenarios as s

HOURS = timedelta(hours=3)


def ticking(report: NodeReport, off: timedelta) -> NodeReport:
    """Return a report of a node with a wrong clock; ingest's time is unchanged."""
    probes = tuple(replace(p, started_at=p.started_at + off) for p in report.probes)
    reading = report.reading
    if reading is not None:
        changed = reading.endpoints_changed_at
        reading = replace(
            reading,
            read_at=reading.read_at + off,
            endpoints_changed_at=changed + off if changed else None,
            pods=_started(reading.pods, off),
            ingress_pods=_started(reading.ingress_pods, off),
        )
    read_at = report.log_read_at
    return replace(
        report,
        sent_at=report.sent_at + off,
        probes=probes,
        reading=reading,
        log_read_at=read_at + off if read_at else None,
    )


def _started(pods: tuple[Pod, ...] | None, off: timedelta) -> tuple[Pod, ...] | None:
    """Return pods with start times of the same clock."""
    return pods and tuple(
        replace(p, started_at=p.started_at + off if p.started_at else None)
        for p in pods
    )


def aged(report: NodeReport, by: timedelta) -> NodeReport:
    """Return a report that was sent and received this long ago."""
    received = report.received_at or report.sent_at
    return replace(ticking(report, -by), received_at=received - by)


@pytest.mark.parametrize("off", [HOURS, -HOURS], ids=["ahead", "behind"])
@pytest.mark.parametrize("cause", s.FAULTS)
def test_a_nodes_clock_changes_no_judgement(cause: str, off: timedelta) -> None:
    """Its instants are converted by the difference to ingest's clock."""
    x = s.FAULTS[cause]()
    skewed = replace(x, reports=tuple(ticking(r, off) for r in x.reports))
    assert judge(skewed).cause == judge(x).cause
    assert logs.followed_nodes(Scene.of(skewed)) == logs.followed_nodes(Scene.of(x))


@pytest.mark.parametrize("cause", s.FAULTS)
def test_silent_agents_lead_to_no_other_cause(cause: str) -> None:
    """Reports older than the agent's limit prove nothing about the present."""
    x = s.FAULTS[cause]()
    old = replace(x, reports=tuple(aged(r, timedelta(minutes=5)) for r in x.reports))
    judgement = judge(old)
    assert judgement.cause in {cause, NOT_ESTABLISHED}
    assert judgement.symptom.internal is View.UNKNOWN


@pytest.mark.parametrize("cause", s.FAULTS)
def test_a_report_that_waited_in_a_buffer_keeps_its_age(cause: str) -> None:
    """Sent and received now, measured before the failure began."""
    x = s.FAULTS[cause]()
    before = s.SINCE - s.MINUTE

    def waited(report: NodeReport) -> NodeReport:
        probes = tuple(replace(p, started_at=before) for p in report.probes)
        reading = report.reading and replace(report.reading, read_at=before)
        return replace(report, probes=probes, reading=reading, log_read_at=before)

    late = replace(x, reports=tuple(waited(r) for r in x.reports), sightings=())
    judgement = judge(late)
    assert judgement.cause in {cause, NOT_ESTABLISHED}
    assert logs.followed_nodes(Scene.of(late)) == ()
    assert not judgement.complete


def test_a_log_that_is_not_read_any_more_is_not_reported_as_empty() -> None:
    """A count of our requests needs a log that was read recently."""
    x = s.wrong_port()
    stuck = tuple(replace(r, log_read_at=s.SINCE - s.MINUTE) for r in x.reports)
    sentences = [h.seen for h in judge(x).path if h.hop is Hop.INGRESS]
    assert "its access log contains none of the external requests" in sentences[0]
    sentences = [
        h.seen for h in judge(replace(x, reports=stuck)).path if h.hop is Hop.INGRESS
    ]
    assert "access log" not in sentences[0]


def test_a_missing_proxy_header_breaks_only_the_probe() -> None:
    """Users are served: no component is blamed, and the inside is healthy."""
    run = s.run(s.OK, investigated=False)
    x = s.taken(run, s.balancer(), *s.reports(ingress=s.CLOSED))
    judgement = judge(
        s.with_reading(x, ingress_config=(("use-proxy-protocol", "true"),))
    )
    assert judgement.cause == "none"
    assert judgement.symptom.difference is Difference.NONE


@pytest.mark.parametrize("config", [(("use-proxy-protocol", "true"),), None])
def test_a_missing_proxy_header_is_no_evidence_against_the_backend(
    config: tuple[tuple[str, str], ...] | None,
) -> None:
    """Users fail: the ingress's response to a wrong request proves nothing."""
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(run, s.balancer(healthy=0), *s.reports(ingress=s.CLOSED))
    x = s.with_reading(x, ingress_config=config)
    judgement = judge(x)
    assert judgement.symptom.difference is not Difference.BOTH
    assert judgement.class_ is None or judgement.class_.value != "backend"


def test_a_probe_with_the_expected_proxy_header_counts() -> None:
    """The agent sent it, so the response is evidence."""
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(run, s.balancer(healthy=0), *s.reports())
    x = s.with_reading(x, ingress_config=(("use-proxy-protocol", "true"),))
    lined = tuple(
        replace(
            r,
            probes=tuple(
                replace(p, proxy_protocol=p.role in AT_THE_INGRESS) for p in r.probes
            ),
        )
        for r in x.reports
    )
    assert ingress.correctly_addressed(Scene.of(x)) == ()
    assert len(ingress.correctly_addressed(Scene.of(replace(x, reports=lined)))) == 10


def test_a_nodes_own_probe_proves_nothing_about_the_balancers_route() -> None:
    """Policy Local or UFW: the node reaches itself, and the balancer does not."""
    x = s.no_healthy_target()
    own = tuple(
        replace(
            r,
            probes=tuple(p for p in r.probes if p.role is not Role.INGRESS_OTHER),
        )
        for r in x.reports
    )
    assert judge(replace(x, reports=own)).cause == NOT_ESTABLISHED


@pytest.mark.parametrize("cause", s.FAULTS)
def test_evidence_from_the_future_does_not_count(cause: str) -> None:
    """The clock of a reading or a node is ahead, and was not converted."""
    x = s.FAULTS[cause]()
    ahead = timedelta(minutes=10)
    reading = x.balancer and replace(x.balancer, read_at=x.balancer.read_at + ahead)
    reports = tuple(replace(ticking(r, ahead), received_at=None) for r in x.reports)
    for odd in (replace(x, balancer=reading), replace(x, reports=reports)):
        assert judge(odd).cause in {cause, NOT_ESTABLISHED}


def test_evidence_from_the_future_alone_blames_nothing() -> None:
    """Such readings are dropped before judging."""
    x = s.wrong_port()
    assert x.balancer
    late = replace(x.balancer, read_at=x.taken_at + timedelta(minutes=10))
    assert judge(replace(x, balancer=late)).cause == NOT_ESTABLISHED
    gone = s.pods_not_ready()
    reports = tuple(
        replace(ticking(r, timedelta(minutes=10)), received_at=None)
        for r in gone.reports
    )
    assert judge(gone).cause == "pods-not-ready"
    assert judge(replace(gone, reports=reports)).cause == NOT_ESTABLISHED
