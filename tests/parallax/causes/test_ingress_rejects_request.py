"""Specification of the cause `ingress-rejects-request`."""

from dataclasses import replace

import pytest

from parallax.causes.ingress_rejects_request import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

REASONS = {401: "Authorization Required", 403: "Forbidden", 429: "Too Many Requests"}


def turned_away(status: int) -> Snapshot:
    """Return users who get nginx's own page with a status and no upstream."""
    x = s.rejected()
    assert x.run
    page = (
        f"<html>\r\n<head><title>{status} {REASONS[status]}</title></head>\r\n<body>"
        f"\r\n<center><h1>{status} {REASONS[status]}</h1></center>\r\n"
        "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    probes = tuple(
        replace(p, status_code=status, reason=REASONS[status], body=page)
        if not p.healthy and p.status_code != 404
        else p
        for p in x.run.probes
    )
    outside = replace(x.run, probes=probes)
    lines = s.seen(outside, None, status=status)
    bare = s.with_reading(x, ingress_annotations=())
    return replace(bare, run=outside, sightings=lines)


def test_a_rate_limit_is_named_with_its_annotation() -> None:
    """503 of the ingress without an upstream, endpoints ready, limit-rps set."""
    judgement = judge(s.rejected())
    assessment = ask(CAUSE, s.rejected())
    assert judgement.cause == CAUSE.id
    assert assessment.evidence[0] == (
        "the ingress log contains 11 of 11 failing requests; the ingress itself"
        " responded 503 to all of them and sent them to no pod"
    )
    assert "limit-rps: 1" in assessment.evidence[1]
    command = judgement.next_steps[0].command
    assert command == "kubectl -n keybuzz describe ingress keybuzz-api"


def test_a_503_without_a_limit_that_was_read_names_no_cause() -> None:
    """A denied location and a limit look the same."""
    x = s.with_reading(s.rejected(), ingress_annotations=())
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


def test_the_controllers_own_limit_counts_too() -> None:
    """Lists can stand in the ConfigMap."""
    config = (("whitelist-source-range", "10.0.0.0/8"),)
    x = s.with_reading(s.rejected(), ingress_annotations=(), ingress_config=config)
    assert answer(CAUSE, x) is Answer.SUPPORTED


@pytest.mark.parametrize("status", REASONS)
def test_a_refusal_by_its_own_status_needs_no_annotation(status: int) -> None:
    """401, 403 and 429 of the ingress without an upstream are rejections."""
    assert judge(turned_away(status)).cause == CAUSE.id


def test_an_app_that_responds_403_is_not_the_ingress() -> None:
    """The log has a pod's address."""
    x = turned_away(403)
    assert x.run
    lines = s.seen(x.run, 403, status=403)
    assert answer(CAUSE, replace(x, sightings=lines)) is Answer.REFUTED


def test_without_any_one_source_it_is_undetermined() -> None:
    """No log, no cluster reading, stale endpoints."""
    x = s.rejected()
    for blind in (
        replace(x, sightings=()),
        replace(x, reports=()),
        s.with_reading(x, endpoints=None),
    ):
        assert answer(CAUSE, blind) is Answer.UNKNOWN
        assert judge(blind).cause == NOT_ESTABLISHED


def test_an_empty_service_hides_it() -> None:
    """Then the ingress responds 503 without an upstream, with or without a rule."""
    (missing,) = ask(CAUSE, s.without_endpoints()).missing
    assert missing.endswith(
        "not possible now: Service keybuzz/keybuzz-api has no endpoints"
    )


def test_a_page_of_one_replica_only_is_no_rule() -> None:
    """A list applies to all replicas, but the others accept the same request."""
    listed = (("nginx.ingress.kubernetes.io/whitelist-source-range", "10.0.0.0/8"),)
    x = s.with_reading(s.rejected(), ingress_annotations=listed)
    assert answer(CAUSE, x) is Answer.SUPPORTED
    assert answer(CAUSE, s.asked_one_by_one(x, s.INGRESS_503, s.OK)) is Answer.UNKNOWN


def test_a_limit_is_counted_by_each_replica() -> None:
    """One replica may have reached its limit, another not."""
    x = s.asked_one_by_one(s.rejected(), s.INGRESS_503, s.OK)
    assert answer(CAUSE, x) is Answer.SUPPORTED


def test_requests_that_never_arrived_hide_it() -> None:
    """The load balancer responded itself, or no request got a connection."""
    (missing,) = ask(CAUSE, s.no_healthy_target()).missing
    own = "the load balancer itself wrote all 11 failing responses"
    assert missing.endswith(f"which is not possible now: {own}")
    refused = replace(s.no_healthy_target(), run=s.run(s.REFUSED))
    (missing,) = ask(CAUSE, refused).missing
    assert missing.endswith("requests got a connection (connection refused)")


def test_requests_that_were_sent_to_an_upstream_were_not_rejected() -> None:
    """Most of them in the log are enough; half of them are not."""
    x = s.pod_error()
    assert ask(CAUSE, replace(x, sightings=x.sightings[:6])).evidence == (
        (
            "the ingress log contains 6 of 11 failing requests; the ingress rejected"
            " no logged failing request; it sent each to a backend"
        ),
    )
    assert answer(CAUSE, replace(x, sightings=x.sightings[:5])) is Answer.UNKNOWN


def test_a_log_without_the_requests_rules_it_out_only_if_it_has_others() -> None:
    """A controller that does not log request ids has no line of any of them."""
    x = e.cdn_alone()
    assert x.run
    direct = next(p for p in x.run.probes if p.role is Role.DIRECT)
    logged = replace(s.seen(x.run, 200, status=200)[0], request_id=direct.request_id)
    assert answer(CAUSE, replace(x, sightings=(logged,))) is Answer.REFUTED
    assert answer(CAUSE, replace(x, sightings=())) is Answer.UNKNOWN


def test_what_another_hop_sent_is_no_rejection() -> None:
    """A cache's stored responses, and another machine's; a 400 hides the rules."""
    x = s.cache_replays()
    assert ask(CAUSE, replace(x, sightings=())).evidence == (
        "all 11 failing responses are stored ones, sent by a cache",
    )
    assert ask(CAUSE, e.split_name()).evidence == (
        "all 11 failing requests went to 198.51.100.7, not to this ingress",
    )
    (malformed,) = ask(CAUSE, e.proxy_of_balancer()).missing
    assert malformed.endswith("itself responded 400, before it applied any rule")
