"""Several resolvers queried for one name, over real UDP."""

import asyncio
import errno
from types import SimpleNamespace

import dns.resolver
import pytest

from parallax.model.probe import Resolution
from parallax.probe.failure import NotSentError
from parallax.probe.resolvers import compare
from tests.parallax.probe.name_servers import NOTHING, ZONE, Says, name_servers

SECONDS = 5.0
"""For answers that come at once: only a test of silence waits."""


def ask(
    host: str,
    *servers: Says,
    seconds: float = SECONDS,
    resolvers: tuple[str, ...] = ("127.0.0.1",),
) -> tuple[Resolution, ...]:
    """Compare the resolvers' answers with the zone's own."""

    async def run() -> tuple[Resolution, ...]:
        """Ask within one event loop."""
        async with name_servers(*(servers or (Says(ZONE),))) as port:
            return await compare(
                host, resolvers, seconds, allow_private=True, port=port
            )

    return asyncio.run(run())


def test_a_process_without_a_socket_compares_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No server counts as unreachable if this machine could not send the query."""

    async def broken(*_: object) -> None:
        """Fail as socket(2) does where no descriptor is left."""
        raise OSError(errno.EMFILE, "none left")

    monkeypatch.setattr("dns.asyncquery.udp_with_fallback", broken)
    with pytest.raises(NotSentError, match="none left"):
        ask("app.keybuzz.test")


def test_resolver_and_zone_are_distinguished_with_their_ttl() -> None:
    """The resolver's rest of a TTL, and the zone's whole one."""
    resolver, zone = ask("app.keybuzz.test")
    assert resolver == Resolution(
        resolver="127.0.0.1", addresses=("203.0.113.20",), ttl=7, ttl_ipv4=7
    )
    assert zone == Resolution(
        resolver="ns1.keybuzz.test",
        authoritative=True,
        addresses=("203.0.113.20",),
        ttl=60,
        ttl_ipv4=60,
    )


def test_each_resolver_has_its_own_answer() -> None:
    """One still has the old address, and its rest of a TTL."""
    old = Says({("app.keybuzz.test.", "A"): "198.51.100.7"})
    one, two, _ = ask(
        "app.keybuzz.test", Says(ZONE), old, resolvers=("127.0.0.1", "127.0.0.2")
    )
    assert (one.resolver, one.addresses) == ("127.0.0.1", ("203.0.113.20",))
    assert (two.resolver, two.addresses) == ("127.0.0.2", ("198.51.100.7",))


def test_a_dead_resolver_hides_neither_the_others_nor_the_zone() -> None:
    """Any resolver that responds can find the zone, wherever it is in the list."""
    dead, well, zone = ask(
        "app.keybuzz.test",
        Says(ZONE),
        NOTHING,
        seconds=4.0,
        resolvers=("127.0.0.2", "127.0.0.1"),
    )
    assert (dead.resolver, dead.error_type) == ("127.0.0.2", "timeout")
    assert well.addresses == zone.addresses == ("203.0.113.20",)


@pytest.mark.parametrize("first", [b"", b"\x00", b"\x00\x40half"])
def test_a_server_that_truncates_and_closes_tcp_costs_only_itself(first: bytes) -> None:
    """The comparison keeps the other resolver's answer and the zone's own."""
    well, closed, zone = ask(
        "app.keybuzz.test",
        Says(ZONE),
        Says(ZONE, over_tcp=first),
        resolvers=("127.0.0.1", "127.0.0.2"),
    )
    assert (closed.resolver, closed.error_type) == ("127.0.0.2", "connection_closed")
    assert well.addresses == zone.addresses == ("203.0.113.20",)


def test_a_missing_name_is_reported() -> None:
    """NXDOMAIN is an answer of its own."""
    resolver, _ = ask("gone.keybuzz.test")
    assert (resolver.addresses, resolver.error_type) == ((), "nxdomain")


def test_an_alias_without_an_end_is_no_address() -> None:
    """A resolver that stops half way has resolved nothing."""
    resolver, zone = ask("lost.keybuzz.test")
    assert (resolver.addresses, resolver.error_type) == ((), "no_address")
    assert (zone.addresses, zone.error_type) == ((), "no_address")


def test_silence_is_bounded_in_time() -> None:
    """No answer within the time is a timeout of all, and nothing waits longer."""
    found = ask("app.keybuzz.test", NOTHING, seconds=0.5)
    assert [r.error_type for r in found] == ["timeout", "timeout"]


def test_without_any_resolver_the_zone_is_not_found() -> None:
    """That is reported as an error type, not as an error of ours."""
    (zone,) = ask("app.keybuzz.test", resolvers=())
    assert (zone.resolver, zone.authoritative) == ("authoritative", True)
    assert zone.error_type is not None


def test_system_means_the_servers_of_resolv_conf(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first two of resolv.conf; one that is also listed is queried once."""
    named = SimpleNamespace(nameservers=["127.0.0.1", "127.0.0.2", "127.0.0.3"])
    monkeypatch.setattr(dns.resolver, "Resolver", lambda: named)
    found = ask(
        "app.keybuzz.test",
        Says(ZONE),
        Says(ZONE),
        resolvers=("system", "127.0.0.1"),
    )
    assert [r.resolver for r in found] == ["127.0.0.1", "127.0.0.2", "ns1.keybuzz.test"]


def test_a_machine_without_own_resolvers_queries_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A missing resolv.conf is not a defect."""

    def none() -> None:
        """Fail as dnspython does without a resolv.conf."""
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", none)
    found = ask("app.keybuzz.test", resolvers=("system", "127.0.0.1"))
    assert [r.resolver for r in found] == ["127.0.0.1", "ns1.keybuzz.test"]
