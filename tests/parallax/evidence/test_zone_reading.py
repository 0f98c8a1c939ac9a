"""Specification of a zone at Hetzner as evidence: `evidence.zone_reading`."""

from dataclasses import replace

from parallax.causes import dns_name_gone, dns_stale_address, dns_zone_broken
from parallax.diagnose.judge import ask, judge
from parallax.evidence import zone_reading
from parallax.evidence.scene import Scene
from parallax.model.judgement import Answer
from parallax.model.snapshot import Snapshot
from parallax.model.zone import RecordSet, Zone
from tests.parallax import edge as e
from tests.parallax import scenarios as s

WELL = Zone(
    name="keybuzz.io",
    status="ok",
    mode="primary",
    delegation_status="valid",
    delegated=("hydrogen.ns.hetzner.com.",),
    record_sets=(),
)


def at_hetzner(snapshot: Snapshot, found: Zone) -> Snapshot:
    """Return the snapshot with the zone in the balancer's reading."""
    assert snapshot.balancer
    return replace(snapshot, balancer=replace(snapshot.balancer, zone=found))


def test_a_missing_record_confirms_that_the_name_is_gone() -> None:
    """The evidence has the zone's state; the first step lists its record sets."""
    x = at_hetzner(e.no_name(), WELL)
    assert ask(dns_name_gone.CAUSE, x).evidence[2:] == (
        "Hetzner has the zone keybuzz.io: status ok, delegation valid",
        (
            "the zone at Hetzner has no A, AAAA or CNAME record for"
            " platform-api.keybuzz.io"
        ),
    )
    assert judge(x).next_steps[0].command == "hcloud zone rrset list keybuzz.io"


def test_a_delegation_that_leads_nowhere_confirms_one_resolver() -> None:
    """One servfail is not enough; with Hetzner's own check of the delegation it is."""
    x = e.unnamed("servfail", "timeout", zone="timeout")
    assert ask(dns_zone_broken.CAUSE, x).answer is Answer.UNKNOWN
    lame = replace(WELL, delegation_status="lame", delegated=("ns1.old.example.",))
    found = ask(dns_zone_broken.CAUSE, at_hetzner(x, lame))
    assert found.answer is Answer.SUPPORTED
    assert (
        "Hetzner reports the delegation of keybuzz.io as lame: the registry has"
        " ns1.old.example." in found.evidence
    )


def test_a_zone_that_has_the_balancers_address_shows_a_stale_answer() -> None:
    """Its name servers did not respond to the probe; the API has the records."""
    outside = e.led_to(e.OLD, s.run(e.OLD_SERVER, direct=s.OK))
    x = s.taken(e.resolved(outside, None, e.OLD, e.OLD), s.balancer(), *s.reports())
    own = replace(WELL, record_sets=(RecordSet(type="A", values=(e.OWN,), ttl=300),))
    assert ask(dns_stale_address.CAUSE, x).answer is Answer.UNKNOWN
    assert judge(at_hetzner(x, own)).cause == dns_stale_address.CAUSE.id
    foreign = replace(own, record_sets=(RecordSet(type="A", values=(e.OLD,)),))
    for unhelpful in (foreign, replace(own, delegation_status="lame"), WELL):
        found = ask(dns_stale_address.CAUSE, at_hetzner(x, unhelpful))
        assert found.answer is Answer.UNKNOWN


def test_a_secondary_zone_and_unread_records_show_no_record() -> None:
    """Its records are elsewhere; only the delegation is known."""
    for found in (replace(WELL, mode="secondary"), replace(WELL, record_sets=None)):
        assert len(zone_reading.facts(Scene.of(at_hetzner(e.no_name(), found)))) == 1


def test_a_zone_from_before_the_failure_does_not_count() -> None:
    """The record may have been deleted since."""
    x = at_hetzner(e.no_name(), WELL)
    assert x.balancer
    old = replace(x.balancer, read_at=s.SINCE - s.MINUTE)
    assert zone_reading.zone(Scene.of(replace(x, balancer=old))) is None
