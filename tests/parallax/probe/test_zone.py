"""The zone's own name servers, each with its own answer."""

import asyncio

import dns.name

from parallax.model.probe import Resolution
from parallax.probe.name_query import Terms
from parallax.probe.zone import ask_zone
from tests.parallax.probe.name_servers import ZONE, Records, Says, name_servers

TWO: Records = {
    **ZONE,
    ("keybuzz.test.", "NS"): ("ns1.keybuzz.test.", "ns2.keybuzz.test."),
    ("ns2.keybuzz.test.", "A"): "127.0.0.2",
}


def ask(host: str, *servers: Says, private: bool = True) -> tuple[Resolution, ...]:
    """Ask the zone, found through the server at 127.0.0.1."""

    async def run() -> tuple[Resolution, ...]:
        """Ask within one event loop."""
        async with name_servers(*(servers or (Says(ZONE),))) as port:
            terms = Terms(seconds=5.0, port=port, allow_private=private)
            return await ask_zone(dns.name.from_text(host), ["127.0.0.1"], terms)

    return asyncio.run(run())


def test_every_name_server_of_the_zone_is_queried() -> None:
    """A secondary that lags behind has its own answer."""
    late = Says({("app.keybuzz.test.", "A"): "198.51.100.7"})
    one, two = ask("app.keybuzz.test", Says(TWO), late)
    assert (one.resolver, one.addresses) == ("ns1.keybuzz.test", ("203.0.113.20",))
    assert (two.resolver, two.addresses) == ("ns2.keybuzz.test", ("198.51.100.7",))
    assert one.authoritative
    assert two.authoritative


def test_a_name_server_that_is_gone_costs_only_itself() -> None:
    """The other server's answer remains."""
    one, two = ask("app.keybuzz.test", Says(TWO))
    assert one.addresses == ("203.0.113.20",)
    assert (two.addresses, two.error_type) == ((), "timeout")


def test_a_name_server_that_truncates_and_closes_tcp_costs_only_itself() -> None:
    """The other name server's answer is kept."""
    one, two = ask("app.keybuzz.test", Says(TWO), Says(ZONE, over_tcp=b""))
    assert one.addresses == ("203.0.113.20",)
    assert (two.addresses, two.error_type) == ((), "connection_closed")


def test_a_name_server_without_an_address_is_reported() -> None:
    """A delegation that leads nowhere is part of the answer."""
    lame = {**ZONE, ("keybuzz.test.", "NS"): "gone.keybuzz.test."}
    (zone,) = ask("app.keybuzz.test", Says(lame))
    assert (zone.resolver, zone.error_type) == ("gone.keybuzz.test", "nxdomain")


def test_a_name_of_no_zone_is_reported() -> None:
    """If even the root is unknown, there is no server to query."""
    (zone,) = ask("front.nowhere.test")
    assert (zone.resolver, zone.error_type) == ("authoritative", "no_zone")


def test_a_name_server_without_a_route_is_reported() -> None:
    """A machine without IPv6 cannot query a server that has only IPv6."""
    far = {**ZONE, ("ns1.keybuzz.test.", "AAAA"): "fe80::1"}
    del far["ns1.keybuzz.test.", "A"]
    (zone,) = ask("app.keybuzz.test", Says(far))
    assert (zone.resolver, zone.error_type) == ("ns1.keybuzz.test", "unreachable")


def test_aliases_are_followed_into_their_zones() -> None:
    """A CNAME into a CDN's zone ends at the CDN's addresses, with the lesser TTL."""
    (zone,) = ask("www.keybuzz.test")
    assert (zone.addresses, zone.ttl) == (("203.0.113.80",), 60)


def test_both_families_have_their_ttl() -> None:
    """How long to wait may differ between IPv4 and IPv6."""
    (zone,) = ask("both.keybuzz.test")
    assert (zone.ttl, zone.ttl_ipv4, zone.ttl_ipv6) == (60, 60, 61)


def test_a_circle_of_aliases_ends() -> None:
    """Two names that are each other's alias have no address."""
    circle = {**ZONE, ("edge.cdn.test.", "CNAME"): "www.keybuzz.test."}
    del circle["edge.cdn.test.", "A"]
    (zone,) = ask("www.keybuzz.test", Says(circle))
    assert (zone.addresses, zone.authoritative) == ((), True)
    assert zone.error_type is not None


def test_a_zone_cannot_lead_us_home() -> None:
    """A name server with a private address is not queried."""
    (zone,) = ask("app.keybuzz.test", private=False)
    assert (zone.authoritative, zone.error_type) == (True, "address_not_allowed")


def test_servers_that_all_name_another_alias_cost_a_few_questions() -> None:
    """Four servers, four aliases each, four zones deep: two ways are followed."""
    servers = [f"ns{n}.keybuzz.test." for n in range(1, 5)]
    records: dict[tuple[str, str], str | tuple[str, ...]] = {
        (f"ns{n}.keybuzz.test.", "A"): f"127.0.0.{n}" for n in range(1, 5)
    }
    zones = ["keybuzz.test.", *(f"z{n}.test." for n in range(4))]
    for zone in zones:
        records[zone, "SOA"] = f"{servers[0]} x.{zone} 1 2 3 4 5"
        records[zone, "NS"] = tuple(servers)
    asked: list[str] = []

    def says(number: int) -> Says:
        """Return the answer of one server: its own alias, for every name."""
        aliases = {
            (f"app.{zone}", "CNAME"): f"app.z{(place + number) % 4}.test."
            for place, zone in enumerate(zones)
        }
        return Says({**records, **aliases}, asked=asked)

    ask("app.keybuzz.test", *(says(n) for n in range(4)))
    questions = [name for name in asked if name.startswith("app.")]
    assert len(questions) <= (1 + 2 + 4 + 8) * (1 + 4 * 2)
