"""Specification of the first step without a cause: `parallax.diagnose.leads`."""

from dataclasses import replace

from parallax.diagnose.judge import judge
from parallax.diagnose.leads import leads
from parallax.evidence.scene import Scene
from parallax.model.judgement import NOT_ESTABLISHED, NextStep
from parallax.model.probe import ErrorType
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s


def first(snapshot: Snapshot) -> NextStep:
    """Return the first step of a failure whose cause is not established."""
    judgement = judge(snapshot)
    assert judgement.cause == NOT_ESTABLISHED
    return judgement.next_steps[0]


def test_a_foreign_address_leads_to_its_owner() -> None:
    """It may be a proxy: no step sets the record past it."""
    outside = e.led_to(e.OLD, s.run(e.OLD_SERVER, direct=s.OK))
    x = s.taken(e.resolved(outside, e.OLD, e.OLD), s.balancer(), *s.reports())
    step = first(x)
    assert step.text.startswith("The name leads to 198.51.100.7, which responds 503")
    assert "not an address of keybuzz-lb (203.0.113.20)" in step.text
    assert "keybuzz-lb succeed, so it and all behind it work" in step.text
    assert "set the records" not in step.text
    assert (step.command or "").endswith("grep -F 198.51.100.7")


def test_a_foreign_address_without_a_response_is_named_too() -> None:
    """A dead proxy and a dead old server look the same."""
    outside = e.led_to(e.OLD, s.run(s.DROPPED, direct=s.OK))
    x = s.taken(e.resolved(outside, e.OLD, e.OLD), s.balancer(), *s.reports())
    assert "198.51.100.7, which does not respond (timeout)" in first(x).text


def test_an_unresolved_name_leads_from_the_root() -> None:
    """One resolver alone shows no cause."""
    step = first(e.unnamed("servfail", zone="timeout"))
    assert "11 of 11 requests got no address of platform-api.keybuzz.io" in step.text
    assert "1 of 1 resolvers respond servfail" in step.text
    assert (step.command or "").startswith("dig +trace platform-api.keybuzz.io A")


def test_a_handshake_leads_to_the_certificate_of_whoever_ends_tls() -> None:
    """The CDN, the balancer's tcp service, another machine."""
    x = e.expired_at_balancer()
    assert x.run
    cdn = replace(x, target=e.CDN, run=e.led_to(e.OLD, x.run))
    assert "the machine at this address ends TLS" in first(cdn).text
    assert "openssl s_client -connect 198.51.100.7:443" in (first(cdn).command or "")
    bare = e.lost(x.run, certificate=None, error_detail="wrong version number")
    tcp = e.with_services(s.balancer(), protocol="tcp")
    step = first(replace(x, run=bare, balancer=tcp))
    assert "(wrong version number); keybuzz-lb passes TLS on" in step.text


def test_a_monitor_without_a_connection_may_be_alone() -> None:
    """A firewall may drop only its address, and users may be served."""
    x = s.taken(s.run(s.DROPPED, unknown_host=s.DROPPED), s.balancer(), *s.reports())
    step = first(x)
    assert "to 203.0.113.20 got timeout, while the cluster's agents still report" in (
        step.text
    )
    assert "users may be served" in step.text
    assert "platform-api.keybuzz.io" in (step.command or "")


def test_a_rejection_of_another_hop_may_concern_the_monitor_alone() -> None:
    """A 403 of a machine that nobody declared."""
    x = e.cdn_rejects()
    assert x.run
    probes = tuple(
        replace(p, headers=()) if p.status_code == e.FORBIDDEN else p
        for p in x.run.probes
    )
    own = replace(x.run, probes=probes)
    own = replace(x, target=s.TARGET, run=e.led_to(e.OWN, own))
    assert "403" in first(own).text


def test_there_is_no_lead_without_a_failure_or_for_a_balancers_page() -> None:
    """The steps of the balancer come first then."""
    assert leads(Scene.of(s.healthy())) == ()
    assert leads(Scene.of(s.no_target())) == ()
    lone = s.taken(s.run(s.HANGS), s.balancer(), *s.reports())
    assert leads(Scene.of(lone)) == ()
    assert lone.run
    assert lone.run.first.error_type is ErrorType.TIMEOUT
