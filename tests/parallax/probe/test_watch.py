"""A round over targets: who is recorded when, and what an investigation holds."""

import asyncio
import importlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parallax.model.probe import ErrorType, Probe, ProbeRun, Role
from parallax.model.target import Reached, Target
from parallax.probe import Plan, Uses, watch
from parallax.probe.watch import UNCHANGED
from tests.parallax.probe.hostile import FLOODS, HELLO_REQUEST, Flood, flooding, mute
from tests.parallax.probe.running import BAD, GOOD, running
from tests.parallax.probe.servers import (
    Authority,
)

PLAN = Plan(
    repeats=3,
    interval=0.02,
    seconds=5.0,
    shortest=0.05,
    resolvers=(),
    resolver_seconds=0.1,
)


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Read and never answer."""
    await reader.read()


def target(name: str, port: int, *, cdn: bool = False, scheme: str = "http") -> Target:
    """Return a target on loopback that gives up after 2 s."""
    return Target(
        name=name,
        url=f"{scheme}://127.0.0.1:{port}/path?a=b",
        reached=Reached(load_balancer="lb", cdn=cdn),
        allow_private_addresses=True,
        timeout_seconds=2.0,
    )


def runs_of(targets: Sequence[Target], *addresses: str) -> list[ProbeRun]:
    """Watch once, return all that was recorded, in order."""
    runs: list[ProbeRun] = []
    uses = Uses(balancer_ips=lambda _: addresses, record=runs.append)
    watch(targets, uses, plan=PLAN)
    return runs


def test_a_healthy_target_costs_one_probe() -> None:
    """One run with one probe, and not more of its body than needed."""
    with running(GOOD) as (port,):
        (run,) = runs_of([target("good", port)])
    assert run.first.healthy
    assert len(run.probes) == 1
    assert (len(run.first.body), run.first.body_bytes) == (2048, 5000)
    assert run.first.body_truncated


def test_a_failing_target_is_investigated_in_the_same_round() -> None:
    """First run at once, then the full one with the same first probe."""
    with running(BAD) as (port,):
        first, full = runs_of([target("bad", port)], "127.0.0.1")
    assert len(first.probes) == 1
    assert (first.first, first.started_at) == (full.first, full.started_at)
    roles = [p.role for p in full.probes]
    assert roles == [
        Role.FIRST,
        *[Role.REPEAT] * 3,
        Role.CACHE_BUSTER,
        Role.DIRECT,
        Role.UNKNOWN_HOST,
    ]
    assert len(full.first.body) == 5000
    assert {len(p.body) for p in full.probes[1:]} == {2048}
    assert len({p.request_id for p in full.probes}) == len(full.probes)
    assert full.skipped == ("resolvers: the URL has an address instead of a name",)


def test_an_investigation_sends_the_planned_requests() -> None:
    """A new query for the cache, and an unknown host at the load balancer."""
    heads: list[bytes] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Record the request."""
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")

    with running(note) as (port,):
        runs_of([target("bad", port)], "127.0.0.1")
    busters = [h for h in heads if b"parallax-cache-buster=" in h]
    assert len(busters) == 1
    assert busters[0].startswith(b"GET /path?a=b&parallax-cache-buster=")
    assert b"\r\nCache-Control: no-cache\r\n" in busters[0]
    unknown = b"\r\nHost: parallax-unknown-host.invalid:%d\r\n" % port
    assert sum(unknown in h for h in heads) == 1


def test_over_tls_an_unknown_host_is_requested_too(trusted: Authority) -> None:
    """No certificate can match it; the other probes still verify."""
    with running(BAD, tls=trusted) as (port,):
        _, full = runs_of([target("bad", port, scheme="https")], "127.0.0.1")
    (unknown,) = full.by_role(Role.UNKNOWN_HOST)
    assert unknown.status_code == 503
    (direct,) = full.by_role(Role.DIRECT)
    assert direct.status_code == 503


def test_without_a_balancer_s_address_it_is_said_what_is_missing() -> None:
    """No direct probes; the unknown Host goes to the address that answered."""
    with running(BAD) as (port,):
        _, full = runs_of([target("bad", port)])
    assert not full.by_role(Role.DIRECT)
    assert full.by_role(Role.UNKNOWN_HOST)
    assert "direct: no address of lb is known" in full.skipped


def test_an_address_without_a_route_is_skipped_and_reported() -> None:
    """Its failure would be this machine's, not the balancer's; the other is probed."""
    with running(BAD) as (port,):
        _, full = runs_of([target("bad", port)], "fe80::1", "127.0.0.1")
    asked = full.by_role(Role.DIRECT, Role.UNKNOWN_HOST)
    assert [(p.role, p.peer_address) for p in asked] == [
        (Role.DIRECT, "127.0.0.1"),
        (Role.UNKNOWN_HOST, "127.0.0.1"),
    ]
    assert "direct to fe80::1: no IPv6 route from this machine" in full.skipped


def test_without_a_route_to_the_balancer_no_request_is_sent() -> None:
    """Neither direct nor for an unknown host; both are reported."""
    with running(BAD) as (port,):
        _, full = runs_of([target("bad", port)], "fe80::1")
    assert not full.by_role(Role.DIRECT, Role.UNKNOWN_HOST)
    assert {
        "direct to fe80::1: no IPv6 route from this machine",
        "unknown-host to fe80::1: no IPv6 route from this machine",
    } <= set(full.skipped)


def test_a_cdn_gets_no_request_for_an_unknown_host() -> None:
    """It would answer by itself and prove nothing about the balancer."""
    with running(BAD) as (port,):
        _, full = runs_of([target("bad", port, cdn=True)])
    assert not full.by_role(Role.UNKNOWN_HOST)
    assert any(s.startswith("unknown-host:") for s in full.skipped)


def test_a_hanging_target_delays_no_other() -> None:
    """The others are recorded long before it has timed out."""
    with running(silent, GOOD, BAD) as (mute, good, bad):
        runs = runs_of([target("mute", mute), target("good", good), target("bad", bad)])
    recorded = list(dict.fromkeys(run.target for run in runs))
    assert set(recorded[:2]) == {"good", "bad"}
    assert recorded[2] == "mute"


def test_a_record_that_fails_costs_only_itself() -> None:
    """All others are stored; the errors come together at the end."""
    stored: list[str] = []

    def record(run: ProbeRun) -> None:
        """Take down what is recorded."""
        if run.target == "one":
            raise OSError("table away")
        stored.append(run.target)

    with (
        running(GOOD, GOOD) as (one, two),
        pytest.raises(ExceptionGroup) as caught,
    ):
        watch(
            [target("one", one), target("two", two)],
            Uses(balancer_ips=lambda _: (), record=record),
            plan=PLAN,
        )
    assert stored == ["two"]
    assert [f"{e}" for e in caught.value.exceptions] == ["table away"]


def test_an_unknown_balancer_costs_only_the_direct_probes() -> None:
    """`balancer_ips` may raise: the rest of the investigation is recorded."""
    runs: list[ProbeRun] = []

    def away(_: Target) -> Sequence[str]:
        """Fail as an unreachable journal does."""
        raise OSError("journal away")

    with running(BAD) as (port,), pytest.raises(ExceptionGroup):
        watch(
            [target("bad", port)],
            Uses(balancer_ips=away, record=runs.append),
            plan=PLAN,
        )
    assert len(runs[-1].by_role(Role.REPEAT)) == 3


def test_a_defect_in_one_investigation_costs_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What there is is recorded, with the defect in words."""
    module = importlib.import_module("parallax.probe.watch")
    real = module.investigate

    async def broken(asked: Target, first: Probe, *rest: object) -> ProbeRun:
        """Fail as a defect of ours would."""
        if asked.name == "one":
            raise ZeroDivisionError("oops")
        return await real(asked, first, *rest)

    monkeypatch.setattr(module, "investigate", broken)
    with running(BAD, BAD) as (one, two):
        runs = runs_of([target("one", one), target("two", two)])
    fulls = {run.target: run for run in runs}
    assert fulls["one"].skipped == ("investigation: ZeroDivisionError: oops",)
    assert len(fulls["two"].by_role(Role.REPEAT)) == 3


def test_the_budget_holds() -> None:
    """Without time left, the first probe is recorded and the rest is reported."""
    runs: list[ProbeRun] = []
    with running(BAD) as (port,):
        watch(
            [target("bad", port)],
            Uses(balancer_ips=lambda _: (), record=runs.append),
            budget=2.04,
            plan=PLAN,
        )
    assert len(runs) == 2
    assert runs[-1].skipped == ("investigation: out of time",)


def test_resolvers_are_queried_if_there_is_a_name() -> None:
    """A name is compared, and what went wrong with that is part of the run."""
    with running(BAD) as (port,):
        named = replace(target("bad", port), url=f"http://localhost:{port}/")
        _, full = runs_of([named])
    (zone,) = full.resolutions
    assert zone.authoritative
    assert zone.error_type is not None


def test_a_name_without_address_leaves_no_entrance() -> None:
    """Nothing was reached, so there is nowhere to send an unknown Host."""
    gone = replace(target("gone", 80), url=f"http://{'x' * 64}.invalid/")
    full = runs_of([gone])[-1]
    assert full.first.error_type is ErrorType.NAME_NOT_RESOLVED
    assert not full.by_role(Role.UNKNOWN_HOST)
    assert any(sentence.startswith("resolvers: ") for sentence in full.skipped)


@contextmanager
def hostile(name: str, trusted: Authority) -> Iterator[int]:
    """Serve the named endless part; yield the port."""
    if name == "TLS handshake":
        with flooding(Flood(b"", HELLO_REQUEST, reads=b"").serve) as port:
            yield port
    elif name == "TLS records without data":
        trusted.context.num_tickets, before = 4000, trusted.context.num_tickets
        try:
            with flooding(mute, trusted.context) as port:
                yield port
        finally:
            trusted.context.num_tickets = before
    else:
        context = trusted.context if name.startswith("TLS") else None
        first, again = FLOODS[name.removeprefix("TLS: ")]
        with flooding(Flood(first, again).serve, context) as port:
            yield port


HOSTILE = {
    **dict.fromkeys(FLOODS, ErrorType.INVALID_RESPONSE),
    "TLS: in the trailer": ErrorType.INVALID_RESPONSE,
    "TLS: in the size line of a chunk": ErrorType.INVALID_RESPONSE,
    "TLS handshake": ErrorType.TLS,
    "TLS records without data": ErrorType.TLS,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_server_that_never_ends_costs_only_its_own_probe(
    name: str, trusted: Authority
) -> None:
    """The other target is recorded; the error names the unfinished part."""
    with hostile(name, trusted) as bad, running(GOOD) as (good,):
        scheme = "https" if name.startswith("TLS") else "http"
        one = target("bad", bad, scheme=scheme)
        runs = runs_of([one, target("good", good)])
    healthy = {run.target: run.first.healthy for run in runs}
    assert healthy == {"bad": False, "good": True}
    for probe in (probe for run in runs if run.target == "bad" for probe in run.probes):
        assert probe.error_type is HOSTILE[name]
        assert name.removeprefix("TLS: ") in (probe.error_detail or "")


def narrow(targets: int, limit: int, left: int = 0) -> tuple[dict[str, Any], str]:
    """Watch hanging targets in a process with so few descriptors; return its output."""
    script = Path(__file__).with_name("narrow.py")
    with socket.create_server(("127.0.0.1", 0), backlog=2000) as hanging:
        port = hanging.getsockname()[1]
        arguments = [sys.executable, script, port, targets, limit, left]
        done = subprocess.run(  # noqa: S603 - our own script
            list(map(str, arguments)), capture_output=True, text=True, check=True
        )
    return json.loads(done.stdout), done.stderr


def test_hanging_targets_do_not_run_out_of_file_descriptors() -> None:
    """Far more targets than descriptors: each timed out by itself, and nothing else.

    What does not fit into the time is left out, and is not a failure of the target.
    """
    names = sorted(f"t{number}" for number in range(200))
    found, logged = narrow(targets=200, limit=128)
    assert found["recorded"] == found["measured"] == names
    assert found["errors"] == ["timeout"]
    left_out = "unknown-host: not sent: too many connections at once"
    assert left_out in found["skipped"]
    assert logged == ""


def test_a_process_without_descriptors_blames_no_target() -> None:
    """No run mentions the targets; the log has their names and the reason."""
    found, logged = narrow(targets=2, limit=64, left=3)
    assert (found["recorded"], found["measured"]) == ([], [])
    assert "targets were not probed: Too many open files: ['t0', 't1']" in logged


def test_a_journal_that_hangs_costs_no_measurement() -> None:
    """Every target is measured while the first record still waits."""
    measured: list[str] = []
    all_there = threading.Event()

    def measure(run: ProbeRun) -> None:
        """Take down who was measured."""
        measured.append(run.target)
        if len(measured) == 3:
            all_there.set()

    def record(_: ProbeRun) -> None:
        """Hang until all are measured."""
        assert all_there.wait(10)

    with running(GOOD) as (port,):
        watch(
            [target(name, port) for name in ("one", "two", "three")],
            Uses(balancer_ips=lambda _: (), record=record, measure=measure),
            plan=PLAN,
        )
    assert sorted(measured) == ["one", "three", "two"]


def test_a_measurement_that_fails_costs_only_itself() -> None:
    """All are recorded; what was raised comes at the end."""
    stored: list[str] = []

    def measure(run: ProbeRun) -> None:
        """Fail for one of them."""
        if run.target == "one":
            raise OSError("log away")

    with running(GOOD) as (port,), pytest.raises(ExceptionGroup, match="recorded"):
        watch(
            [target("one", port), target("two", port)],
            Uses(
                balancer_ips=lambda _: (),
                record=lambda run: stored.append(run.target),
                measure=measure,
            ),
            plan=PLAN,
        )
    assert sorted(stored) == ["one", "two"]


def test_only_the_first_probe_of_a_target_that_hangs_is_less_patient() -> None:
    """A failure that changed is investigated with the target's own timeout."""
    runs: list[ProbeRun] = []
    with running(silent) as (port,):
        uses = Uses(
            balancer_ips=lambda _: (), record=runs.append, patience=lambda _: 0.1
        )
        watch([replace(target("slow", port), timeout_seconds=0.3)], uses, plan=PLAN)
    full = runs[-1]
    assert full.first.error_detail == "no complete response within 0.1 s"
    assert {p.error_detail for p in full.by_role(Role.REPEAT)} == {
        "no complete response within 0.3 s"
    }


def test_a_failure_that_is_known_is_recorded_and_not_investigated() -> None:
    """Its run says so, and keeps less of the body."""
    runs: list[ProbeRun] = []
    with running(BAD) as (port,):
        uses = Uses(
            balancer_ips=lambda _: (),
            record=runs.append,
            investigates=lambda _: False,
        )
        watch([target("bad", port)], uses, plan=PLAN)
    (still,) = runs
    assert (still.still, still.skipped) == (True, (UNCHANGED,))
    assert len(still.first.body) == 2048


def test_all_first_runs_are_settled_before_the_investigations_end() -> None:
    """Once, with healthy and failing ones; `stores` leaves out the healthy items."""
    events: list[tuple[str, int]] = []
    with running(GOOD, BAD) as (good, bad):
        uses = Uses(
            balancer_ips=lambda _: (),
            record=lambda run: events.append((run.target, len(run.probes))),
            settled=lambda firsts: events.append(("settled", len(firsts))),
            stores=lambda run: not run.first.healthy,
        )
        watch([target("good", good), target("bad", bad)], uses, plan=PLAN)
    assert [name for name, _ in events if name != "bad"] == ["settled"]
    assert events.index(("settled", 2)) < len(events) - 1
    assert events[-1][0] == "bad"


def test_writes_of_many_targets_run_side_by_side() -> None:
    """At most eight at the same time, and for one target one after the other."""
    busy: set[str] = set()
    most: list[int] = []
    two = threading.Event()

    def record(run: ProbeRun) -> None:
        """Wait until another write runs too."""
        assert run.target not in busy
        busy.add(run.target)
        most.append(len(busy))
        if len(busy) > 1:
            two.set()
        assert two.wait(10)
        busy.discard(run.target)

    with running(BAD) as (port,):
        uses = Uses(balancer_ips=lambda _: (), record=record)
        watch([target(f"t{n}", port) for n in range(20)], uses, plan=PLAN)
    assert 2 <= max(most) <= 8
