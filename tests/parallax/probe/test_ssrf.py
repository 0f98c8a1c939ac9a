"""Where no request may lead: each form of an address, each way to it."""

import asyncio
import socket
from dataclasses import replace
from typing import Any, cast

import pytest

from parallax.cli.redirects import follow
from parallax.model.probe import ErrorType, Resolution, Role
from parallax.model.target import Login, LoginKind, Method, Reached, Target
from parallax.model.web_url import problem
from parallax.probe import ProbeRequest, resolve, transport
from parallax.probe.address import permitted
from parallax.probe.credential import credential
from parallax.probe.fetch import fetch
from parallax.probe.invocation import balancer_ips
from parallax.probe.names import pinned
from parallax.probe.plan import Plan
from parallax.routes import dead_man
from parallax.routes.request import Request
from parallax.routes.sending import RejectedError, send
from tests.parallax.probe.servers import answered

NAME = "hostile.example"
LOCAL, PRIVATE, ANYWHERE = "loopback or metadata", "private", "public"
TABLE = {
    "127.0.0.1": LOCAL,
    "127.255.255.254": LOCAL,
    "0.0.0.0": LOCAL,  # noqa: S104 - Linux connects to itself
    "169.254.169.254": LOCAL,
    "169.254.170.2": LOCAL,
    "169.254.0.1": LOCAL,
    "100.100.100.200": LOCAL,
    "168.63.129.16": LOCAL,
    "192.0.0.192": LOCAL,
    "224.0.0.1": LOCAL,
    "255.255.255.255": LOCAL,
    "::": LOCAL,
    "::1": LOCAL,
    "::127.0.0.1": LOCAL,
    "::ffff:127.0.0.1": LOCAL,
    "::ffff:169.254.169.254": LOCAL,
    "::ffff:0:169.254.169.254": LOCAL,
    "64:ff9b::169.254.169.254": LOCAL,
    "64:ff9b:1::a9fe:a9fe": LOCAL,
    "2002:a9fe:a9fe::1": LOCAL,
    "2002:7f00:1::1": LOCAL,
    "2001:0:a9fe:a9fe::1": LOCAL,
    "2001::5601:5601": LOCAL,
    "fd00:ec2::254": LOCAL,
    "fd00:ec2::23": LOCAL,
    "fd20:ce::254": LOCAL,
    "fe80::1": LOCAL,
    "fe80::a9fe:a9fe%eth0": LOCAL,
    "fec0::1": LOCAL,
    "ff02::1": LOCAL,
    "10.0.0.5": PRIVATE,
    "172.16.0.1": PRIVATE,
    "192.168.1.1": PRIVATE,
    "100.64.0.1": PRIVATE,
    "198.18.0.1": PRIVATE,
    "::ffff:10.0.0.5": PRIVATE,
    "64:ff9b::10.0.0.5": PRIVATE,
    "fd12:3456::1": PRIVATE,
    "203.0.113.20": ANYWHERE,
    "2a01:4f8::1": ANYWHERE,
    "::ffff:203.0.113.20": ANYWHERE,
    "64:ff9b::203.0.113.20": ANYWHERE,
}
ODD_HOSTS = (
    "2130706433", "0x7f000001", "0x7f.1", "017700000001", "127.1",
    "127.0.1", "0", "127.0.0.1.", "2852039166", "0xa9fea9fe",
    "169.254.43518", "localhost", "localhost.", "sub.localhost",
)  # fmt: skip
"""Hosts that libc's resolver takes for an address, or that name this machine."""
INVALID = (
    "http://0177.0.0.1/", "http://0251.0376.0251.0376/", "http://1.2.3.256/",
    "http://user@127.0.0.1/", "http://a.example@169.254.169.254/",
    "http://a.example\\@127.0.0.1/", "http:\\\\127.0.0.1/", "http://127.0.0.1%2f@a/",
    "http://①②⑦.⓪.⓪.①/", "http://\uff11\uff12\uff17.0.0.1/", "http://127。0。0。1/",
    "http://a.example:0/", "http://a.example:65536/", "http://a.example:80:80/",
    "http://[::1", "http://[::1]x/", "http://{[::1]}/", "http://[fe80::1%25eth0]/",
    "http://[::ffff:127.0.0.1%00]/", "http:///127.0.0.1", "file:///etc/passwd",
    "gopher://127.0.0.1/", "http://a.example#@127.0.0.1/", "http://a\r\nHost: b/",
    "http://127.0.0.1\t/", "//127.0.0.1/", "http:127.0.0.1",
)  # fmt: skip


class Resolver:
    """A name server that answers with one address, then with others."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.connected: list[str] = []
        monkeypatch.setattr(resolve.socket, "getaddrinfo", self._answer)
        monkeypatch.setattr(transport, "connect", self._connect)

    def _answer(self, *_: object, **__: object) -> list[tuple[object, ...]]:
        self.asked += 1
        address = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]

    async def _connect(self, address: str, *_: object, **__: object) -> None:
        self.connected.append(address)
        raise transport.Failure(ErrorType.CONNECTION_REFUSED, "refused")


def outcome(url: str, *, allow_private: bool = False) -> ErrorType | None:
    """Probe a URL once."""
    request = ProbeRequest(
        role=Role.FIRST, url=url, healthy=None, allow_private=allow_private
    )
    return asyncio.run(fetch(request)).error_type


@pytest.mark.parametrize(("address", "kind"), TABLE.items())
@pytest.mark.parametrize("allow_private", [False, True])
def test_a_name_leads_the_prober_only_where_it_may_go(
    address: str, kind: str, *, allow_private: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a name server answers, no name leads to this machine or to metadata."""
    network = Resolver(monkeypatch, address)
    found = outcome(f"http://{NAME}/", allow_private=allow_private)
    may = kind == ANYWHERE or (allow_private and kind == PRIVATE)
    assert network.connected == ([address] if may else [])
    refused = ErrorType.CONNECTION_REFUSED if may else ErrorType.ADDRESS_NOT_ALLOWED
    assert found is refused


@pytest.mark.parametrize(("address", "kind"), TABLE.items())
def test_a_name_leads_no_message_inside(
    address: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Webhooks and the OTLP receiver follow the same table, and never retry inside."""
    network = Resolver(monkeypatch, address)
    request = Request(url=f"https://{NAME}/hook", body=b"{}")
    for allow_private in (False, True):
        network.connected.clear()
        may = kind == ANYWHERE or (allow_private and kind == PRIVATE)
        with pytest.raises(Exception, match=r".") as caught:
            send(request, allow_private=allow_private)
        assert network.connected == ([address] if may else [])
        assert isinstance(caught.value, RejectedError) is not may


@pytest.mark.parametrize(("address", "kind"), TABLE.items())
def test_resolvers_and_hetzner_pin_no_forbidden_address(
    address: str, kind: str
) -> None:
    """An investigation requests each address of a name by itself, by this table."""
    target = Target(name="a", url=f"http://{NAME}/", allow_private_addresses=True)
    answers = [Resolution(resolver="r", addresses=(address,))]
    requests, skipped = pinned(target, answers, Plan())
    assert kind != LOCAL or (requests == [] and skipped)
    strict = replace(target, allow_private_addresses=False)
    assert kind == ANYWHERE or pinned(strict, answers, Plan())[0] == []


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_an_odd_spelling_of_a_host_is_judged_by_its_address(host: str) -> None:
    """Decimal, octal, hexadecimal and short forms meet the check behind the lookup."""
    assert outcome(f"http://{host}:1/") in {
        ErrorType.ADDRESS_NOT_ALLOWED,
        ErrorType.NAME_NOT_RESOLVED,
    }


@pytest.mark.parametrize("url", INVALID)
def test_an_ambiguous_url_is_refused_before_any_lookup(url: str) -> None:
    """User parts, backslashes, other digits, odd ports: no two parsers could differ."""
    assert problem(url) is not None
    with pytest.raises(RejectedError):
        send(Request(url=url, body=b"{}"), allow_private=True)


def test_a_second_answer_of_the_resolver_is_never_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rebinding: one lookup, and a connection to the address that was checked."""
    network = Resolver(monkeypatch, "203.0.113.20", "127.0.0.1")
    outcome(f"http://{NAME}/")
    assert (network.asked, network.connected) == (1, ["203.0.113.20"])
    outcome(f"http://{NAME}/")
    assert (network.asked, network.connected) == (2, ["203.0.113.20"])


@pytest.mark.parametrize(
    ("host", "address", "may"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", True),
        ("localhost", "::1", True),
        ("a.localhost", "127.0.0.1", True),
        ("localhost", "169.254.169.254", False),
        ("169.254.169.254", "169.254.169.254", True),
        ("169.254.169.254", "169.254.169.253", False),
        ("127.0.0.1.example", "127.0.0.1", False),
        ("localhost.example", "127.0.0.1", False),
        ("[::1]", "::1", True),
    ],
)
def test_only_a_url_that_names_the_address_leads_to_this_machine(
    host: str, address: str, *, may: bool
) -> None:
    """And only for a target that may be private."""
    assert permitted(address, host, allow_private=True) is may
    assert not permitted(address, host, allow_private=False)


def test_a_redirect_names_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """`parallax investigate` follows it; a hostile server leads it nowhere inside."""
    network = Resolver(monkeypatch, "203.0.113.20")
    target = Target(name="a", url=f"http://{NAME}/", allow_private_addresses=True)

    async def followed(to: str) -> list[ErrorType | None]:
        """Return how each followed redirect ended."""
        first = answered(302, url=target.url, headers=(("Location", to),))
        return [p.error_type async for p in follow(target, first, lambda _: None)]

    for to in ("http://169.254.169.254/latest/", "http://127.0.0.1/", "http://[::1]/"):
        assert asyncio.run(followed(to)) == [ErrorType.ADDRESS_NOT_ALLOWED]
    for to in ("http://[::1", "file:///etc/passwd", "http://a@b/", "//0177.0.0.1/"):
        assert asyncio.run(followed(to)) == []
    assert network.connected == []


LOOPBACKS = frozenset({"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"})
RICH = ProbeRequest(
    role=Role.DIRECT,
    url=f"https://{NAME}/login",
    healthy=None,
    method=Method.POST,
    headers=(("Host", "169.254.169.254"), ("X-aws-ec2-metadata-token", "a")),
    body='{"a": 1}',
    credential=credential(Login(kind=LoginKind.BEARER, secret="a"), "b" * 12),
)
"""With everything that a targets file can add to a request."""


@pytest.mark.parametrize(("address", "kind"), TABLE.items())
@pytest.mark.parametrize("allow_private", [False, True])
def test_an_address_from_a_cluster_or_a_balancer_leads_to_no_metadata(
    address: str, kind: str, *, allow_private: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Direct requests, those past a CDN, and all of the agent's name an address.

    Whoever can write an EndpointSlice or Hetzner's reading chooses it.
    """
    network = Resolver(monkeypatch, "203.0.113.99")
    request = replace(RICH, address=address, allow_private=allow_private)
    found = asyncio.run(fetch(request))
    may = kind == ANYWHERE
    may |= allow_private and (kind == PRIVATE or address in LOOPBACKS)
    assert network.connected == ([address] if may else [])
    assert network.asked == 0
    assert may or found.error_type is ErrorType.ADDRESS_NOT_ALLOWED


@pytest.mark.parametrize(("address", "kind"), TABLE.items())
def test_behind_a_cdn_only_permitted_addresses_are_requested(
    address: str, kind: str
) -> None:
    """Three direct requests go to the load balancer, each by this table."""
    target = Target(
        name="a", url=f"https://{NAME}/", reached=Reached(load_balancer="lb", cdn=True)
    )
    for allow_private in (False, True):
        private = replace(target, allow_private_addresses=allow_private)
        known = balancer_ips(private, cast("Any", Addresses(address)))
        may = kind == ANYWHERE or (allow_private and kind == PRIVATE)
        assert known == ([address] if may else [])


class Addresses:
    """A journal whose load balancer has one address."""

    def __init__(self, address: str) -> None:
        self._address = address

    def addresses(self, *_: object) -> list[str]:
        """Return it."""
        return [self._address]


@pytest.mark.parametrize(("address", "kind"), TABLE.items())
def test_the_stack_s_own_heartbeat_goes_to_public_addresses_only(
    address: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with `RoutesAllowPrivate`: the parameter is for receivers of alerts."""
    network = Resolver(monkeypatch, address)
    with pytest.raises(Exception, match=r"."):
        dead_man._send(f"https://{NAME}/ping")
    assert network.connected == ([address] if kind == ANYWHERE else [])


@pytest.mark.parametrize("url", ["http://a.example/", "https://u@a.example/", *INVALID])
def test_no_heartbeat_goes_to_an_ambiguous_url(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor without TLS: the URL is a secret."""
    network = Resolver(monkeypatch, "203.0.113.20")
    with pytest.raises(RejectedError):
        dead_man._send(url)
    assert network.asked == 0
