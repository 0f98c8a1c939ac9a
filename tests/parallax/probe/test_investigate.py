"""A whole investigation: which requests it sends, and what it reports as skipped."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from parallax.model.probe import ErrorType, Probe, ProbeRun, Role
from parallax.model.target import Reached, Target
from parallax.probe import NotSentError, Plan, ProbeRequest, investigate
from parallax.probe.slots import Capacity, Slots
from tests.parallax.probe.name_servers import Records, Says, name_servers
from tests.parallax.probe.servers import Handler, answered, answering, serving

PLAN = Plan(
    repeats=2,
    interval=0.02,
    shortest=0.05,
    resolvers=("127.0.0.1",),
    resolver_seconds=5.0,
)
BAD = answering(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")
GOOD = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
NO_NAME = answered(None, error_type=ErrorType.NAME_NOT_RESOLVED)
ZONE: Records = {
    ("localhost.", "SOA"): "ns.localhost. x.localhost. 1 2 3 4 5",
    ("localhost.", "NS"): "ns.localhost.",
    ("ns.localhost.", "A"): "127.0.0.1",
    ("localhost.", "A"): ("127.0.0.1", "127.0.0.2"),
    ("localhost.", "AAAA"): "fe80::1",
}
"""Two addresses, of which one serves, and one that has no route."""


def target(url: str) -> Target:
    """Return a target on loopback."""
    reached = Reached(load_balancer="lb")
    return Target(name="x", url=url, reached=reached, allow_private_addresses=True)


def run_of(  # noqa: PLR0913 - the parts of an investigation
    handler: Handler,
    *,
    first: object = None,
    host: str = "localhost",
    plan: Plan = PLAN,
    capacity: Capacity | None = None,
    control: Handler | None = None,
) -> ProbeRun:
    """Investigate a target on loopback, with a name server for it."""

    async def run() -> ProbeRun:
        """Ask within one event loop."""
        async with (
            serving(handler) as port,
            serving(control or GOOD) as other,
            name_servers(Says(ZONE)) as dns_port,
        ):
            known = replace(plan, dns_port=dns_port)
            if control:
                known = replace(known, control_url=f"http://127.0.0.1:{other}/")
            asked = target(f"http://{host}:{port}/")
            begun = first if first is not None else answered(503)
            return await investigate(asked, begun, ["127.0.0.1"], known, capacity)  # type: ignore[arg-type]

    return asyncio.run(run())


def test_every_resolved_address_is_probed_by_itself() -> None:
    """One serves an error page, one is dead, one has no route from here."""
    run = run_of(BAD)
    asked = run.by_role(Role.ADDRESS)
    assert [(p.peer_address, p.status_code, p.error_type) for p in asked] == [
        ("127.0.0.1", 503, None),
        ("127.0.0.2", None, ErrorType.CONNECTION_REFUSED),
    ]
    assert {p.server_address for p in asked} == {"localhost"}
    assert "address fe80::1: no IPv6 route from this machine" in run.skipped


def test_the_name_is_pinned_in_host() -> None:
    """The connection's address changes, the requested host does not."""
    heads: list[bytes] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Record the requested host."""
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")

    asked = run_of(note).by_role(Role.ADDRESS)[0]
    (head,) = [head for head in heads if asked.request_id.encode() in head]
    assert b"\r\nHost: localhost:" in head


def test_resolvers_and_zone_are_both_recorded() -> None:
    """Both families, each with its TTL."""
    resolver, zone = run_of(BAD).resolutions
    assert (resolver.resolver, zone.resolver) == ("127.0.0.1", "ns.localhost")
    assert resolver.addresses == zone.addresses == ("127.0.0.1", "127.0.0.2", "fe80::1")
    assert (zone.ttl_ipv4, zone.ttl_ipv6) == (60, 61)


def test_a_url_that_is_an_address_has_neither_resolvers_nor_addresses() -> None:
    """There is nothing to resolve; the rest is unchanged."""
    run = run_of(BAD, host="127.0.0.1")
    assert (run.resolutions, run.by_role(Role.ADDRESS)) == ((), ())
    assert len(run.by_role(Role.REPEAT)) == 2
    assert run.skipped == ("resolvers: the URL has an address instead of a name",)


def test_the_control_is_requested_once_without_a_response() -> None:
    """Its response is healthy, whatever its status."""
    run = run_of(BAD, first=NO_NAME, control=BAD)
    (asked,) = run.by_role(Role.CONTROL)
    assert (asked.status_code, asked.healthy) == (503, True)


def test_the_control_is_left_alone_where_an_answer_came() -> None:
    """An error page is an answer: the monitor sees."""
    received: list[bytes] = []

    async def note(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        """Record the connection."""
        received.append(await reader.read(1))

    run = run_of(BAD, control=note)
    assert (run.by_role(Role.CONTROL), received) == ((), [])


def test_a_part_without_time_is_reported_and_blocks_nothing() -> None:
    """A repeat that would lie beyond the end is not waited for."""
    run = run_of(BAD, plan=replace(PLAN, repeats=3, interval=3000.0), host="127.0.0.1")
    assert len(run.by_role(Role.REPEAT)) == 1
    assert {"repeat: out of time", "cache-buster: out of time"} <= set(run.skipped)


def test_a_defect_among_the_resolvers_costs_no_probe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All others are there, with the defect in words."""

    async def broken(*_: object, **__: object) -> None:
        """Fail as a defect of ours would."""
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("parallax.probe.resolvers.compare", broken)
    run = run_of(BAD)
    assert len(run.by_role(Role.REPEAT)) == 2
    assert "resolvers: ZeroDivisionError('oops')" in run.skipped


class Taken(Slots):
    """Slots of which none ever comes free."""

    async def run[T](
        self, owner: str, seconds: float, work: Callable[[], Awaitable[T]]
    ) -> T:
        """Refuse, as after the time to wait."""
        del owner, seconds, work
        raise NotSentError("too many connections at once")


def test_a_part_without_a_connection_is_reported_as_skipped() -> None:
    """Neither probe nor comparison: the run contains nothing about the target."""
    capacity = Capacity(probes=Taken(1), comparisons=Taken(1))
    run = run_of(BAD, first=NO_NAME, control=GOOD, capacity=capacity)
    assert (len(run.probes), run.resolutions) == (1, ())
    assert run.skipped == (
        "repeat: not sent: too many connections at once",
        "control: not sent: too many connections at once",
        "cache-buster: not sent: too many connections at once",
        "direct: not sent: too many connections at once",
        "unknown-host: not sent: too many connections at once",
        "resolvers: not queried: too many connections at once",
    )


def test_a_wait_for_a_connection_shortens_no_probe() -> None:
    """A probe waits only as long as all of its own time is still left after it."""
    waits: list[float] = []

    class Noting(Slots):
        """Slots that take down how long a probe may wait for one."""

        async def run[T](
            self, owner: str, seconds: float, work: Callable[[], Awaitable[T]]
        ) -> T:
            """Take down, then do the work at once."""
            waits.append(seconds)
            return await super().run(owner, seconds, work)

    capacity = Capacity(probes=Noting(100))
    plan = replace(PLAN, seconds=12.0, resolvers=())
    run_of(BAD, host="127.0.0.1", plan=plan, capacity=capacity)
    assert len(waits) == 5
    assert all(0 < wait <= 12.0 - 10.0 for wait in waits)


def test_a_probe_that_cannot_be_sent_costs_only_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A defect of this machine is reported, not as an error of the target."""
    module = importlib.import_module("parallax.probe.investigate")
    real = module.fetch

    async def broken(request: ProbeRequest) -> Probe:
        """Find no file descriptor for one of the probes."""
        if request.role is Role.DIRECT:
            raise NotSentError("Too many open files")
        return await real(request)

    monkeypatch.setattr(module, "fetch", broken)
    run = run_of(BAD, host="127.0.0.1")
    assert not run.by_role(Role.DIRECT)
    assert len(run.by_role(Role.REPEAT)) == 2
    assert "direct: not sent: Too many open files" in run.skipped
