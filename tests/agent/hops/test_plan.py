"""Which requests are planned for each hop, and that they work on real sockets."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from parallax.model.cluster import (
    ClusterReading,
    Endpoint,
    Node,
    Service,
    ServicePort,
)
from parallax.model.probe import ErrorType, Probe, Role
from parallax.model.target import (
    Healthy,
    JsonRule,
    Login,
    LoginKind,
    Method,
    Target,
)
from parallax.probe import ProbeRequest
from parallax_agent.hops import plan
from parallax_agent.hops.schedule import ScheduledRequest, run_schedule
from parallax_agent.hops.selection import VantagePoint
from parallax_agent.read.target_path import TargetPath
from parallax_agent.route.ingress import Route
from tests.agent.conftest import Quiet, Server

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NODES = tuple(
    Node(name=f"worker-0{i + 1}", internal_ip=f"127.0.0.11{i}") for i in range(3)
)
AT = VantagePoint(node="worker-01", cycle=0, source_address="127.0.0.5")
ROUTE = Route(ingress="api", namespace="keybuzz", service="api", port=80)


def path_of(
    *, port: int = 8080, nodes: tuple[Node, ...] | None = NODES, pods: int = 2
) -> TargetPath:
    """Make a path whose every hop listens on one port of some 127.0.0.x."""
    app = ServicePort(port=port, target_port="8080", node_port=port)
    return TargetPath(
        reading=ClusterReading(
            read_at=NOW,
            nodes=nodes,
            ingress_service=Service(
                namespace="ingress-nginx",
                name="controller",
                ports=(
                    ServicePort(port=443, target_port="https", node_port=32443),
                    ServicePort(port=80, target_port="http", node_port=port),
                ),
            ),
            service=Service(
                namespace="keybuzz", name="api", cluster_ip="127.0.96.1", ports=(app,)
            ),
            endpoints=tuple(
                Endpoint(
                    address=f"127.0.0.11{i}",
                    ready=i != 1,
                    port=port,
                    node=f"worker-0{i + 1}",
                    pod=f"api-{i}",
                )
                for i in range(pods)
            ),
        ),
        port=app,
        route=ROUTE,
        app_nodes=nodes or (),
        ingress_nodes=nodes or (),
    )


def with_ingress_pods(path: TargetPath, count: int, port: int = 80) -> TargetPath:
    """Add this many ingress pods, one per node."""
    pods = tuple(
        Endpoint(
            address=f"10.42.{n // 250}.{n % 250}",
            ready=True,
            port=port,
            node=f"worker-0{n + 1}",
            pod=f"ingress-{n}",
        )
        for n in range(count)
    )
    return replace(path, reading=replace(path.reading, ingress_endpoints=pods))


def asked(
    target: Target, path: TargetPath, at: VantagePoint = AT
) -> dict[Role, list[ProbeRequest]]:
    """Return the requests by role."""
    found: dict[Role, list[ProbeRequest]] = {}
    for question in plan.plan_requests(target, path, at):
        found.setdefault(question.role, []).append(question)
    return found


def test_each_hop_is_probed(api_target: Target) -> None:
    """Pods ready or not, the Service, and both NodePorts of two nodes."""
    found = asked(api_target, path_of(port=8080))
    by_role = {
        role: [(q.address, q.port, q.pod, q.peer_node) for q in requests]
        for role, requests in found.items()
    }
    assert by_role == {
        Role.POD: [
            ("127.0.0.110", 8080, "api-0", "worker-01"),
            ("127.0.0.111", 8080, "api-1", "worker-02"),
        ],
        Role.SERVICE: [("127.0.96.1", 8080, None, None)],
        Role.NODEPORT_OWN: [("127.0.0.110", 8080, None, "worker-01")],
        Role.NODEPORT_OTHER: [("127.0.0.111", 8080, None, "worker-02")],
        Role.INGRESS: [("127.0.0.110", 8080, None, "worker-01")],
        Role.INGRESS_OTHER: [("127.0.0.111", 8080, None, "worker-02")],
    }
    for question in (q for requests in found.values() for q in requests):
        assert question.url == "http://platform-api.keybuzz.io/health?deep=1"
        assert question.headers == (("X-Forwarded-Proto", "https"),)
        assert (question.allow_private, question.timeout) == (True, 5.0)
        assert (question.source_address, question.node) == ("127.0.0.5", "worker-01")
        assert question.body_limit == 2048


def test_the_other_node_rotates_from_the_own_one(api_target: Target) -> None:
    """Other nodes are probed in turn; each agent begins with the next node."""
    turns = [
        asked(api_target, path_of(), replace(AT, node=node, cycle=cycle))[
            Role.INGRESS_OTHER
        ][0].peer_node
        for node in ("worker-01", "worker-03")
        for cycle in range(3)
    ]
    assert [name and name[-1] for name in turns] == list("232121")


def test_at_most_ten_pods_a_cycle_and_all_in_turn(api_target: Target) -> None:
    """Of a larger Service, ten pods per cycle are probed."""
    path = path_of(pods=15)
    seen: list[str | None] = []
    for cycle in range(3):
        pods = asked(api_target, path, replace(AT, cycle=cycle))[Role.POD]
        assert len(pods) == 10
        seen += [q.pod for q in pods]
    assert len(set(seen)) == 15


def test_tls_that_reaches_the_ingress(api_target: Target) -> None:
    """If the Ingress terminates TLS, its https NodePort is probed, with SNI."""
    path = replace(path_of(), route=replace(ROUTE, tls=True))
    (question,) = asked(api_target, path)[Role.INGRESS]
    assert question.port == 32443
    assert question.url == "https://platform-api.keybuzz.io/health?deep=1"


def test_each_ingress_pod_is_probed_as_the_load_balancer_connects(
    api_target: Target,
) -> None:
    """Its own address, the port behind the Service's, Host, and SNI with TLS."""
    path = with_ingress_pods(path_of(), 3, port=8443)
    requests = asked(api_target, path)[Role.INGRESS_POD]
    assert [(q.address, q.port, q.pod, q.node, q.peer_node) for q in requests] == [
        (f"10.42.0.{n}", 8443, f"ingress-{n}", "worker-01", f"worker-0{n + 1}")
        for n in range(3)
    ]
    url = "http://platform-api.keybuzz.io/health?deep=1"
    assert {(q.url, q.proxy_protocol) for q in requests} == {(url, False)}
    tls = asked(api_target, replace(path, route=replace(ROUTE, tls=True)))
    assert {q.url[:8] for q in tls[Role.INGRESS_POD]} == {"https://"}


def test_ingress_pods_of_an_unknown_service_are_not_probed(api_target: Target) -> None:
    """Without the Service's port the pods' port is unknown."""
    path = with_ingress_pods(path_of(), 3)
    path = replace(path, reading=replace(path.reading, ingress_service=None))
    assert Role.INGRESS_POD not in asked(api_target, path)


def test_an_ingress_that_expects_proxy_protocol(
    api_target: Target,
) -> None:
    """Its NodePorts and pods get a PROXY header, no other hop does."""
    path = with_ingress_pods(path_of(), 2)
    for value in ("true", "false"):
        config = (("use-proxy-protocol", value),)
        reading = replace(path.reading, ingress_config=config)
        found = asked(api_target, replace(path, reading=reading))
        by_role = {
            role for role, qs in found.items() if any(q.proxy_protocol for q in qs)
        }
        ingress = {Role.INGRESS, Role.INGRESS_OTHER, Role.INGRESS_POD}
        assert by_role == (ingress if value == "true" else set())


def test_the_cluster_s_size_does_not_matter(api_target: Target) -> None:
    """At most 26 requests for one target in one cycle."""
    nodes = tuple(
        Node(name=f"worker-{n:03}", internal_ip=f"10.0.0.{n}") for n in range(250)
    )
    path = with_ingress_pods(path_of(nodes=nodes, pods=400), 300)
    path = replace(
        path, second_endpoints=path.reading.endpoints or (), second_ip="fd43::7"
    )
    here = replace(AT, node="worker-007")
    assert len(plan.plan_requests(api_target, path, here)) == plan.MAX_REQUESTS == 26


def test_this_node_s_pod_is_always_probed(api_target: Target) -> None:
    """Of many pods, this node's own is in each cycle."""
    path = path_of(pods=30)
    for cycle in range(5):
        here = replace(AT, node="worker-030", cycle=cycle)
        pods = asked(api_target, path, here)[Role.POD]
        assert [q.pod for q in pods if q.peer_node == q.node] == ["api-29"]
        assert len(pods) == 10


def test_pods_that_do_not_speak_http_are_left_out(api_target: Target) -> None:
    """Only the ingress is probed if the backend has another protocol."""
    path = replace(path_of(), protocol="GRPC")
    assert set(asked(api_target, path)) == {Role.INGRESS, Role.INGRESS_OTHER}
    assert "GRPC" in str(plan.unsupported_protocol(path))


def test_unknown_hops_are_not_probed(api_target: Target) -> None:
    """Without nodes no NodePort; without anything no request at all."""
    assert set(asked(api_target, path_of(nodes=None))) == {Role.POD, Role.SERVICE}
    nothing = TargetPath(reading=ClusterReading(read_at=NOW))
    assert asked(api_target, nothing) == {}
    headless = path_of(nodes=(NODES[1],))
    service = headless.reading.service
    assert service is not None
    reading = replace(headless.reading, service=replace(service, cluster_ip="None"))
    assert set(asked(api_target, replace(headless, reading=reading))) == {Role.POD}


def test_a_local_service_is_probed_from_nodes_with_a_ready_pod(
    api_target: Target,
) -> None:
    """`internalTrafficPolicy: Local`: elsewhere kube-proxy drops it by design."""
    path = replace(path_of(), local=True)
    asks = [
        Role.SERVICE in asked(api_target, path, replace(AT, node=node))
        for node in ("worker-01", "worker-02", "worker-03")
    ]
    assert asks == [True, False, False]  # 02's pod is not ready, 03 has none
    unread = replace(path.reading, endpoints=None)
    assert Role.SERVICE not in asked(api_target, replace(path, reading=unread))


def test_a_local_service_by_family(api_target: Target) -> None:
    """A pod of one family does not count for the other."""
    six = Endpoint(address="fd42::1", ready=True, port=8080, node="worker-03", pod="x")
    path = replace(path_of(), local=True, second_endpoints=(six,), second_ip="fd43::7")
    found = [
        [q.address for q in asked(api_target, path, replace(AT, node=node))[r]]
        for node in ("worker-01", "worker-03")
        for r in (Role.SERVICE,)
    ]
    assert found == [["127.0.96.1"], ["fd43::7"]]


def test_both_address_families_are_probed(api_target: Target) -> None:
    """The second one as well, from a source address of its own family."""
    six = Endpoint(
        address="fd42::1", ready=True, port=8080, node="worker-01", pod="api-0"
    )
    found = asked(
        api_target,
        replace(path_of(pods=1), second_endpoints=(six,), second_ip="fd43::7"),
    )
    by_role = {
        role: [(q.address, q.source_address, q.pod) for q in found[role]]
        for role in (Role.POD, Role.SERVICE)
    }
    assert by_role == {
        Role.POD: [
            ("127.0.0.110", "127.0.0.5", "api-0"),
            ("fd42::1", None, "api-0"),
        ],
        Role.SERVICE: [("127.0.96.1", "127.0.0.5", None), ("fd43::7", None, None)],
    }


def test_a_gateway_s_listener_is_probed_at_its_own_port(api_target: Target) -> None:
    """The listener's port of the Service, whatever its name; not the usual one."""
    path = path_of()
    assert path.reading.ingress_service
    ports = (
        *path.reading.ingress_service.ports,
        ServicePort(port=8443, target_port="x", name="eg-8443", node_port=30443),
    )
    ingress = replace(path.reading.ingress_service, ports=ports)
    route = replace(ROUTE, tls=True, listener=8443)
    reading = replace(path.reading, ingress_service=ingress)
    found = asked(api_target, replace(path, reading=reading, route=route))
    (question,) = found[Role.INGRESS]
    assert (question.port, question.url.partition(":")[0]) == (30443, "https")


@pytest.mark.parametrize(
    ("networks", "wanted"),
    [
        ("127.0.0.0/24", True),
        ("10.0.0.0/8, 127.0.0.110", True),
        ("10.0.0.0/8", False),
        ("nonsense", False),
    ],
)
def test_haproxy_expects_a_proxy_header_from_some_networks(
    networks: str, *, wanted: bool
) -> None:
    """Its `proxy-protocol` lists networks: the node's own address decides."""
    reading = replace(path_of().reading, ingress_config=(("proxy-protocol", networks),))
    assert plan.expects_proxy_line(reading, "worker-01") is wanted
    assert not plan.expects_proxy_line(reading, "worker-99")


class Talkative(Quiet):
    """Sends a long body with the searched text at its end."""

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        """Note who asked whom for what."""
        self.server.requests.append((self.client_address[0], self.headers["Host"]))
        self.answer(200, b"." * 10_000 + b"alive", "text/plain")


@pytest.fixture
def app() -> Iterator[Server]:
    """Serve on 127.0.0.110 only: other addresses refuse connections."""
    server = Server(Talkative, address="127.0.0.110")
    yield server
    server.stop()


def probed(target: Target, path: TargetPath) -> list[Probe]:
    """Send the planned requests of a path, as the agent does."""
    requests = plan.plan_requests(target, path, AT)
    found = asyncio.run(
        run_schedule(
            [ScheduledRequest(question=q, backend="a") for q in requests], 15.0
        )
    )
    return [probe for probe in found if probe]


def test_responses_and_refusals_on_real_sockets(
    app: Server, api_target: Target
) -> None:
    """The hop that listens responds by Host; the other refuses."""
    target = replace(api_target, healthy=Healthy(body_contains="alive"))
    path = path_of(port=app.server_port)
    probes = probed(target, path)
    by_role = {
        (p.role, p.peer_address): (p.healthy, p.error_type)
        for p in map(plan.trim, probes)
    }
    refused = (False, ErrorType.CONNECTION_REFUSED)
    assert by_role == {
        (Role.POD, "127.0.0.110"): (True, None),
        (Role.POD, "127.0.0.111"): refused,
        (Role.SERVICE, "127.0.96.1"): refused,
        (Role.NODEPORT_OWN, "127.0.0.110"): (True, None),
        (Role.NODEPORT_OTHER, "127.0.0.111"): refused,
        (Role.INGRESS, "127.0.0.110"): (True, None),
        (Role.INGRESS_OTHER, "127.0.0.111"): refused,
    }
    assert set(app.requests) == {("127.0.0.5", "platform-api.keybuzz.io")}
    assert len({p.request_id for p in probes}) == len(probes)


def test_a_long_body_is_searched_whole_and_sent_short(
    app: Server, api_target: Target
) -> None:
    """The target's text may be late in the body; only 2 KiB are reported."""
    target = replace(api_target, healthy=Healthy(body_contains="alive"))
    path = path_of(port=app.server_port, nodes=None, pods=1)
    (probe, _) = probed(target, path)
    cut = plan.trim(probe)
    assert (probe.healthy, len(cut.body), cut.body_truncated) == (True, 2048, True)
    assert cut.body_bytes == 10_005


def test_all_other_texts_of_a_probe_are_limited() -> None:
    """Long reason phrases or headers must not make a report too large."""
    headers = (("X-Long", "x" * 9000), ("Server", "nginx"))
    probe = Probe(
        role=Role.POD,
        request_id="0" * 32,
        url="http://shop.example/",
        started_at=datetime.now(UTC),
        healthy=False,
        duration=0.1,
        reason="r" * 9000,
        headers=headers,
        error_detail="d" * 9000,
    )
    sent = plan.trim(probe)
    assert sent.headers == headers[1:]
    assert len(sent.reason or "") < 300
    assert len(sent.error_detail or "") < 600


def _plans(**more: object) -> list[ProbeRequest]:
    """Return the requests of a target with these settings."""
    target = Target(name="api", url="https://api.example/cart", **more)  # type: ignore[arg-type]
    return plan.plan_requests(target, path_of(), AT)


def test_agents_send_what_users_send() -> None:
    """The same method, headers and body, and the same rule judges the responses."""
    rule = Healthy(json=(JsonRule(path="status", equals="ok"),), max_seconds=2)
    requests = _plans(
        method=Method.POST,
        request_headers=(("Accept", "application/json"),),
        request_body="{}",
        healthy=rule,
    )
    assert requests
    for one in requests:
        assert (one.method, one.body, one.healthy) == (Method.POST, "{}", rule)
        assert ("Accept", "application/json") in one.headers
        assert ("X-Forwarded-Proto", "https") in one.headers
        assert one.body_limit == plan.READ_BYTES
        assert not one.without_login


def test_agents_send_no_login_and_expect_no_page_behind_it() -> None:
    """A 401, a 403 or a redirect shows that the app responds; an error does not."""
    requests = _plans(
        login=Login(kind=LoginKind.BEARER, secret="shop-login"),
        healthy=Healthy(body_contains="Welcome", max_seconds=1),
    )
    for one in requests:
        assert one.credential is None
        assert one.without_login
        assert one.healthy is not None
        assert not one.healthy.reads_body
        assert one.healthy.max_seconds is None
        assert {200, 302, 401, 403} <= set(one.healthy.status_codes)
        assert not {404, 500, 502, 503, 504} & set(one.healthy.status_codes)
