"""The manifests allow exactly what the agent requests."""

import queue
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import yaml

from parallax.model.target import Reached, Target
from parallax_agent.read.target_path import IngressPod, needed_lists, read_path
from parallax_agent.settings import from_environment
from parallax_agent.sightings.follower import Follower
from parallax_agent.watch.api import Lists, connect
from parallax_agent.watch.watches import Watches
from tests.agent.kubernetes_api import EXTENSIONS, KubernetesServer
from tests.agent.shapes import http_route
from tests.agent.sightings.test_log_followers import until

MANIFESTS = Path(__file__).parents[2] / "agent" / "manifests"
_PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/v1(?:/namespaces/(?P<namespace>[^/]+))?"
    r"/(?P<kind>[a-z]+)(?:/(?P<name>[^/?]+)(?:/(?P<sub>[^?]+))?)?(?:\?.*)?"
)
type Right = tuple[str, str, str]
ON_DEMAND = {"events", "persistentvolumeclaims", "persistentvolumes", "resourcequotas"}
"""What is listed only when it is needed, and never watched."""


def waiting_for_claims(*names: str) -> dict[str, Any]:
    """Return a pod of the recorded API's app that has no node and mounts claims."""
    volumes = [{"persistentVolumeClaim": {"claimName": name}} for name in names]
    place = {"name": "keybuzz-api-new", "namespace": "keybuzz"}
    return {
        "metadata": {**place, "labels": {"app": "keybuzz-api"}},
        "spec": {"volumes": volumes},
        "status": {"phase": "Pending"},
    }


def documents() -> list[dict[str, Any]]:
    """Read every manifest."""
    return [
        document
        for file in sorted(MANIFESTS.glob("*.yaml"))
        for document in yaml.safe_load_all(file.read_text())
    ]


def of_kind(kind: str) -> dict[str, Any]:
    """Return the only manifest of a kind."""
    (found,) = [d for d in documents() if d["kind"] == kind]
    return found


def granted(kind: str) -> set[Right]:
    """Return what a role allows: group, resource, verb."""
    return {
        (group, resource, verb)
        for rule in of_kind(kind)["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def requested(server: KubernetesServer) -> dict[Right, set[str | None]]:
    """Return what was requested of the server, with the namespaces."""
    found: dict[Right, set[str | None]] = {}
    for method, path in server.requests:
        assert method == "GET"
        match = _PATH.fullmatch(path)
        assert match, path
        resource = match["kind"] + (f"/{match['sub']}" if match["sub"] else "")
        reading = "watch" if "watch=true" in path else "list"
        right = match["group"] or "", resource, "get" if match["name"] else reading
        found.setdefault(right, set()).add(match["namespace"])
    return found


def watched(server: KubernetesServer) -> bool:
    """Tell whether what was listed is watched by now, except what never is."""
    asked_so_far = requested(server)
    lists = {right[:2] for right in asked_so_far if right[2] == "list"}
    lists -= {("", resource) for resource in ON_DEMAND}
    return lists == {right[:2] for right in asked_so_far if right[2] == "watch"}


def test_permissions_are_exactly_what_is_requested(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """Cluster-wide lists and watches; ConfigMap and logs only at the ingress."""
    anywhere = replace(api_target, reached=Reached(cluster="keybuzz"))
    hung = replace(anywhere, url="https://shop.example/")
    pod = IngressPod(namespace="ingress-nginx", name="pod")
    kubernetes_api.logs["pod"] = queue.Queue()
    kubernetes_api.replaced |= {kind: {"items": []} for kind in EXTENSIONS}
    kubernetes_api.replaced["httproutes"] = {"items": [http_route(("web", 1))]}
    kubernetes_api.replaced["endpointslices"] = {"items": []}  # events are read then
    pods = kubernetes_api.body("pods")["items"]
    pods.append(waiting_for_claims("data", "missing"))
    claim = {"metadata": {"name": "data", "namespace": "keybuzz"}}
    kubernetes_api.replaced["pods"] = {"items": pods}
    kubernetes_api.replaced["persistentvolumeclaims"] = {"items": [claim]}
    with closing(connect(kubernetes_api.kubeconfig(tmp_path))) as apis:
        with closing(Watches(apis)) as watches:
            for target in (api_target, anywhere, hung):
                lists = Lists(watches)
                lists.prefetch(needed_lists(target))
                read_path(target, lists, node="worker-01", now=cast("Any", None))
            until(lambda: watched(kubernetes_api))
        follower = Follower(apis, pod, "worker-01")
        follower.start()
        until(lambda: kubernetes_api.log_queries)
        follower.stop()
        kubernetes_api.logs["pod"].put(None)
        follower.join(10)
    rights = requested(kubernetes_api)
    assert set(rights) == granted("ClusterRole") | granted("Role")
    role = of_kind("Role")["metadata"]["namespace"]
    assert all(rights[right] == {role} for right in granted("Role"))


def test_nothing_but_reading_is_allowed() -> None:
    """No wildcard, no verb that writes, one ConfigMap by name."""
    assert {verb for _, _, verb in granted("ClusterRole")} == {"list", "watch"}
    assert granted("Role") == {
        ("", "pods/log", "get"),
        ("", "configmaps", "list"),
        ("", "configmaps", "watch"),
    }
    rules = of_kind("Role")["rules"]
    (config,) = [r for r in rules if r["resources"] == ["configmaps"]]
    assert config["resourceNames"] == ["ingress-nginx-controller"]


def test_the_container_is_locked_down() -> None:
    """Non-root, read-only root, no capabilities, no escalation."""
    pod = of_kind("DaemonSet")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["hostNetwork"] is True
    assert "limits" in container["resources"]


def test_the_daemon_set_s_environment_is_what_the_agent_needs() -> None:
    """The settings can be read from what the manifests set."""
    pod = of_kind("DaemonSet")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    environment = {e["name"]: e.get("value", "10.0.0.7") for e in container["env"]}
    environment["PARALLAX_AGENT_LISTEN"] = environment["PARALLAX_AGENT_LISTEN"].replace(
        "$(PARALLAX_AGENT_HOST)", environment["PARALLAX_AGENT_HOST"]
    )
    (generator,) = of_kind("Kustomization")["configMapGenerator"]
    environment |= dict(entry.split("=", 1) for entry in generator["literals"])
    found = from_environment(environment)
    assert (found.interval, found.listen) == (15.0, ("10.0.0.7", 9815))


def test_every_manifest_is_listed() -> None:
    """The kustomization names each file beside it."""
    files = {f.name for f in MANIFESTS.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(of_kind("Kustomization")["resources"]) == files
