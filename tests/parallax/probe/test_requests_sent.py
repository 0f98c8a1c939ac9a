"""What a target's probes send: method, headers, body and login, on real sockets."""

import asyncio
import json
import ssl
from dataclasses import replace

import pytest

from parallax.model.probe import Check, Probe, Role
from parallax.model.target import (
    HeaderRule,
    Healthy,
    JsonRule,
    Login,
    LoginKind,
    Method,
    Target,
)
from parallax.model.wire import encode
from parallax.probe import fetch
from parallax.probe.credential import Credential, credential
from parallax.probe.plan import Plan, Timed, repeats, singles, user_request
from tests.parallax.probe.servers import Authority, answered, question, serving

SECRET = "canary-user:cAnAry-pass-1"
LOGIN = Login(kind=LoginKind.BASIC, secret="shop-login")
TARGET = Target(
    name="shop",
    url="https://shop.example/cart?x=1",
    method=Method.POST,
    request_headers=(("Accept", "application/json"),),
    request_body='{"query": "shoes"}',
    login=LOGIN,
)


def echo(seen: list[bytes], status: bytes = b"200 OK") -> object:
    """Return a handler that keeps a request, and repeats it in its response."""

    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(
            (
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            ),
            0,
        )
        body = await reader.readexactly(size)
        seen.append(head + body)
        login = b"".join(
            line for line in head.split(b"\r\n") if line.startswith(b"Authorization")
        )
        text = head + body
        length = b"Content-Length: %d\r\nX-Echo: %b\r\n\r\n" % (len(text), login)
        page = b"HTTP/1.1 " + status + b"\r\n" + length
        writer.write(page + (b"" if head.startswith(b"HEAD") else text))
        await writer.drain()

    return handle


def sent(
    context: ssl.SSLContext | None = None, **changes: object
) -> tuple[bytes, Probe]:
    """Return what one probe sent to a server, and what it recorded."""
    seen: list[bytes] = []

    async def run() -> Probe:
        """Ask within one event loop."""
        async with serving(echo(seen), context) as port:  # type: ignore[arg-type]
            scheme = "https" if context else "http"
            return await fetch(question(port, scheme, **changes))

    probe = asyncio.run(run())
    return seen[0], probe


def basic(*, allow_http: bool = False) -> Credential:
    """Return the login of the canary."""
    return credential(replace(LOGIN, allow_http=allow_http), SECRET)


def test_a_post_sends_its_headers_and_its_body() -> None:
    """With the length of the body; the probe notes its method."""
    request, probe = sent(
        method=Method.POST, body="{}", headers=(("Content-Type", "application/json"),)
    )
    assert request.startswith(b"POST / HTTP/1.1\r\n")
    assert request.endswith(b"\r\n\r\n{}")
    assert request.lower().count(b"content-length: 2") == 1
    assert b"Content-Type: application/json\r\n" in request
    assert probe.method == "POST"
    assert probe.healthy


def test_a_post_without_a_body_says_so() -> None:
    """RFC 9110, section 8.6."""
    request, _ = sent(method=Method.POST)
    assert request.lower().count(b"content-length: 0") == 1


def test_the_response_to_a_head_ends_with_its_headers() -> None:
    """The length that it announces is that of a GET; no body follows."""
    request, probe = sent(method=Method.HEAD, timeout=2.0)
    assert request.startswith(b"HEAD ")
    assert probe.healthy
    assert probe.error_type is None
    assert (probe.body, probe.body_bytes) == ("", 0)


def test_a_login_is_sent_and_stored_nowhere(trusted: Authority) -> None:
    """The server repeats it in a header and in the page; the canary is not kept."""
    request, probe = sent(trusted.context, credential=basic())
    assert b"\r\nAuthorization: Basic " in request
    text = json.dumps(encode(probe))
    token = request.partition(b"Basic ")[2].partition(b"\r\n")[0].decode()
    for secret in (SECRET, "cAnAry", token, token.rstrip("=")):
        assert secret not in text
    assert "[redacted]" in probe.body


def test_a_login_is_not_sent_without_tls() -> None:
    """Unless the target's file allows it."""
    request, _ = sent(credential=basic())
    assert b"Authorization" not in request
    request, probe = sent(credential=basic(allow_http=True))
    assert b"Authorization" in request
    assert "cAnAry" not in json.dumps(encode(probe))


def test_a_login_is_not_sent_to_a_server_without_a_verified_certificate(
    trusted: Authority,
) -> None:
    """As the probe of an unknown host accepts any."""
    request, _ = sent(trusted.context, credential=basic(), verify=False)
    assert b"Authorization" not in request


@pytest.mark.parametrize(
    ("rule", "check"),
    [
        (Healthy(headers=(HeaderRule(name="x-none"),)), Check.HEADERS),
        (Healthy(json=(JsonRule(path="a", exists=True),)), Check.JSON),
        (Healthy(body_lacks=("GET",)), Check.BODY),
        (Healthy(body_matches="^POST"), Check.BODY),
        (Healthy(max_seconds=1e-9), Check.SECONDS),
        (Healthy(status_codes=(204,)), Check.STATUS),
    ],
)
def test_what_a_response_lacks_is_recorded(rule: Healthy, check: Check) -> None:
    """It is not healthy, and no error of the network."""
    _, probe = sent(healthy=rule)
    assert not probe.healthy
    assert probe.error_type is None
    assert [one.check for one in probe.unmet or ()] == [check]


def test_a_slow_response_that_times_out_is_a_timeout() -> None:
    """An incomplete response is not judged by the rest of the rule."""

    async def run() -> Probe:
        """Ask within one event loop."""

        async def mute(
            reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
        ) -> None:
            """Read, and say nothing."""
            await reader.read()

        async with serving(mute) as port:
            rule = Healthy(max_seconds=0.01)
            return await fetch(question(port, healthy=rule, timeout=0.1))

    probe = asyncio.run(run())
    assert probe.error_type == "timeout"
    assert probe.unmet is None


def test_each_probe_of_the_target_sends_what_users_send() -> None:
    """Only the unknown host gets a bare GET, and no login."""
    plan = Plan(logins=lambda _: basic(), repeats=2)
    first = answered(503, peer_address="203.0.113.9")
    requests, _ = singles(TARGET, first, ["203.0.113.20"], plan)
    every = [*requests, *(one.request for one in repeats(TARGET, plan))]
    for request in every:
        if request.role is Role.UNKNOWN_HOST:
            # Known, so that no response shows it; not sent.
            assert not request.sends_login
            assert (request.method, request.body) == (Method.GET, None)
            assert request.headers == ()
        else:
            assert request.credential is not None
            assert request.sends_login
            assert (request.method, request.body) == (
                Method.POST,
                TARGET.request_body,
            )
            assert ("Accept", "application/json") in request.headers
    assert {r.role for r in every} >= {Role.CACHE_BUSTER, Role.DIRECT, Role.REPEAT}
    assert "cAnAry" not in repr([*map(Timed, [0.0] * len(every), every)])


def test_a_request_s_timeout_stays_with_a_plan() -> None:
    """The plan only adds the login."""
    request = user_request(TARGET, Role.FIRST, 3.0, Plan(logins=lambda _: None))
    assert request.timeout == 3.0
