"""Specification of both sides of the path: `parallax.diagnose.sides`."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from parallax.diagnose.judge import judge
from parallax.model.judgement import Hop, HopSeen, HopState
from parallax.model.probe import ErrorType
from parallax.model.snapshot import Snapshot
from parallax.report.path import page_words
from tests.parallax import scenarios as s
from tests.parallax.report.incidents import recorded


def hops(snapshot: Snapshot) -> Mapping[Hop, HopSeen]:
    """Return the judged path by hop."""
    return {seen.hop: seen for seen in judge(snapshot).path}


def outside(snapshot: Snapshot) -> dict[Hop, str]:
    """Return what requests from the internet showed at each hop."""
    return {h: one.outside.text for h, one in hops(snapshot).items() if one.outside}


def test_requests_end_at_the_hop_that_wrote_the_response() -> None:
    """What is behind a load balancer without healthy targets gets no request."""
    found = outside(s.wrong_port())
    assert found[Hop.DNS] == "11 of 11 pass"
    assert found[Hop.LOAD_BALANCER] == "503 (11 of 11)"
    assert {found[h] for h in (Hop.NODE, Hop.INGRESS, Hop.POD)} == {"not reached"}


def test_probes_from_inside_are_counted_at_their_hop() -> None:
    """None where agents probe nothing: names, CDN and load balancer."""
    found = hops(s.wrong_port())
    inside = {h: one.inside.text for h, one in found.items() if one.inside}
    assert inside[Hop.INGRESS] == "200 (10 of 10)"
    assert inside[Hop.NODE] == "5 of 5 between nodes get through"
    assert not {Hop.DNS, Hop.LOAD_BALANCER} & {*inside}
    state = found[Hop.POD].inside
    assert state is not None
    assert state.state is HopState.OK


def test_a_healthy_target_passes_every_hop() -> None:
    """The last hop states what users get."""
    found = outside(s.healthy())
    assert found[Hop.INGRESS].endswith("pass")
    assert found[Hop.POD].startswith("200 (")


@pytest.mark.parametrize("status", [502, 504])
def test_behind_a_hop_that_gave_up_nothing_is_known(status: int) -> None:
    """It sent the request on, or tried to."""
    x = s.wrong_port()
    assert x.run is not None
    probes = tuple(replace(p, status_code=status, body="") for p in x.run.probes)
    found = outside(replace(x, run=replace(x.run, probes=probes)))
    assert "not reached" not in found.values()


def test_an_error_without_a_known_place_is_stated_once_and_blames_no_hop() -> None:
    """A timeout after the connection: any hop may be silent."""
    x = s.wrong_port()
    assert x.run is not None
    silent = {
        "status_code": None,
        "reason": None,
        "headers": (),
        "body": "",
        "error_type": ErrorType.TIMEOUT,
        "error_phase": "processing",
    }
    probes = tuple(replace(p, **silent) for p in x.run.probes)  # type: ignore[arg-type]
    found = hops(replace(x, run=replace(x.run, probes=probes), sightings=()))
    texts = {h: one.outside.text for h, one in found.items() if one.outside}
    assert texts[Hop.DNS] == "11 of 11 pass"
    assert texts[Hop.LOAD_BALANCER] == "timeout (11 of 11), where is not known"
    assert texts[Hop.INGRESS] == "not known"
    states = {one.outside.state for one in found.values() if one.outside}
    assert HopState.FAULTY not in states


def test_without_external_probes_only_the_inside_is_shown() -> None:
    """Nothing is claimed about requests that were not sent."""
    found = hops(replace(s.wrong_port(), run=None))
    assert all(one.outside is None for one in found.values())
    assert found[Hop.POD].inside is not None


@pytest.mark.parametrize("cause", [*s.FAULTS])
def test_no_request_fails_at_two_hops(cause: str) -> None:
    """For every fault: shares of failures never exceed the requests."""
    seen = [one.outside for one in hops(s.FAULTS[cause]()).values() if one.outside]
    ends = [one for one in seen if one.state is HopState.FAULTY]
    assert len([one for one in ends if "11 of 11" in one.text]) <= 1


def test_behind_a_cache_a_success_proves_nothing() -> None:
    """The CDN may have responded by itself."""
    target = s.healthy().target
    cdn = replace(target, reached=replace(target.reached, cdn=True))
    x = replace(s.healthy(), target=cdn)
    found = outside(x)
    assert found[Hop.CDN].endswith("pass")
    assert found[Hop.POD] == "not known"


def test_a_cdn_that_fails_itself_may_have_sent_the_request_on() -> None:
    """One that replays a stored error has not."""
    x = recorded("cdn-cannot-reach-origin")
    assert outside(x)[Hop.LOAD_BALANCER] == "not known"
    assert outside(recorded("cache-replays-error"))[Hop.LOAD_BALANCER] == "not reached"


def test_a_name_that_leads_elsewhere_ends_every_request_there() -> None:
    """The load balancer is not blamed for another machine's response."""
    found = outside(recorded("dns-stale-address-dead"))
    assert found[Hop.DNS] == "timeout (11 of 11); sent to 203.0.113.22"
    assert found[Hop.LOAD_BALANCER] == "not reached"


def test_the_ingress_s_log_shows_how_far_a_request_got() -> None:
    """Its line proves the hops before it, also without a known author."""
    found = outside(recorded("pod-answers-error"))
    assert found[Hop.NODE] == "9 of 11 pass; the rest is not known"
    assert found[Hop.POD].startswith("503 (9 of 11)")


def test_behind_the_network_between_nodes_it_is_stated_what_was_counted() -> None:
    """The ingress chose a pod for requests that may have been lost before it."""
    found = outside(recorded("overlay-between-nodes-broken"))
    assert found[Hop.OVERLAY] == "4 of 11 pass; the rest is not known"
    assert found[Hop.SERVICE] == (
        "the ingress chose a pod for 10 of 11; the rest is not known"
    )


@pytest.mark.parametrize("name", ["proxy-protocol-mismatch", "lb-protocol-mismatch"])
def test_what_a_faulty_hop_passes_on_wrongly_shows_where_it_fails(name: str) -> None:
    """A hop at fault never shows only that everything passed."""
    found = hops(recorded(name))[Hop.LOAD_BALANCER]
    assert found.state is HopState.FAULTY
    assert found.outside is not None
    assert found.outside.text == "11 of 11 pass; then 400 (11 of 11) from the ingress"


def test_requests_that_do_not_arrive_are_counted_beside_those_that_pass() -> None:
    """At a node that drops some, and at each hop behind it."""
    found = outside(recorded("nodeport-dropped-by-local-traffic-policy"))
    assert found[Hop.LOAD_BALANCER] == "503 (9 of 11); 2 of 11 pass"
    assert found[Hop.NODE] == "2 of 11 pass; 9 of 11 do not arrive"
    assert found[Hop.POD] == "200 (2 of 11); 9 of 11 do not arrive"
    assert page_words(found[Hop.NODE]) == "2 of 11 passed; 9 of 11 did not arrive"


def test_an_access_log_tells_what_a_unique_url_is_for() -> None:
    """A cache cannot respond to it, so it should have arrived."""
    seen = hops(recorded("cdn-cannot-reach-origin"))[Hop.INGRESS].seen
    assert seen.endswith("0 of 1 with a unique URL, which no cache has stored")


def test_a_node_that_only_other_nodes_reach_says_so() -> None:
    """What passes between nodes does not show that the load balancer can connect."""
    found = hops(recorded("node-firewall-blocks-load-balancer"))[Hop.NODE]
    assert found.state is HopState.FAULTY
    assert found.inside is not None
    assert found.inside.text == (
        "5 of 5 between nodes get through; none from the load balancer"
    )
