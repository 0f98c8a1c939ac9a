"""Readings of a target's path, from bodies that a real API server served."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parallax.model.cluster import Workload
from parallax.model.target import Target
from parallax_agent.read.target_path import (
    IngressPod,
    TargetPath,
    needed_lists,
    read_path,
)
from parallax_agent.watch import objects
from parallax_agent.watch.api import Lists, connect
from parallax_agent.watch.watches import Watches
from tests.agent.conftest import KubernetesServer

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def path_from(
    server: KubernetesServer, folder: Path, target: Target, token: str | None = None
) -> TargetPath:
    """Read a target's path through the official client, as on worker-01."""
    file = server.kubeconfig(folder, token) if token else server.kubeconfig(folder)
    with closing(connect(file)) as apis, closing(Watches(apis)) as watches:
        lists = Lists(watches)
        lists.prefetch(needed_lists(target))
        return read_path(target, lists, node="worker-01", now=NOW)


def test_everything_ready(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """The whole path is read, without problems."""
    path = path_from(kubernetes_api, tmp_path, api_target)
    reading = path.reading
    assert reading.problems == ()
    assert reading.nodes is not None
    assert [n.internal_ip for n in reading.nodes] == [f"10.0.0.11{i}" for i in range(5)]
    assert all(n.ready and not n.excluded for n in reading.nodes)
    assert [n.provider_id for n in reading.nodes] == [
        f"hcloud://1000{i}" for i in range(1, 6)
    ]
    assert reading.ingress_service is not None
    assert reading.ingress_service.node_ports == (31695, 32443)
    assert reading.ingress_service.external_traffic_policy == "Cluster"
    assert reading.service is not None
    assert reading.service_port == reading.service.ports[0].port
    assert reading.ingress_endpoints is not None
    assert {e.port for e in reading.ingress_endpoints} == {80}
    assert {e.node for e in reading.ingress_endpoints} == {
        f"worker-0{i}" for i in range(1, 6)
    }
    assert reading.ingress_pods is not None
    assert {(p.node, p.ready, p.host_network) for p in reading.ingress_pods} == {
        (f"worker-0{i}", True, False) for i in range(1, 6)
    }
    controller = "ingress-nginx-controller"
    assert reading.ingress_workloads == (
        Workload(kind="DaemonSet", name=controller, desired=5, ready=5, updated=5),
    )
    assert reading.ingress_hosts == ("platform-api.keybuzz.io", "platform.keybuzz.io")
    assert (reading.ingress_annotations, reading.partial) == ((), ())
    assert reading.ingress_name == "keybuzz-api"
    assert reading.ingress_config == (
        ("use-forwarded-headers", "true"),
        ("use-proxy-protocol", "false"),
    )
    assert reading.service is not None
    assert reading.service.node_ports == (30080,)
    assert reading.endpoints is not None
    assert [(e.address, e.port, e.ready) for e in reading.endpoints] == [
        (f"10.0.0.11{i}", 8080, True) for i in range(5)
    ]
    assert reading.endpoints_changed_at == datetime(2026, 11, 23, 13, 53, 9, tzinfo=UTC)
    assert reading.pods is not None
    assert len(reading.pods) == 5
    assert all(p.ready and p.host_network and p.node for p in reading.pods)
    assert reading.workloads == (
        Workload(kind="DaemonSet", name="keybuzz-api", desired=5, ready=5, updated=5),
    )
    assert path.port is not None
    assert (path.port.port, path.port.node_port) == (80, 30080)
    assert path.ingress_pods == (
        IngressPod(
            namespace="ingress-nginx",
            name="ingress-nginx-controller-jjw5g",
            container="controller",
        ),
    )


def test_pods_not_ready(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """Addresses stay and are not ready; the change has a date without annotation."""
    kubernetes_api.state = "api-pods-not-ready"
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert reading.endpoints is not None
    assert [e.ready for e in reading.endpoints] == [False] * 5
    assert reading.endpoints_changed_at == datetime(
        2026, 11, 23, 13, 53, 58, tzinfo=UTC
    )
    assert reading.pods is not None
    assert {(p.waiting_reason, p.restarts, p.ready) for p in reading.pods} == {
        ("CrashLoopBackOff", 3, False)
    }
    assert reading.workloads is not None
    assert reading.workloads[0].ready == 0


def test_endpoints_null_means_no_endpoints(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """`endpoints: null` is empty, not unknown."""
    body = kubernetes_api.body("endpointslices")
    for item in body["items"]:
        item["endpoints"] = item["ports"] = None
    kubernetes_api.replaced["endpointslices"] = body
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert reading.endpoints == ()
    assert reading.problems == ()


def test_several_slices_are_one_set_of_endpoints(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """Endpoints of several slices are joined; another family is left out."""
    body = kubernetes_api.body("endpointslices")
    mine = next(i for i in body["items"] if "keybuzz-api" in i["metadata"]["name"])
    second = dict(mine, endpoints=mine["endpoints"][3:])
    second["metadata"] = mine["metadata"] | {"name": "second"}
    mine["endpoints"] = mine["endpoints"][:3]
    third = dict(second, addressType="IPv6")
    third["metadata"] = mine["metadata"] | {"name": "third"}
    body["items"] += [second, third]
    kubernetes_api.replaced["endpointslices"] = body
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert reading.endpoints is not None
    assert [e.address[-1] for e in reading.endpoints] == list("01234")


@pytest.mark.parametrize(
    ("resource", "field", "call"),
    [
        ("nodes", "nodes", "cannot list nodes: 403"),
        ("services", "service", "cannot list services in namespace keybuzz: 403"),
        (
            "endpointslices",
            "endpoints",
            "cannot list endpointslices in namespace keybuzz: 403",
        ),
        ("pods", "pods", "cannot list pods in namespace keybuzz: 403"),
        (
            "daemonsets",
            "workloads",
            "cannot list daemonsets in namespace keybuzz: 403",
        ),
        (
            "configmaps",
            "ingress_config",
            (
                "cannot list configmap ingress-nginx-controller in namespace "
                "ingress-nginx: 403"
            ),
        ),
        (
            "ingresses",
            "ingress_name",
            "cannot list ingresses in namespace keybuzz: 403",
        ),
    ],
)
def test_one_missing_permission_costs_one_field(  # noqa: PLR0913, PLR0917 - a table and its fixtures
    kubernetes_api: KubernetesServer,
    tmp_path: Path,
    api_target: Target,
    resource: str,
    field: str,
    call: str,
) -> None:
    """A 403 leaves its field None; the problem names verb, resource, namespace."""
    kubernetes_api.errors[resource] = 403
    target = replace(
        api_target, reached=replace(api_target.reached, service="keybuzz-api")
    )
    reading = path_from(kubernetes_api, tmp_path, target).reading
    assert getattr(reading, field) is None
    assert any(p.startswith(call) for p in reading.problems), reading.problems
    assert reading.nodes is not None or resource == "nodes"


@pytest.mark.parametrize("code", [410, 500])
def test_other_errors_are_problems(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target, code: int
) -> None:
    """410 and 500 are reported with status and the server's message."""
    kubernetes_api.errors["nodes"] = code
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert reading.nodes is None
    assert any(f"cannot list nodes: {code}" in p for p in reading.problems)


def test_a_wrong_token_is_a_problem(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """401 leaves everything unknown, with a problem."""
    reading = path_from(kubernetes_api, tmp_path, api_target, token="old").reading
    assert "cannot list nodes: 401 Unauthorized" in reading.problems
    assert (reading.nodes, reading.service, reading.endpoints) == (None, None, None)


def test_an_unavailable_api_is_a_problem(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """Connection refused is reported once for each call, without waiting."""
    file = kubernetes_api.kubeconfig(tmp_path)
    kubernetes_api.stop()
    with closing(connect(file)) as apis, closing(Watches(apis)) as watches:
        lists = Lists(watches)
        lists.prefetch(needed_lists(api_target))
        reading = read_path(api_target, lists, node="worker-01", now=NOW).reading
    assert reading.nodes is None
    assert any("Connection refused" in problem for problem in reading.problems)


def test_a_list_is_read_once_for_all_targets(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """Two targets of one namespace cost no more calls than one."""
    front = replace(api_target, name="front", url="https://platform.keybuzz.io/")
    file = kubernetes_api.kubeconfig(tmp_path)
    with closing(connect(file)) as apis, closing(Watches(apis)) as watches:
        lists = Lists(watches)
        for target in (api_target, front):
            read_path(target, lists, node="worker-01", now=NOW)
    paths = [path for _, path in kubernetes_api.requests if "watch=" not in path]
    assert len(paths) == len(set(paths))
    assert len(paths) == 16


def test_the_ingress_names_service_and_namespace(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """A target that names neither is found by its host, in all namespaces."""
    reached = replace(api_target.reached, namespace=None)
    target = replace(api_target, reached=reached)
    reading = path_from(kubernetes_api, tmp_path, target).reading
    assert reading.service is not None
    assert (reading.service.namespace, reading.service.name) == (
        "keybuzz",
        "keybuzz-api",
    )


def test_a_host_without_an_ingress(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """Without Ingress and configured Service there is a problem."""
    target = replace(api_target, url="https://unknown.keybuzz.io/")
    reading = path_from(kubernetes_api, tmp_path, target).reading
    assert (reading.ingress_name, reading.service) == (None, None)
    assert any(
        "no Service is known for unknown.keybuzz.io" in p for p in reading.problems
    )


def test_a_configured_service_that_does_not_exist(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """It is a problem, and there are no endpoints."""
    reached = replace(api_target.reached, service="none")
    path = path_from(kubernetes_api, tmp_path, replace(api_target, reached=reached))
    assert path.reading.service is None
    assert path.reading.endpoints == ()
    assert "no Service none in namespace keybuzz" in path.reading.problems


def test_fields_that_only_a_cloud_sets(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """A node excluded from load balancers, one without a name, kube-proxy's port."""
    nodes, services = kubernetes_api.body("nodes"), kubernetes_api.body("services")
    first, second, *_ = nodes["items"]
    first["metadata"]["labels"][objects.EXCLUDED] = ""
    del second["spec"]["providerID"]
    for item in services["items"]:
        item["spec"]["healthCheckNodePort"] = 32123
    kubernetes_api.replaced |= {"nodes": nodes, "services": services}
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert reading.nodes is not None
    assert [n.excluded for n in reading.nodes] == [True, *[False] * 4]
    assert [n.provider_id for n in reading.nodes][:2] == ["hcloud://10001", None]
    assert reading.ingress_service is not None
    assert reading.ingress_service.health_check_node_port == 32123


@pytest.mark.parametrize(
    ("names", "logging"),
    [
        (["shutdown-manager", "envoy"], "envoy"),
        (["haproxy-ingress", "access-logs"], "access-logs"),
        (["traefik"], "traefik"),
        (["something", "else"], "something"),
    ],
)
def test_the_container_that_logs(
    kubernetes_api: KubernetesServer,
    tmp_path: Path,
    api_target: Target,
    names: list[str],
    logging: str,
) -> None:
    """Each ingress has its own; if none has a known name, the first."""
    pods = kubernetes_api.body("pods")
    for pod in pods["items"]:
        pod["spec"]["containers"] = [{"name": name} for name in names]
    kubernetes_api.replaced["pods"] = pods
    path = path_from(kubernetes_api, tmp_path, api_target)
    assert path.ingress_pods
    assert {pod.container for pod in path.ingress_pods} == {logging}
