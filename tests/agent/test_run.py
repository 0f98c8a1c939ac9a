"""Whole cycles: a recorded API, real hops, a followed log, a real ingest."""

import json
import queue
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from parallax.model.cluster import NodeReport
from parallax.model.probe import Role
from parallax.model.push import Push
from parallax.model.target import Target
from parallax_agent import cycle as cycle_module
from parallax_agent import run as run_module
from parallax_agent.cycle import Cycles
from parallax_agent.hops import schedule
from parallax_agent.push import pusher as pusher_module
from parallax_agent.push.pusher import Pusher
from parallax_agent.run import Agent
from parallax_agent.settings import Settings
from parallax_agent.sightings import follower as follower_module
from parallax_agent.watch import cache as cache_module
from parallax_agent.watch.api import Apis, connect
from tests.agent.conftest import IngestServer, KubernetesServer, Quiet, Server
from tests.agent.sightings.test_log_followers import line, until

OWN_POD = "ingress-nginx-controller-jjw5g"


class Hop(Quiet):
    """Responds as pod, Service, NodePort and ingress."""

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        """Record the client and respond healthily."""
        self.server.requests.append(("GET", self.headers["User-Agent"]))
        self.answer(200, b"ok", "text/plain")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave time for every request, however slow this machine is."""
    monkeypatch.setattr(schedule, "SHORTEST", 600.0)
    monkeypatch.setattr(schedule, "LONGEST", 600.0)


@pytest.fixture
def hop() -> Iterator[Server]:
    """Serve every hop of worker-01."""
    server = Server(Hop, address="127.0.0.110")
    yield server
    server.stop()


@pytest.fixture
def cluster(kubernetes_api: KubernetesServer, hop: Server) -> KubernetesServer:
    """Move the recorded cluster to loopback addresses and one port."""
    port = str(hop.server_port)
    for kind in ("nodes", "services", "endpointslices"):
        text = json.dumps(kubernetes_api.body(kind)).replace("10.0.0.11", "127.0.0.11")
        for number in ("30080", "31695", "8080"):
            text = text.replace(f": {number}", f": {port}")
        text = text.replace("10.42.1.10", "127.0.0.110").replace("10.42.", "127.42.")
        if kind == "endpointslices":  # the ingress pods' own ports
            text = re.sub(r'"port": (80|443)\b', f'"port": {port}', text)
        kubernetes_api.replaced[kind] = json.loads(text)
    kubernetes_api.logs[OWN_POD] = queue.Queue()
    return kubernetes_api


@pytest.fixture
def apis(cluster: KubernetesServer, tmp_path: Path) -> Iterator[Apis]:
    """Connect to the recorded API."""
    with closing(connect(cluster.kubeconfig(tmp_path))) as connected:
        yield connected


@pytest.fixture
def agent(
    apis: Apis, ingest: IngestServer, key_file: Path, api_target: Target
) -> Agent:
    """Build an agent for worker-01 with one target."""
    settings = Settings(
        node="worker-01",
        cluster="keybuzz",
        key_file=key_file,
        observations_url=f"{ingest.url}/v1/observations",
        interval=1.0,
        source_address="127.0.0.110",
    )
    pusher = Pusher(settings.observations_url, key_file)
    return Agent(settings, [api_target], apis, pusher)


def cycles_of(agent: Agent) -> Cycles:
    """Build an agent's cycles."""
    return Cycles(agent.settings, agent.targets, agent.apis, lambda: agent.interval)


@pytest.fixture
def cycles(
    agent: Agent, cluster: KubernetesServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cycles]:
    """Build the cycles alone, and stop their followers."""
    monkeypatch.setattr(follower_module, "SETTLE_SECONDS", 0.02)
    made = cycles_of(agent)
    yield made
    made.end()
    cluster.logs[OWN_POD].put(None)
    agent.pusher.close(0)


def only(push: Push) -> NodeReport:
    """Return the only report of a push."""
    (report,) = push.reports
    return report


def test_a_cycle_reports_reading_probes_and_sightings(
    cycles: Cycles, cluster: KubernetesServer, hop: Server
) -> None:
    """One push has the reading, probes and sightings; agents' lines are dropped."""
    report = only(cycles.next())
    assert report.reading is not None
    assert report.reading.problems == ()
    healthy = {p.role for p in report.probes if p.healthy}
    assert healthy == {Role.POD, Role.NODEPORT_OWN, Role.INGRESS, Role.INGRESS_POD}
    assert len(report.probes) == 15
    (own,) = {agent for _, agent in hop.requests}
    users = "f" * 12 + "4fff8" + "f" * 15
    cluster.logs[OWN_POD].put(line(1, agent=own) + line(2, request_id=users))

    def seen() -> Push | None:
        latest = cycles.next()
        return latest if latest.sightings else None

    push = until(seen)
    report = only(push)
    assert [s.request_id for s in push.sightings] == [users]
    assert report.sightings == ()
    assert report.log_read_at is not None
    assert (report.cluster, report.node) == ("keybuzz", "worker-01")
    assert report.interval >= 1.0


def test_an_api_that_goes_away_leaves_the_last_path_probed(
    cycles: Cycles, cluster: KubernetesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading names what is missing; the hops are still probed."""
    monkeypatch.setattr(cache_module, "STALE_SECONDS", 0.0)
    before = only(cycles.next())
    for kind in ("nodes", "services", "endpointslices", "pods", "ingresses"):
        cluster.errors[kind] = 500
    cluster.drop()

    def away() -> NodeReport | None:
        latest = only(cycles.next())
        reading = latest.reading
        return latest if reading and len(reading.problems) >= 5 else None

    report = until(away)
    assert report.reading is not None
    assert report.reading.nodes is None
    assert len(report.probes) == len(before.probes)
    assert len(cycles._followers.take()) == 1


def test_one_target_that_cannot_be_read_does_not_stop_the_others(
    cycles: Cycles, cluster: KubernetesServer, api_target: Target
) -> None:
    """A malformed object of one namespace affects only that target."""
    broken = api_target.reached
    other = replace(
        api_target,
        name="other",
        url="https://other.example/",
        reached=replace(broken, namespace="odd", service="odd"),
    )
    cycles._targets = [other, api_target]
    body = cluster.body("services")
    body["items"].append({"metadata": {"namespace": "odd", "name": "odd"}})
    body["items"][-1]["spec"] = {"ports": 7}
    cluster.replaced["services"] = body
    odd, fine = cycles.next().reports
    assert odd.reading is not None
    assert any("TypeError" in problem for problem in odd.reading.problems)
    assert fine.reading is not None
    assert fine.reading.problems == ()


def test_failed_probes_leave_the_reading(
    cycles: Cycles, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The error is logged; reading and sightings are still sent."""

    def broken(*_: object) -> None:
        raise RuntimeError("defect")

    monkeypatch.setattr(cycle_module, "run_schedule", broken)
    report = only(cycles.next())
    assert report.probes == ()
    assert report.reading is not None
    assert report.reading.nodes is not None
    assert "probes failed" in caplog.text


@pytest.mark.parametrize(
    "entry",
    [
        {"disable-access-log": "true"},
        {"access-log-path": "/var/log/nginx/own.log"},
        {"http-access-log-path": "/var/log/nginx/own.log"},
    ],
)
def test_a_log_written_elsewhere_is_no_proof(
    cycles: Cycles, cluster: KubernetesServer, entry: dict[str, str]
) -> None:
    """If the controller does not log to stdout, the log is not live."""
    body = cluster.body("ingress-nginx-controller")
    body["data"] |= entry
    cluster.replaced["ingress-nginx-controller"] = body
    cycles.next()
    follower = next(iter(cycles._followers._followers.values()))
    cluster.logs[OWN_POD].put(line(1, agent="curl/8.5"))
    until(lambda: follower.take().read_at)
    assert only(cycles.next()).log_read_at is None


def test_running_pushes_until_it_is_stopped(
    agent: Agent, ingest: IngestServer, cluster: KubernetesServer
) -> None:
    """Cycles repeat; at the end everything is sent and 0 returned."""
    stop = threading.Event()
    code: list[int] = []
    thread = threading.Thread(target=lambda: code.append(agent.run(stop)))
    thread.start()
    pushes = [ingest.taken.get(timeout=20) for _ in range(2)]
    stop.set()
    thread.join(20)
    cluster.logs[OWN_POD].put(None)
    assert code == [0]
    assert agent.pusher.buffered == 0
    assert {p.node for p in pushes} == {"worker-01"}


def test_a_requested_interval_applies_at_once(
    agent: Agent,
    ingest: IngestServer,
    monkeypatch: pytest.MonkeyPatch,
    cluster: KubernetesServer,
) -> None:
    """An agent that would wait for an hour sends its next push in seconds."""
    monkeypatch.setattr(pusher_module, "SHORTEST", 0.0)
    monkeypatch.setattr(run_module, "CHECK_SECONDS", 0.01)
    agent.settings = replace(agent.settings, interval=3600.0)
    ingest.response = {"message": "stored", "interval_seconds": 0.1}
    stop = threading.Event()
    thread = threading.Thread(target=agent.run, args=(stop,))
    thread.start()
    for _ in range(2):
        ingest.taken.get(timeout=20)
    stop.set()
    thread.join(20)
    cluster.logs[OWN_POD].put(None)
    assert not thread.is_alive()


def test_a_failed_cycle_does_not_stop_the_agent(
    agent: Agent,
    ingest: IngestServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    cluster: KubernetesServer,
) -> None:
    """The next cycle is normal."""
    real = Cycles.next
    broken = iter([True])

    def sometimes(self: Cycles) -> Push:
        if next(broken, False):
            raise RuntimeError("defect")
        return real(self)

    monkeypatch.setattr(Cycles, "next", sometimes)
    stop = threading.Event()
    thread = threading.Thread(target=agent.run, args=(stop,))
    thread.start()
    ingest.taken.get(timeout=20)
    stop.set()
    thread.join(20)
    cluster.logs[OWN_POD].put(None)
    assert "cycle failed" in caplog.text
