"""Service state: a Service with what stands behind it, and what could not be read.

In: the cycle's lists. Out: the Service, its endpoints, its pods and their
workloads. It does not: join them to a reading; `read` does.
"""

from dataclasses import dataclass, field

from parallax.model.cluster import Endpoint, Pod, ServicePort, Workload
from parallax.model.wire import Json
from parallax_agent.route import limits
from parallax_agent.watch import objects
from parallax_agent.watch.api import Lists, describe_call

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
        "proxy-connect-timeout",
        "proxy-read-timeout",
        "proxy-send-timeout",
        "server-tokens",
        "ssl-redirect",
        "use-forwarded-headers",
        "use-proxy-protocol",
        "whitelist-source-range",
    }
)
"""Entries of the controller's ConfigMap that leave the cluster; snippets and
whatever else stands there may hold secrets and stay."""

_CONFIG_MAP = ("--configmap=", "--nginx-configmaps=", "-nginx-configmaps=")
"""F5's own manifests and chart write the last one."""


@dataclass(slots=True)
class ServiceState:
    """A Service with what stands behind it; None: not read."""

    namespace: str
    item: Json = None
    slices: list[Json] | None = None
    pods: list[Json] | None = None

    @property
    def known(self) -> bool:
        """Whether it is known which pods there are."""
        return self.pods is not None

    @property
    def selector(self) -> dict[str, Json]:
        """The labels that the Service takes pods by; empty: it has no selector."""
        return objects.part(self.item, "spec", "selector")

    def serves(self, pod: Json) -> bool:
        """Tell whether a pod is the Service's: what is over for good never is.

        Source: the EndpointSlice controller passes over pods in these two phases.
        """
        over = objects.part(pod, "status").get("phase") in {"Succeeded", "Failed"}
        return self.selects(pod) and not over

    def selects(self, pod: Json) -> bool:
        """Tell whether the Service takes a pod, or a workload's pod template."""
        labels = objects.part(pod, "metadata", "labels")
        return bool(self.selector) and self.selector.items() <= labels.items()

    @property
    def external_name(self) -> str | None:
        """Where an ExternalName Service leads to; None: it is none."""
        spec = objects.part(self.item, "spec")
        return spec.get("externalName") if spec.get("type") == "ExternalName" else None

    @property
    def is_local(self) -> bool:
        """Whether its address leads to pods of the asking node only, or nowhere.

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
        return None if self.pods is None else tuple(map(objects.pod, self.pods))

    def config_map(self) -> str | None:
        """Return the ConfigMap's name as a controller's own arguments give it."""
        for item in self.pods or []:
            for container in objects.many(item, "spec", "containers"):
                for argument in objects.many(container, "args"):
                    if argument.startswith(_CONFIG_MAP):
                        return argument.rpartition("/")[2]
        return None


@dataclass(slots=True)
class Reader:
    """Reads the lists for one target and keeps what went wrong."""

    lists: Lists
    problems: list[str] = field(default_factory=list[str])
    sees_all_rules: bool = True

    def items(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return a list; None: not read, and a problem says why."""
        found = self.lists.items(resource, namespace)
        if found is None:
            self._note(describe_call("list", resource, namespace))
        return found

    def config(self, namespace: str, name: str) -> tuple[tuple[str, str], ...] | None:
        """Return the entries of `EXPORTED_CONFIG`; None: not read."""
        found = self.lists.config_map(namespace, name)
        if found is None:
            self._note(describe_call("get", f"configmap {name}", namespace))
            return None
        told = EXPORTED_CONFIG & found.keys()
        return tuple((key, _told(key, found[key])) for key in sorted(told))

    def rules(self, namespace: str | None) -> list[Json] | None:
        """Return all Ingresses, or one namespace's where no more is allowed.

        Only a lack of permission leads to the second list: an API that is away
        would make each of them wait. None: not read.
        """
        everywhere = describe_call("list", "ingresses", None)
        found = self.lists.items("ingresses", None)
        if found is not None:
            return found
        if namespace and everywhere in self.lists.forbidden:
            self.sees_all_rules = False
            return self.items("ingresses", namespace)
        self._note(everywhere)
        return None

    def extension(self, resource: str) -> list[Json] | None:
        """Return a list that the API may not have: then it is empty."""
        call = describe_call("list", resource, None)
        found = self.lists.items(resource, None)
        if found is None and call not in self.lists.absent:
            self._note(call)
            return None
        return found or []

    def service_state(self, namespace: str, name: str) -> ServiceState:
        """Return a Service with its EndpointSlices and pods.

        What is outside the cluster (ExternalName) has neither, and without a selector
        nobody knows which pods are meant: None, not empty.
        """
        found = ServiceState(namespace)
        services = self.items("services", namespace)
        if services is not None:
            found.item = objects.named(services, name)
            if found.item is None:
                self.problems.append(f"no Service {name} in namespace {namespace}")
        if found.external_name is not None:
            self.problems.append(
                f"Service {namespace}/{name} is an ExternalName for "
                f"{found.external_name}, which the agent does not probe"
            )
            return found
        slices = self.items("endpointslices", namespace)
        if slices is not None:
            found.slices = objects.slices_of(slices, namespace, name)
        pods = self.items("pods", namespace)
        if pods is not None and found.selector:
            found.pods = [p for p in pods if found.serves(p)]
        return found

    def workloads(self, behind: ServiceState) -> tuple[Workload, ...] | None:
        """Those whose pods the Service would take, also while they have none."""
        found: list[Workload] = []
        for kind, resource in (
            ("DaemonSet", "daemonsets"),
            ("Deployment", "deployments"),
        ):
            items = self.items(resource, behind.namespace)
            if items is None:
                return None
            found += [
                objects.workload(kind, item)
                for item in items
                if behind.selects(objects.part(item, "spec", "template"))
            ]
        return tuple(found)

    def _note(self, call: str) -> None:
        self.problems.append(self.lists.problems.get(call, f"cannot {call}"))


def _told(key: str, text: str) -> str:
    """Return what of an entry may be told: a log format whole, it is read by it."""
    return text if "log-format" in key else limits.exported_value(key, text)
