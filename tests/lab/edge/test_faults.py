"""The faults of names and CDN: the users' responses, and 200 behind the CDN."""

import json

import pytest

from lab.facts import facts_of
from tests.lab.conftest import Up
from tests.lab.seen import direct, is_haproxy_page

pytestmark = pytest.mark.lab


def resolved(up: Up, host: str) -> list[tuple[str, int]]:
    """Query both resolvers, then the authoritative server: address and TTL."""
    places = up.case.addresses
    servers = places.resolver, places.second_resolver, places.authoritative
    output = up.python(f"""
import dns.message, dns.query, json
question = dns.message.make_query({host!r}, "A")
answers = [dns.query.udp(question, s, timeout=5) for s in {[f"{s}" for s in servers]}]
print(json.dumps([(f"{{a.answer[0][0]}}", a.answer[0].ttl) for a in answers]))
""")
    return [(address, ttl) for address, ttl in json.loads(output)]


def test_control_host_and_resolvers_match_the_facts(up: Up) -> None:
    """The control host responds with 200, and both resolvers resolve it."""
    facts = facts_of(up.case, up.folder)
    words = ("curl", "-s", "--cacert", str(facts.ca_file), facts.control_url)
    assert up.run(*words) == "well"
    assert facts.resolvers == ("203.0.113.54", "203.0.113.55")
    first, second, own = resolved(up, "control.example.net")
    assert first[0] == second[0] == own[0] == str(up.case.addresses.control)


def test_both_resolvers_keep_the_old_address_for_an_hour(lab: Up) -> None:
    """Users reach the old balancer until the fault is cleared; the zone is right."""
    lab.inject("dns-stale-address")
    old, right = str(lab.case.addresses.old), str(lab.case.balancer.address)
    host = lab.case.app("api").host
    first, second, own = resolved(lab, host)
    assert first[0] == second[0] == old
    assert min(first[1], second[1]) > 60
    assert own == (right, 60)
    assert is_haproxy_page(lab.public("api"))
    assert direct(lab, "api").code == 200
    assert lab.public("front").code == 200
    lab.clear()
    assert [address for address, _ in resolved(lab, host)] == [right] * 3
    assert lab.public("api").code == 200


def test_a_dead_address_never_responds(well: Up) -> None:
    """Users time out; the balancer responds with 200 to direct requests."""
    well.inject("dns-stale-address-dead")
    dead = str(well.case.addresses.dead)
    host = well.case.app("api").host
    addresses = [address for address, _ in resolved(well, host)]
    assert addresses == [dead, dead, str(well.case.balancer.address)]
    words = ("curl", "-so", "/dev/null", "-w", "%{errormsg}", "--max-time", "1")
    assert "timed out" in well.run(*words, f"https://{host}/")
    assert direct(well, "api").code == 200


def test_a_zone_that_is_delegated_elsewhere_is_servfail_until_it_is_cleared(
    lab: Up,
) -> None:
    """The zone's own server has every record; other zones resolve."""
    host, places = lab.case.app("api").host, lab.case.addresses
    code = """
import dns.message, dns.query
question = dns.message.make_query({name!r}, "A")
print(dns.query.udp(question, {server!r}, timeout=9).rcode().name)
"""

    def answer(name: str, server: object) -> str:
        return lab.python(code.format(name=name, server=f"{server}")).strip()

    lab.inject("dns-zone-broken")
    assert answer(host, places.resolver) == "SERVFAIL"
    assert answer(host, places.second_resolver) == "SERVFAIL"
    assert answer(host, places.authoritative) == "NOERROR"
    assert answer("control.example.net", places.resolver) == "NOERROR"
    lab.clear()
    assert answer(host, places.resolver) == "NOERROR"
    assert lab.public("api").code == 200


@pytest.mark.parametrize(
    ("fault", "reached"), [("monitor-blind", 0), ("monitor-blind-resolver", 200)]
)
def test_a_blind_monitor_affects_no_other_client(
    well: Up, fault: str, reached: int
) -> None:
    """For the monitor no name resolves; other clients are served as before."""
    well.inject(fault)
    control = facts_of(well.case, well.folder).control_url
    words = ("curl", "-so", "/dev/null", "-w", "%{errormsg}", "--max-time", "1")
    assert "esolv" in well.run(*words, control)  # in vain, or not in time
    host, address = well.case.app("api").host, well.case.balancer.address
    way = ("--resolve", f"{host}:443:{address}")
    patience = () if reached else ("--max-time", "1")
    assert well.get(f"https://{host}/", *way, *patience).code == reached
    elsewhere = ("--interface", str(well.case.nodes[0].address))
    assert well.get(f"https://{host}/", *way, *elsewhere).code == 200
    well.clear()
    assert {answer.code for answer in well.all_public().values()} == {200}


def test_one_resolver_is_right_and_the_other_keeps_the_old_address(well: Up) -> None:
    """Users of the first reach the old balancer, users of the second do not."""
    well.inject("dns-resolvers-disagree")
    old, right = str(well.case.addresses.old), str(well.case.balancer.address)
    addresses = resolved(well, well.case.app("api").host)
    assert [address for address, _ in addresses] == [old, right, right]
    assert is_haproxy_page(well.public("api"))
    assert direct(well, "api").code == 200


def test_the_cdn_writes_its_own_page_when_its_origin_refuses(well: Up) -> None:
    """A new 503 of Varnish; the balancer responds with 200; no log has the id."""
    well.inject("cdn-cannot-reach-origin")
    mark = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
    host = well.case.app("front").host
    front = well.get(f"https://{host}/", "-H", f"X-Request-ID: {mark}")
    assert (front.code, front.reason) == (503, "Backend fetch failed")
    assert "Varnish cache server" in front.body
    assert len(front.headers["X-Varnish"].split()) == 1
    assert direct(well, "front").code == well.public("api").code == 200
    assert not any(mark in p.read_text() for p in well.folder.glob("ingress-*.log"))


def test_the_cdn_replays_a_stored_error(well: Up) -> None:
    """Two X-Varnish ids and an Age on the CDN's host; the other host gets 200."""
    well.inject("cache-replays-error")
    front = well.public("front")
    assert front.code == 503
    assert len(front.headers["X-Varnish"].split()) == 2
    assert "Age" in front.headers
    assert "maintenance" in front.body
    assert well.public("api").code == 200
    assert well.get("https://platform.keybuzz.io/?other=1").code == 200
    assert well.inside_codes() == {200}
