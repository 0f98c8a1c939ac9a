"""Service state: a Service with its endpoints, pods and workloads.

In: the cycle's lists. Out: the Service, its endpoints, its pods and their workloads,
and what could not be read. It does not: add them to a reading; `target_path` does.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from parallax.model.cluster import Endpoint, Pod, ServicePort, Workload
from parallax.model.wire import Json
from parallax_agent.route import limits
from parallax_agent.watch import objects
from parallax_agent.watch.api import Lists, describe_call
from parallax_agent.watch.pod_state import pods_with_state

EXPORTED_CONFIG = frozenset(
    {
        "access-log-path",
        "block-cidrs",
        "block-user-agents",
        "custom-http-errors",
        "denylist-source-range",
        "disable-access-log",
        "enable-modsecurity",
        "force-ssl-redirect",
        "generate-request-id",
        "global-auth-url",
        "http-access-log-path",
        "http-log-format",
        "limit-conn-status-code",
        "limit-req-status-code",
        "log-format",
        "log-format-escape-json",
        "log-format-escaping",
        "log-format-upstream",
        "proxy-protocol",
        "proxy-body-size",
        "proxy-buffer-size",
        "proxy-connect-timeout",
        "proxy-read-timeout",
        "proxy-send-timeout",
        "server-tokens",
        "ssl-redirect",
        "upstream-keepalive-timeout",
        "use-forwarded-headers",
        "use-proxy-protocol",
        "whitelist-source-range",
    }
)
"""Entries of the controller's ConfigMap that leave the cluster. Snippets and other
entries may contain secrets and stay."""

WORKLOADS = (
    ("DaemonSet", "daemonsets"),
    ("Deployment", "deployments"),
    ("StatefulSet", "statefulsets"),
)
"""Kinds whose pods a Service may select, and their resources."""
_CONFIG_MAP = ("--configmap=", "--nginx-configmaps=", "-nginx-configmaps=")
"""F5 NGINX's own manifests and chart use the last one."""


@dataclass(slots=True)
class ServiceState:
    """A Service with its endpoints and pods; None: not read.

    A controller without a Service has only pods, with these `labels`.
    """

    namespace: str
    item: Json = None
    slices: list[Json] | None = None
    pods: list[Json] | None = None
    labels: dict[str, Json] = field(default_factory=dict[str, Json])

    @property
    def known(self) -> bool:
        """Whether the Service's pods are known."""
        return self.pods is not None

    @property
    def selector(self) -> dict[str, Json]:
        """The labels that select the Service's pods; empty: it has no selector."""
        return objects.part(self.item, "spec", "selector") or self.labels

    def serves(self, pod: Json) -> bool:
        """Tell whether a pod belongs to the Service; a pod that ended does not.

        Source: the EndpointSlice controller ignores pods in these two phases.
        """
        ended = objects.part(pod, "status").get("phase") in {"Succeeded", "Failed"}
        return self.selects(pod) and not ended

    def selects(self, pod: Json) -> bool:
        """Tell whether the Service selects a pod, or a workload's pod template."""
        labels = objects.part(pod, "metadata", "labels")
        return bool(self.selector) and self.selector.items() <= labels.items()

    @property
    def external_name(self) -> str | None:
        """The name that an ExternalName Service points to; None for other Services."""
        spec = objects.part(self.item, "spec")
        return spec.get("externalName") if spec.get("type") == "ExternalName" else None

    @property
    def is_local(self) -> bool:
        """Whether the Service routes only to pods of the client's own node.

        Source: Kubernetes, Service internal traffic policy.
        """
        spec = objects.part(self.item, "spec")
        return spec.get("internalTrafficPolicy") == "Local"

    @property
    def families(self) -> list[str]:
        """The Service's address families, as EndpointSlices write them."""
        return objects.many(self.item, "spec", "ipFamilies") or ["IPv4"]

    def endpoints(
        self, port: ServicePort | None, *, second: bool = False
    ) -> tuple[Endpoint, ...] | None:
        """Return the endpoints of one of the Service's ports; None: not read.

        With `second`, those of its second address family, if it has one.
        """
        if self.slices is None:
            return None
        name, families = (port.name or "") if port else None, self.families
        if second and len(families) == 1:
            return ()
        family = families[int(second)]
        return objects.endpoints(self.slices, port_name=name, family=family)

    def model_pods(self) -> tuple[Pod, ...] | None:
        """Return the pods as the model has them; None: not read."""
        return None if self.pods is None else tuple(pods_with_state(self.pods))

    def config_map(self) -> str | None:
        """Return the ConfigMap's name from the controller's own arguments."""
        for item in self.pods or []:
            for container in objects.many(item, "spec", "containers"):
                for argument in objects.many(container, "args"):
                    if argument.startswith(_CONFIG_MAP):
                        return argument.rpartition("/")[2]
        return None


@dataclass(slots=True)
class Reader:
    """Reads the lists for one target and collects problems."""

    lists: Lists
    problems: list[str] = field(default_factory=list[str])
    sees_all_rules: bool = True
    is_reporter: Callable[[], bool] = lambda: True
    """Whether this node reports the target if it fails; else others do, and they list
    what is rarely needed."""

    def items(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return a list; None: not read, and a problem says why."""
        objects_read = self.lists.items(resource, namespace)
        if objects_read is None:
            self._note(describe_call("list", resource, namespace))
        return objects_read

    def config(self, namespace: str, name: str) -> tuple[tuple[str, str], ...] | None:
        """Return the entries of `EXPORTED_CONFIG`; None: not read."""
        entries = self.lists.config_map(namespace, name)
        if entries is None:
            self._note(describe_call("get", f"configmap {name}", namespace))
            return None
        exported = EXPORTED_CONFIG & entries.keys()
        return tuple(
            (key, _exported_text(key, entries[key])) for key in sorted(exported)
        )

    def rules(self, namespace: str | None) -> list[Json] | None:
        """Return all Ingresses, or one namespace's if no more is allowed.

        Only a missing permission leads to the second list: if the API is unavailable,
        each list would wait. None: not read.
        """
        everywhere = describe_call("list", "ingresses", None)
        ingresses = self.lists.items("ingresses", None)
        if ingresses is not None:
            return ingresses
        if namespace and everywhere in self.lists.forbidden:
            self.sees_all_rules = False
            return self.items("ingresses", namespace)
        self._note(everywhere)
        return None

    def extension(self, resource: str) -> list[Json] | None:
        """Return a list that the API may not have; empty if it does not."""
        call = describe_call("list", resource, None)
        objects_read = self.lists.items(resource, None)
        if objects_read is None and call not in self.lists.absent:
            self._note(call)
            return None
        return objects_read or []

    def on_demand(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return what is listed only when it is needed; None: not read."""
        if not self.is_reporter():
            return None
        found = self.lists.on_demand(resource, namespace)
        if found is None:
            self._note(describe_call("list", resource, namespace))
        return found

    def read_service(self, namespace: str, name: str) -> ServiceState:
        """Return a Service with its EndpointSlices and pods.

        An ExternalName Service has neither, and without a selector the pods are
        unknown: None, not empty.
        """
        state = ServiceState(namespace)
        services = self.items("services", namespace)
        if services is not None:
            state.item = objects.named(services, name)
            if state.item is None:
                self.problems.append(f"no Service {name} in namespace {namespace}")
        if state.external_name is not None:
            self.problems.append(
                f"Service {namespace}/{name} is an ExternalName for "
                f"{state.external_name}, which the agent does not probe"
            )
            return state
        slices = self.items("endpointslices", namespace)
        if slices is not None:
            state.slices = objects.slices_of(slices, namespace, name)
        pods = self.items("pods", namespace)
        if pods is not None and state.selector:
            state.pods = [p for p in pods if state.serves(p)]
        return state

    def read_pods(self, namespace: str, labels: dict[str, Json]) -> ServiceState:
        """Return the pods with these labels, of a controller without a Service."""
        state = ServiceState(namespace, labels=labels)
        pods = self.items("pods", namespace)
        if pods is not None:
            state.pods = [p for p in pods if state.serves(p)]
        return state

    def workloads(self, state: ServiceState) -> tuple[Workload, ...] | None:
        """Return the workloads whose pods the Service selects, with or without pods.

        None: there is none among those that were read, and a kind was not read.
        """
        found: list[Workload] = []
        unread = False
        for kind, resource in WORKLOADS:
            items = self.items(resource, state.namespace)
            unread = unread or items is None
            found += [
                objects.workload(kind, item)
                for item in items or ()
                if state.selects(objects.part(item, "spec", "template"))
            ]
        return tuple(found) if found or not unread else None

    def _note(self, call: str) -> None:
        self.problems.append(self.lists.problems.get(call, f"cannot {call}"))


def _exported_text(key: str, text: str) -> str:
    """Return what may leave the cluster; log formats are needed as a whole."""
    return text if "log-format" in key else limits.exported_value(key, text)
