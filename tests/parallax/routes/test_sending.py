"""Sending: within bytes and seconds, to public addresses, and no secret in an error."""

import socket
import threading

import pytest

from parallax.routes import sending
from parallax.routes.request import Request
from parallax.routes.sending import RejectedError, UnavailableError, send
from tests.parallax.probe.hostile import FLOODS, Flood, flooding
from tests.parallax.routes.standin import standing

SECRET = "/services/T0/B0/very-secret"


def request(url: str, body: bytes = b"{}") -> Request:
    """Return a request with a secret path and a secret header."""
    headers = {"Authorization": "Bearer very-secret"}
    return Request(url=f"{url}{SECRET}", body=body, headers=headers)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://hooks.example", "only https"),
        ("ftp://hooks.example", "is not supported"),
        ("https://u:very-secret@hooks.example", "user name and password"),
        ("https:/hooks.example", "two slashes"),
        ("https://hooks example", "space"),
    ],
)
def test_a_url_that_is_not_https_is_rejected(url: str, reason: str) -> None:
    """Before anything is sent; the text has no part of the path."""
    with pytest.raises(RejectedError, match=reason) as caught:
        send(request(url))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "[::1]", "localhost"]
)
def test_an_address_that_is_not_public_is_rejected(host: str) -> None:
    """A name that resolves to one too: the metadata service, or the function itself."""
    with pytest.raises(RejectedError, match="not a public address"):
        send(request(f"https://{host}"))


@pytest.mark.parametrize("size", [0, 1, 250_000])
def test_the_whole_body_arrives(size: int) -> None:
    """An alert's event has up to 240 KB."""
    with standing() as receiver:
        body = b'"' + b"x" * size + b'"'
        assert send(request(receiver.url, body), allow_private=True) == 200
        assert receiver.accepted == ["x" * size]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_success_is_a_success(status: int) -> None:
    """PagerDuty and Opsgenie answer 202, a workflow of Teams 202, others 200."""
    with standing() as receiver:
        receiver.status = status
        assert send(request(receiver.url), allow_private=True) == status


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_retried(status: int) -> None:
    """Only after a gateway's time-out it is unknown whether it was accepted."""
    with standing() as receiver:
        receiver.status, receiver.answer = status, SECRET.encode() + b"\x1b[31m slow"
        with pytest.raises(UnavailableError, match=f"HTTP {status}: ") as caught:
            send(request(receiver.url), allow_private=True)
    assert caught.value.is_unknown is (status == 504)
    assert "secret" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_redirect_is_not_followed() -> None:
    """It could lead to another receiver, or to an address that is not public."""
    with standing() as receiver:
        receiver.status = 307
        with pytest.raises(RejectedError, match="HTTP 307"):
            send(request(receiver.url), allow_private=True)
        assert receiver.requests == 1


def test_a_refused_connection_sent_nothing() -> None:
    """So a retry is not a repetition."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(UnavailableError, match="connection_refused") as caught:
        send(request(f"http://127.0.0.1:{port}"), allow_private=True)
    assert not caught.value.is_unknown


def test_a_lost_answer_is_unknown() -> None:
    """The receiver may have the alert."""
    with standing() as receiver:
        receiver.loses = True
        with pytest.raises(UnavailableError) as caught:
            send(request(receiver.url), allow_private=True)
        assert receiver.requests == 1
    assert caught.value.is_unknown


def test_a_receiver_that_never_answers_costs_its_time_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then the result is unknown."""
    monkeypatch.setattr(sending, "SECONDS", 0.2)
    ready = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        ready.set()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(UnavailableError, match="no complete response") as caught:
            send(request(url), allow_private=True)
    assert caught.value.is_unknown


@pytest.mark.parametrize("name", FLOODS)
def test_a_receiver_that_sends_without_end_is_bounded(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In bytes and seconds; a status that was read before counts."""
    monkeypatch.setattr(sending, "SECONDS", 1.0)
    first, again = FLOODS[name]
    flood = Flood(first, again)
    with flooding(flood.serve) as port:
        try:
            send(request(f"http://127.0.0.1:{port}"), allow_private=True)
        except UnavailableError as error:
            assert error.is_unknown  # noqa: PT017 - it may also succeed
    assert flood.sent < 64 * 1024 * 1024
