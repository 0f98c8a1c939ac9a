"""Whole cycles: a recorded API, real hops, a followed log, a real ingest."""

import json
import queue
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from parallax.model.cluster import NodeReport
from parallax.model.probe import Role
from parallax.model.push import SCHEMA_V2, Push
from parallax.model.reading_parts import joined
from parallax.model.target import Target
from parallax_agent import probing as probing_module
from parallax_agent import run as run_module
from parallax_agent.cycle import Cycles, Done
from parallax_agent.hops import schedule
from parallax_agent.pace import agenda as agenda_module
from parallax_agent.pace.agenda import Agenda
from parallax_agent.pace.work import Work
from parallax_agent.push.pusher import Pusher
from parallax_agent.run import Agent
from parallax_agent.settings import Settings
from parallax_agent.sightings import follower as follower_module
from parallax_agent.watch import cache as cache_module
from parallax_agent.watch.api import Apis, connect
from tests.agent.conftest import IngestServer, KubernetesServer, Quiet, Server
from tests.agent.push.version_one import VersionOne
from tests.agent.sightings.test_log_followers import line, until

OWN_POD = "ingress-nginx-controller-jjw5g"


class Hop(Quiet):
    """Responds as pod, Service, NodePort and ingress."""

    status: ClassVar = [200]

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        """Record the client and respond as planned."""
        self.server.requests.append(("GET", self.headers["User-Agent"]))
        self.answer(self.status[0], b"ok", "text/plain")


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
    return Cycles(agent.settings, agent.targets, agent.apis, 60.0)


def reported(cycles: Cycles) -> Push:
    """Read and report every target, as in an alert."""
    names = [target.name for target in cycles._targets]
    work = Work(read=True, reports=dict.fromkeys(names, 1.0))
    push = cycles.do(work).push
    assert push is not None
    parts = {one.digest: one.reading for one in push.readings}
    reports = tuple(joined(report, parts) for report in push.reports)
    return replace(push, reports=reports)


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
    report = only(reported(cycles))
    assert report.reading is not None
    assert report.reading.problems == ()
    healthy = {p.role for p in report.probes if p.healthy}
    assert healthy == {Role.POD, Role.NODEPORT_OWN, Role.INGRESS, Role.INGRESS_POD}
    assert len(report.probes) == 15
    (own,) = {agent for _, agent in hop.requests}
    users = "f" * 12 + "4fff8" + "f" * 15
    cluster.logs[OWN_POD].put(line(1, agent=own) + line(2, request_id=users))

    def seen() -> Push | None:
        latest = reported(cycles)
        return latest if latest.sightings else None

    push = until(seen)
    report = only(push)
    assert [s.request_id for s in push.sightings] == [users]
    assert report.sightings == ()
    assert report.log_read_at is not None
    assert (report.cluster, report.node) == ("keybuzz", "worker-01")
    assert report.interval >= 1.0


def test_unreachable_pods_of_other_nodes_ask_for_pods_of_the_cluster(
    cycles: Cycles, cluster: KubernetesServer
) -> None:
    """From the second report on, one pod of `kube-system` on their nodes is probed.

    The list is requested once, and nothing is while every pod is reached.
    """
    dns = {
        "metadata": {
            "name": "coredns-1",
            "namespace": "kube-system",
            "labels": {"k8s-app": "kube-dns"},
        },
        "spec": {"nodeName": "worker-02"},
        "status": {
            "phase": "Running",
            "podIP": "127.42.2.53",
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }
    pods = cluster.body("pods")
    cluster.replaced["pods"] = pods | {"items": [*pods["items"], dns]}
    reports = [only(reported(cycles)) for _ in range(3)]
    found = [[p for p in r.probes if p.role is Role.OTHER_POD] for r in reports]
    assert [len(probes) for probes in found] == [0, 1, 1]
    (one,) = found[1]
    assert (one.pod, one.peer_node, one.peer_address, one.peer_port) == (
        "coredns-1",
        "worker-02",
        "127.42.2.53",
        53,
    )
    asked = [path for _, path in cluster.requests if "kube-system/pods" in path]
    assert len(asked) == 1
    assert "status.phase%3DRunning" in asked[0]


def test_a_healthy_target_gets_one_request_at_a_turn(
    cycles: Cycles, hop: Server
) -> None:
    """The turns walk over the whole plan; nothing is reported."""
    cycles.do(Work(read=True, heartbeat=True))
    done = [cycles.do(Work(turns={"platform-api": turn})) for turn in range(15)]
    assert [one.push for one in done] == [None] * 15
    assert {one.seen["platform-api"].length for one in done} == {15}
    assert len(hop.requests) < 15
    last = done[-1].probes["platform-api"]
    assert {p.role for p in last if p.healthy} >= {Role.INGRESS, Role.NODEPORT_OWN}
    assert len(last) == len({(p.role, p.pod, p.peer_node) for p in last}) == 15


def test_a_node_that_flaps_between_heartbeat_and_report_is_reported(
    cycles: Cycles, cluster: KubernetesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One failed request begins an alert; it ends two minutes after the recovery."""
    only_node("worker-01", cluster)
    agenda = Agenda(["platform-api"], 15.0)

    def step(now: float) -> tuple[bool, bool]:
        """Do what is due; return whether it found a reason, and whether it reports."""
        done = cycles.do(agenda.take_due(now, now) or Work())
        agenda.note(now, done.seen)
        reasons = any(seen.reasons for seen in done.seen.values())
        return reasons, bool(done.push and done.push.reports)

    # The first reading counts as a change.
    assert [step(0.0), step(1.0)] == [(True, False), (False, True)]
    healthy = [step(1000.0 + second) for second in range(60)]
    assert set(healthy) == {(False, False)}
    monkeypatch.setattr(Hop, "status", [503])
    failed = next(n for n in range(2000, 2060) if step(n) == (True, False))
    monkeypatch.setattr(Hop, "status", [200])
    steps = [step(failed + second) for second in range(1, 200)]
    assert steps[0] == (True, True)
    reports = [second for second, (_, reports) in enumerate(steps) if reports]
    assert reports == [15 * n for n in range(8)]


def only_node(name: str, cluster: KubernetesServer) -> None:
    """Leave only one node, and the pods on it, so that every hop responds."""
    nodes, slices = cluster.body("nodes"), cluster.body("endpointslices")
    nodes["items"] = [n for n in nodes["items"] if n["metadata"]["name"] == name]
    for item in slices["items"]:
        ends = item["endpoints"]
        item["endpoints"] = [end for end in ends if end.get("nodeName") == name]
    services = cluster.body("services")
    for item in services["items"]:
        item["spec"]["clusterIP"] = "None"
    cluster.replaced |= {"nodes": nodes, "endpointslices": slices}
    cluster.replaced["services"] = services


def test_an_api_that_goes_away_leaves_the_last_path_probed(
    cycles: Cycles, cluster: KubernetesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading names what is missing; the hops are still probed."""
    monkeypatch.setattr(cache_module, "STALE_SECONDS", 0.0)
    before = only(reported(cycles))
    for kind in ("nodes", "services", "endpointslices", "pods", "ingresses"):
        cluster.errors[kind] = 500
    cluster.drop()

    def away() -> NodeReport | None:
        latest = only(reported(cycles))
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
    odd, fine = reported(cycles).reports
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

    monkeypatch.setattr(probing_module, "run_schedule", broken)
    report = only(reported(cycles))
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
    reported(cycles)
    follower = next(iter(cycles._followers._followers.values()))
    cluster.logs[OWN_POD].put(line(1, agent="curl/8.5"))
    until(lambda: follower.take().read_at)
    assert only(reported(cycles)).log_read_at is None


@contextmanager
def running(agent: Agent, cluster: KubernetesServer) -> Iterator[list[int]]:
    """Run the agent; yield the list that its exit code will be in."""
    stop = threading.Event()
    code: list[int] = []
    thread = threading.Thread(target=lambda: code.append(agent.run(stop)))
    thread.start()
    try:
        yield code
    finally:
        stop.set()
        thread.join(20)
        cluster.logs[OWN_POD].put(None)
        assert not thread.is_alive()


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often what is due."""
    monkeypatch.setattr(run_module, "TICK_SECONDS", 0.01)
    monkeypatch.setattr(agenda_module, "SHORTEST_SECONDS", 0.01)


def pushes_until(ingest: IngestServer, wanted: Callable[[Push], bool]) -> Push:
    """Take pushes until one is as wanted."""
    for _ in range(20):
        push = ingest.taken.get(timeout=20)
        if wanted(push):
            return push
    raise AssertionError("no such push")


def test_running_pushes_until_it_is_stopped(
    agent: Agent, ingest: IngestServer, cluster: KubernetesServer
) -> None:
    """Heartbeats repeat when ingest requests them; at the end everything is sent."""
    ingest.response = {"message": "stored", "next_seconds": 0.05}
    with running(agent, cluster) as code:
        first = ingest.taken.get(timeout=20)
        later = pushes_until(ingest, lambda push: push.heartbeat is not None)
    assert code == [0]
    assert agent.pusher.buffered == 0
    assert (first.schema, first.node) == (SCHEMA_V2, "worker-01")
    assert first.heartbeat is not None
    assert later.heartbeat is not None
    assert later.heartbeat.sequence > first.heartbeat.sequence
    assert later.heartbeat.targets == 1


def test_a_push_is_one_line_in_the_log(
    agent: Agent,
    ingest: IngestServer,
    cluster: KubernetesServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A healthy agent logs one line per heartbeat, and nothing else."""
    only_node("worker-01", cluster)
    ingest.response = {"message": "stored", "next_seconds": 0.01}
    with caplog.at_level("INFO", "parallax_agent"), running(agent, cluster):
        for _ in range(5):
            ingest.taken.get(timeout=20)
    lines = Counter(record.message for record in caplog.records)
    assert lines.pop("push was stored") == 5 + ingest.taken.qsize()
    # The first reading counts as a change.
    assert lines == dict.fromkeys(
        ("agent started", "target is in alert", "agent stopped"), 1
    )


def test_what_ingest_asks_for_is_reported_at_once(
    agent: Agent, ingest: IngestServer, cluster: KubernetesServer
) -> None:
    """An agent that would wait for an hour sends a report, then another one."""
    agent.settings = replace(agent.settings, interval=3600.0)
    asked = {"message": "stored", "full": ["platform-api"], "interval_seconds": 5}
    ingest.response = asked
    with running(agent, cluster):
        push = pushes_until(ingest, lambda push: bool(push.reports))
    report = only(push)
    assert report.reading_ref is not None
    assert {p.digest for p in push.readings} >= {report.reading_ref.target}
    assert len(report.probes) == 15


def test_parts_that_ingest_lacks_are_sent_with_the_next_push(
    agent: Agent, ingest: IngestServer, cluster: KubernetesServer
) -> None:
    """The list of nodes is sent only on request."""
    ingest.response = {"message": "stored", "next_seconds": 0.05}
    with running(agent, cluster):
        first = ingest.taken.get(timeout=20)
        assert first.heartbeat is not None
        nodes = first.heartbeat.nodes
        ingest.response["readings"] = [nodes]
        pushes_until(ingest, lambda push: nodes in {p.digest for p in push.readings})
    assert nodes is not None
    assert first.readings == ()


def test_with_a_stack_of_an_earlier_version_every_cycle_is_reported(
    agent: Agent, cluster: KubernetesServer, key_file: Path
) -> None:
    """Reports with whole readings, as before heartbeats."""
    old = VersionOne()
    agent.pusher = Pusher(f"{old.url}/v1/observations", key_file)
    with running(agent, cluster):
        bodies = until(lambda: old.stored if len(old.stored) >= 2 else None)
    old.stop()
    (report,) = bodies[1]["reports"]
    assert report["reading"]["nodes"]
    assert report["interval"] >= 1.0
    assert len(report["probes"]) == 15


def test_a_failed_cycle_does_not_stop_the_agent(
    agent: Agent,
    ingest: IngestServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    cluster: KubernetesServer,
) -> None:
    """The next cycle is normal."""
    real = Cycles.do
    broken = iter([True])

    def sometimes(self: Cycles, work: Work) -> Done:
        if next(broken, False):
            raise RuntimeError("defect")
        return real(self, work)

    monkeypatch.setattr(Cycles, "do", sometimes)
    monkeypatch.setattr(agenda_module, "HEARTBEAT_SECONDS", 0.1)
    with running(agent, cluster):
        ingest.taken.get(timeout=20)
    assert "cycle failed" in caplog.text
