"""Ingresses and the controller's ConfigMap: what is read, and what is exported."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from parallax.model.target import Target
from tests.agent.conftest import KubernetesServer
from tests.agent.read.test_target_path import path_from


def test_secrets_in_the_config_map_stay(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """Only known entries of the ConfigMap leave the cluster."""
    body: dict[str, Any] = kubernetes_api.body("ingress-nginx-controller")
    body["data"]["http-snippet"] = "proxy_set_header Authorization secret;"
    kubernetes_api.replaced["ingress-nginx-controller"] = body
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert reading.ingress_config is not None
    assert "http-snippet" not in dict(reading.ingress_config)
    space, _, name = str(reading.ingress_config_map).partition("/")
    assert space == "ingress-nginx"
    assert name


@pytest.mark.parametrize(
    "argument", ["--configmap", "--nginx-configmaps", "-nginx-configmaps"]
)
def test_the_config_map_s_name_comes_from_the_controller(
    kubernetes_api: KubernetesServer,
    tmp_path: Path,
    api_target: Target,
    argument: str,
) -> None:
    """An argument of the controller's pods wins over the Service's name."""
    pods = kubernetes_api.body("pods")
    for pod in pods["items"]:
        if "ingress" in pod["metadata"]["name"]:
            pod["spec"]["containers"][0]["args"] = [
                "/nginx-ingress-controller",
                f"{argument}=$(POD_NAMESPACE)/my-config",
            ]
    kubernetes_api.replaced["pods"] = pods
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert (reading.ingress_config, reading.ingress_config_map) == (None, None)
    assert "no ConfigMap my-config in namespace ingress-nginx" in reading.problems


def elsewhere(server: KubernetesServer) -> Any:
    """Return the recorded Ingresses, and one of another namespace."""
    body = server.body("ingresses")
    other = json.loads(json.dumps(body["items"][0]))
    other["metadata"] |= {"name": "other", "namespace": "shop"}
    other["spec"]["rules"][0]["host"] = "shop.keybuzz.io"
    body["items"].insert(0, other)
    return body


def test_the_hosts_of_every_namespace_are_reported(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """A host of another namespace is a host, but never the target's route."""
    kubernetes_api.replaced["ingresses"] = elsewhere(kubernetes_api)
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert reading.ingress_hosts == (
        "platform-api.keybuzz.io",
        "platform.keybuzz.io",
        "shop.keybuzz.io",
    )
    target = replace(api_target, url="https://shop.keybuzz.io/")
    reading = path_from(kubernetes_api, tmp_path, target).reading
    assert (reading.ingress_name, reading.service) == (None, None)


def test_one_namespace_s_ingresses_are_partial(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """If only the namespace may be read, there is no problem, but `partial`."""
    kubernetes_api.replaced["ingresses"] = elsewhere(kubernetes_api)
    kubernetes_api.errors_everywhere["ingresses"] = 403
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert reading.problems == ()
    assert reading.ingress_name == "keybuzz-api"
    assert reading.ingress_hosts == ("platform-api.keybuzz.io", "platform.keybuzz.io")
    assert reading.partial == ("ingress_hosts",)


def test_only_a_missing_permission_leads_to_fewer_ingresses(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """Other errors would only add waiting time."""
    kubernetes_api.errors["ingresses"] = 500
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert reading.ingress_hosts is None
    assert any(p.startswith("cannot list ingresses: 500") for p in reading.problems)
    asked = [path for _, path in kubernetes_api.requests if "ingresses" in path]
    assert {urlsplit(path).path for path in asked} == {
        "/apis/networking.k8s.io/v1/ingresses"
    }


def test_the_target_s_annotations_are_exported(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """Its annotations and its canary's, not another Ingress's."""
    body = elsewhere(kubernetes_api)
    nginx = "nginx.ingress.kubernetes.io/"
    other, mine, _ = body["items"]
    other["metadata"]["annotations"] = {nginx + "limit-rps": "1"}
    mine["metadata"]["annotations"] |= {nginx + "limit-rpm": "60"}
    canary = json.loads(json.dumps(mine))
    canary["metadata"] |= {"name": "canary"}
    settings = {nginx + "canary": "true", nginx + "canary-weight": "50"}
    canary["metadata"]["annotations"] = settings | {nginx + "limit-rps": "2"}
    body["items"].append(canary)
    kubernetes_api.replaced["ingresses"] = body
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert dict(reading.ingress_annotations) == settings | {nginx + "limit-rpm": "60"}


def test_a_large_config_map_entry_is_cut_but_never_the_log_format(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """Of a long list of networks the beginning, of a URL the host."""
    body: dict[str, Any] = kubernetes_api.body("ingress-nginx-controller")
    entries = {"block-cidrs": "10.0.0.0/8," * 100, "log-format-upstream": "$a " * 200}
    body["data"] |= entries | {"global-auth-url": "https://u:secret@auth.io/?k=secret"}
    kubernetes_api.replaced["ingress-nginx-controller"] = body
    config = dict(
        path_from(kubernetes_api, tmp_path, api_target).reading.ingress_config or ()
    )
    assert len(config["block-cidrs"]) == 200
    assert config["log-format-upstream"] == entries["log-format-upstream"]
    assert config["global-auth-url"] == "https://auth.io"
