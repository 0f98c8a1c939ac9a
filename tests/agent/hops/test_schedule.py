"""How many probes an app receives at a time."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from parallax.model.probe import Probe, Role
from parallax.model.target import Healthy
from parallax.probe import NotSentError, ProbeRequest
from parallax_agent.hops import schedule
from parallax_agent.hops.schedule import ScheduledRequest, run_schedule
from tests.agent.shapes import NOW
from tests.parallax.probe.servers import answering, question, serving

THROUGH = (Role.SERVICE, Role.NODEPORT_OWN, Role.NODEPORT_OTHER, Role.INGRESS)


class App:
    """Replaces the network; counts the concurrent requests."""

    def __init__(self) -> None:
        self.under_way: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.order: list[str] = []

    async def fetch(self, question: ProbeRequest) -> Probe:
        """Answer after everybody who may has begun."""
        name = question.pod or "through"
        self.under_way[name] += 1
        self.most[name] = max(self.most[name], self.under_way[name])
        assert name == "through" or not self.under_way["through"]
        self.order.append(name)
        for _ in range(20):
            await asyncio.sleep(0)
        self.under_way[name] -= 1
        return Probe(
            role=question.role,
            url=question.url,
            started_at=NOW,
            request_id=f"{question.role} {question.address}",
            healthy=True,
            duration=0.0,
        )


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    """Replace the network by an app."""
    found = App()
    monkeypatch.setattr(schedule, "fetch", found.fetch)
    monkeypatch.setattr(schedule, "SPACING", 0.0)
    return found


def scheduled(
    role: Role, address: str, pod: str | None = None, backend: str = "a"
) -> ScheduledRequest:
    """Return one scheduled request."""
    question = ProbeRequest(
        role=role, url="http://a/", healthy=Healthy(), address=address, pod=pod
    )
    return ScheduledRequest(question=question, backend=backend)


def cluster(pods: int, through: int = 8) -> list[ScheduledRequest]:
    """Return the requests for an app of this many pods, each with two addresses."""
    direct = [
        scheduled(Role.POD, f"{family}{n}", f"pod-{n}")
        for family in ("10.42.0.", "fd42::")
        for n in range(pods)
    ]
    return direct + [scheduled(THROUGH[n % 4], f"10.0.0.{n}") for n in range(through)]


def ids(answers: Sequence[Probe | None]) -> list[str | None]:
    """Return the ids of probes."""
    return [a and a.request_id for a in answers]


@pytest.mark.parametrize("pods", [0, 1, 3, 20])
def test_a_pod_receives_one_request_at_a_time(app: App, pods: int) -> None:
    """Directly one by one, also in two families; via Service as many as pods."""
    every = cluster(pods)
    answers = asyncio.run(run_schedule(every, 15.0))
    assert ids(answers) == [f"{e.question.role} {e.question.address}" for e in every]
    assert app.most["through"] == min(max(1, pods), 8)
    assert {app.most[f"pod-{n}"] for n in range(pods)} <= {1}


def test_targets_of_one_service_share_its_schedule(app: App) -> None:
    """Two hosts of one app do not double its load."""
    asyncio.run(run_schedule([*cluster(1), *cluster(1)], 15.0))
    assert app.most == {"through": 1, "pod-0": 1}


def test_another_service_does_not_wait(app: App) -> None:
    """Another Service has its own schedule."""
    others = [scheduled(Role.SERVICE, "10.0.1.1", backend="b")]
    asyncio.run(
        run_schedule(
            [*(scheduled(Role.SERVICE, "10.0.0.1") for _ in "ab"), *others], 15.0
        )
    )
    assert app.most == {"through": 2}


def test_requests_without_time_are_left_out(app: App) -> None:
    """Nothing starts after the limit; the path of users is probed first."""
    moments = iter([0.0, 0.0, 9.9, 10.0, 11.0])
    every = [scheduled(role, "10.0.0.1") for role in THROUGH]
    answers = asyncio.run(run_schedule(every, 15.0, now=lambda: next(moments)))
    requested_interval = {every[n].question.role for n, a in enumerate(answers) if a}
    assert requested_interval == {Role.INGRESS, Role.SERVICE}
    assert app.order == ["through"] * 2


FREE = {"status_code": 200, "duration": 0.4}
LATE = {"status_code": 200, "duration": 0.6}
DEAF = {"error_phase": "connect", "duration": 1.5}
HUNG = {"error_phase": "processing", "duration": 5.0}


@pytest.mark.parametrize(
    ("pods", "most"),
    [
        ([FREE, FREE], 8),
        ([FREE, DEAF], 8),
        ([DEAF, DEAF], 8),
        ([FREE, LATE], 2),
        ([FREE, HUNG], 2),
        ([DEAF, HUNG], 2),
        ([], 1),
    ],
)
def test_a_request_that_hangs_in_the_network_delays_no_other(
    monkeypatch: pytest.MonkeyPatch, pods: list[dict[str, float]], most: int
) -> None:
    """The next starts beside it, unless a pod is slow or hangs itself."""
    begun, now, at_a_time = asyncio.Event(), 0, 0
    patience = 30.0 if most == 8 else 0.03

    async def fetch(question: ProbeRequest) -> Probe:
        """Answer of a pod as raised; hang on the way through a Service."""
        nonlocal now, at_a_time
        about = pods[int(question.pod[-1])] if question.pod else HUNG
        if not question.pod:
            now += 1
            at_a_time = max(at_a_time, now)
            if now == 8:
                begun.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(begun.wait(), patience)
            now -= 1
        fields: dict[str, Any] = {"healthy": False, **about}
        return Probe(
            role=question.role, url="", started_at=NOW, request_id="", **fields
        )

    monkeypatch.setattr(schedule, "fetch", fetch)
    monkeypatch.setattr(schedule, "OVERTAKE_SECONDS", 0.001)
    direct = [
        scheduled(Role.POD, f"10.42.0.{n}", f"pod-{n}") for n, _ in enumerate(pods)
    ]
    through = [scheduled(THROUGH[n % 4], f"10.0.0.{n}") for n in range(8)]
    answers = asyncio.run(run_schedule([*direct, *through], 15.0))
    assert (at_a_time, None in answers) == (most, False)


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Read and never answer."""
    await reader.read()


def test_order_and_spacing_on_real_sockets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Probes keep their order, a hanging one delays none, starts are spaced."""
    pauses: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        """Sleep as ever, and take down how long."""
        pauses.append(seconds)
        await real(seconds)

    async def run() -> list[Probe | None]:
        """Ask within one event loop."""
        page = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
        async with serving(silent) as mute, serving(answering(page)) as port:
            every = [question(mute, timeout=2), *[question(port) for _ in range(5)]]
            apart = [
                ScheduledRequest(question=q, backend=f"{n}")
                for n, q in enumerate(every)
            ]
            return await run_schedule(apart, 15.0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    hung, *others = asyncio.run(run())
    probes = [probe for probe in others if probe]
    assert [p.status_code for p in probes] == [503] * 5
    assert hung
    given_up = hung.started_at + timedelta(seconds=hung.duration)
    assert all(p.started_at < given_up for p in probes)
    assert pauses.count(0.003) == 2 * 6  # a Service's, and its lane's


def test_a_request_that_cannot_be_sent_affects_no_other(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A lack on this machine is not a response of a hop; the log counts them."""

    async def fetch(question: ProbeRequest) -> Probe:
        """Find no file descriptor for one of the pods."""
        if question.pod == "pod-0":
            raise NotSentError("Too many open files")
        return await app.fetch(question)

    monkeypatch.setattr(schedule, "fetch", fetch)
    answers = asyncio.run(run_schedule(cluster(2, 2), 15.0))
    assert [answer is None for answer in answers] == [True, False] * 2 + [False] * 2
    (record,) = caplog.records
    assert record.message == "probes were not sent"
    assert record.__dict__["reasons"] == {"Too many open files": 2}
