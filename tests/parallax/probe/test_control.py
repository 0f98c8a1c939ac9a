"""The control URL: requested only without an HTTP response; any response counts."""

import asyncio
from dataclasses import replace

import pytest

from parallax.model.probe import ErrorType, Probe, Role
from parallax.model.target import Target
from parallax.probe import fetch
from parallax.probe.control import control
from parallax.probe.plan import Plan
from tests.parallax.probe.servers import Handler, answered, answering, serving

LAB = Target(name="front", url="https://front.example/", allow_private_addresses=True)
PLAN = Plan(control_url="https://control.example/")
NO_ANSWER = answered(None, error_type=ErrorType.TIMEOUT)


@pytest.mark.parametrize(
    "error",
    [
        ErrorType.NAME_NOT_RESOLVED,
        ErrorType.HOST_UNREACHABLE,
        ErrorType.TIMEOUT,
        ErrorType.TLS,
    ],
)
def test_without_a_response_the_control_is_requested(error: ErrorType) -> None:
    """No name, no route, no connection, no handshake: it may be us."""
    request, why_not = control(LAB, replace(NO_ANSWER, error_type=error), PLAN)
    assert request is not None
    assert (request.role, request.url) == (Role.CONTROL, PLAN.control_url)
    assert why_not is None


def test_who_got_an_answer_is_not_blind() -> None:
    """An error page passed through the network: no control is needed."""
    assert control(LAB, answered(503), PLAN) == (None, None)


def test_without_a_url_the_control_is_skipped_and_reported() -> None:
    """The judgement then cannot state that the monitor works."""
    plan = replace(PLAN, control_url=None)
    assert control(LAB, NO_ANSWER, plan) == (
        None,
        "control: no control URL is configured",
    )


def asked(handler: Handler) -> Probe:
    """Ask a control on loopback that behaves so."""

    async def run() -> Probe:
        """Ask within one event loop."""
        async with serving(handler) as port:
            plan = replace(PLAN, control_url=f"http://127.0.0.1:{port}/")
            request, _ = control(LAB, NO_ANSWER, plan)
            assert request is not None
            return await fetch(request)

    return asyncio.run(run())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n203.0.113.9\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n",
        b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 99\r\n\r\ncut",
    ],
)
def test_any_answer_will_do(answer: bytes) -> None:
    """A redirect is not followed, an error is an answer; nothing of it is kept."""
    probe = asked(answering(answer))
    assert probe.healthy
    assert probe.body == ""


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.6\r\n"])
def test_what_is_no_http_is_no_answer(answer: bytes) -> None:
    """A connection alone shows nothing: a portal on the way may have taken it."""
    assert not asked(answering(answer)).healthy
