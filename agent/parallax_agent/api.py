"""API: the Kubernetes API through the official client, a list once a cycle.

In: a kubeconfig, or the pod's service account. Out: plain JSON objects, as
the API documents them, or the reason why they could not be read.
It does not: understand the objects; `objects` does. It does not write: every
call is a list or a get, and the manifests allow no more.

JSON instead of the client's typed objects: one odd object fails a typed list
as a whole (`endpoints: null` did until client 34), and it costs four times less.
"""

import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from kubernetes import config
from kubernetes.client import (
    ApiClient,
    AppsV1Api,
    Configuration,
    CoreV1Api,
    CustomObjectsApi,
    DiscoveryV1Api,
    NetworkingV1Api,
)
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from parallax.model.wire import Json

CALL_SECONDS = 5.0
"""A call that takes longer counts as not answered."""
GATEWAY_API = {"group": "gateway.networking.k8s.io", "version": "v1"}


@dataclass(frozen=True, slots=True)
class Apis:
    """The API groups the agent reads; `Any`: the client builds them at run time."""

    core: Any
    apps: Any
    discovery: Any
    networking: Any
    custom: Any

    def close(self) -> None:
        """Close the connections that are kept open between calls."""
        self.core.api_client.rest_client.close()


def connect(kubeconfig: Path | None) -> Apis:
    """Prepare the client; no call is made.

    Raises `kubernetes.config.ConfigException` for an unusable kubeconfig, or
    without one outside a cluster.
    """
    settings = Configuration()
    loader = cast("Any", config)
    if kubeconfig is None:
        loader.load_incluster_config(client_configuration=settings)
    else:
        loader.load_kube_config(
            config_file=str(kubeconfig),
            client_configuration=settings,
            persist_config=False,
        )
    # urllib3's own three tries would turn 5 seconds into 20.
    cast("Any", settings).retries = False
    cast("Any", settings).keep_alive = True
    client = ApiClient(settings)
    return Apis(
        core=CoreV1Api(client),
        apps=AppsV1Api(client),
        discovery=DiscoveryV1Api(client),
        networking=NetworkingV1Api(client),
        custom=CustomObjectsApi(client),
    )


@dataclass(slots=True)
class Lists:
    """What the API holds, read at most once in this object's life.

    One `Lists` serves one cycle and all of its targets. `problems` maps a call
    in words, e.g. `list pods in namespace keybuzz`, to why it failed; `forbidden`
    holds the calls that only lack a permission, `absent` those whose resource the
    API does not know (the Gateway API is an extension).
    """

    apis: Apis
    problems: dict[str, str] = field(default_factory=dict[str, str])
    forbidden: set[str] = field(default_factory=set[str])
    absent: set[str] = field(default_factory=set[str])
    _read: dict[str, Json] = field(default_factory=dict[str, Json])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def prefetch(self, wanted: Iterable[tuple[str, str | None]]) -> None:
        """Read several lists side by side, so that a dead API costs one timeout."""
        with ThreadPoolExecutor(8, thread_name_prefix="lists") as pool:
            for resource, namespace in sorted(set(wanted), key=str):
                pool.submit(self.items, resource, namespace)

    def items(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return a resource's objects, of one namespace or of all; None: not read."""
        call = in_words("list", resource, namespace)
        method, arguments = self._method(resource, namespace)
        body = self._once(call, method, arguments)
        return None if body is None else (body.get("items") or [])

    def config_map(self, namespace: str, name: str) -> dict[str, str] | None:
        """Return a ConfigMap's entries; None: not read."""
        call = in_words("get", f"configmap {name}", namespace)
        method = self.apis.core.read_namespaced_config_map
        body = self._once(call, method, {"name": name, "namespace": namespace})
        return None if body is None else (body.get("data") or {})

    def _method(
        self, resource: str, namespace: str | None
    ) -> tuple[Callable[..., Any], dict[str, str]]:
        core, apps = self.apis.core, self.apis.apps
        if resource in {"httproutes", "gateways"}:
            method = self.apis.custom.list_cluster_custom_object
            return method, {**GATEWAY_API, "plural": resource}
        everywhere: dict[str, Callable[..., Any]] = {
            "nodes": core.list_node,
            "ingresses": self.apis.networking.list_ingress_for_all_namespaces,
            "ingressclasses": self.apis.networking.list_ingress_class,
            "services": core.list_service_for_all_namespaces,
        }
        if namespace is None:
            return everywhere[resource], {}
        methods: dict[str, Callable[..., Any]] = {
            "services": core.list_namespaced_service,
            "pods": core.list_namespaced_pod,
            "endpointslices": self.apis.discovery.list_namespaced_endpoint_slice,
            "ingresses": self.apis.networking.list_namespaced_ingress,
            "daemonsets": apps.list_namespaced_daemon_set,
            "deployments": apps.list_namespaced_deployment,
        }
        return methods[resource], {"namespace": namespace}

    def _once(
        self, call: str, method: Callable[..., Any], arguments: dict[str, str]
    ) -> Json:
        with self._lock:
            if call in self._read:
                return self._read[call]
        body = None
        try:
            response = method(
                **arguments, _preload_content=False, _request_timeout=CALL_SECONDS
            )
            body = json.loads(response.data)
        except (ApiException, HTTPError, OSError, ValueError) as error:
            with self._lock:
                self.problems[call] = f"cannot {call}: {why(error)}"
                if _status(error) == HTTPStatus.FORBIDDEN:
                    self.forbidden.add(call)
                if _status(error) == HTTPStatus.NOT_FOUND:
                    self.absent.add(call)
        with self._lock:
            self._read[call] = body
        return body


def in_words(verb: str, resource: str, namespace: str | None) -> str:
    """Name a call as an operator would, e.g. `list pods in namespace keybuzz`."""
    place = f" in namespace {namespace}" if namespace else ""
    return f"{verb} {resource}{place}"


def _status(error: Exception) -> int | None:
    return cast("Any", error).status if isinstance(error, ApiException) else None


def why(error: Exception) -> str:
    """Say in one line why a call failed; the server's own words where it has some."""
    if not isinstance(error, ApiException):
        return f"{type(error).__name__}: {error}"
    untyped = cast("Any", error)
    code = f"{untyped.status} {untyped.reason}".strip()
    try:
        message = str(json.loads(untyped.body or "{}").get("message", ""))
    except (ValueError, AttributeError):
        message = ""
    return f"{code}: {message}" if message and message != untyped.reason else code
