"""Behind: a Service with what stands behind it, and what could not be read.

In: the cycle's lists. Out: the Service's object, its EndpointSlices, its pods
and their workloads, still as the API wrote them.
It does not: turn them into a reading; `read` does.
"""

from dataclasses import dataclass, field

from parallax.model.cluster import Workload
from parallax.model.wire import Json
from parallax_agent import objects
from parallax_agent.api import Lists, in_words

TOLD_CONFIG = frozenset(
    {
        "access-log-path",
        "custom-http-errors",
        "disable-access-log",
        "force-ssl-redirect",
        "generate-request-id",
        "http-access-log-path",
        "log-format-upstream",
        "proxy-connect-timeout",
        "proxy-read-timeout",
        "proxy-send-timeout",
        "server-tokens",
        "ssl-redirect",
        "use-forwarded-headers",
        "use-proxy-protocol",
    }
)
"""Entries of the controller's ConfigMap that leave the cluster; snippets and
whatever else stands there may hold secrets and stay."""


@dataclass(slots=True)
class Behind:
    """A Service with what stands behind it; None: not read."""

    namespace: str
    item: Json = None
    slices: list[Json] | None = None
    pods: list[Json] | None = None

    def selects(self, pod: Json) -> bool:
        """Tell whether the Service takes a pod, or a workload's pod template."""
        labels = objects.part(pod, "metadata", "labels")
        selector = objects.part(self.item, "spec", "selector")
        return bool(selector) and selector.items() <= labels.items()

    @property
    def family(self) -> str:
        """The Service's first address family, as EndpointSlices write it."""
        return next(iter(objects.many(self.item, "spec", "ipFamilies")), "IPv4")


@dataclass(slots=True)
class Reader:
    """Reads the lists for one target and keeps what went wrong."""

    lists: Lists
    problems: list[str] = field(default_factory=list[str])

    def items(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return a list; None: not read, and a problem says why."""
        found = self.lists.items(resource, namespace)
        if found is None:
            self._note(in_words("list", resource, namespace))
        return found

    def config(self, namespace: str, name: str) -> tuple[tuple[str, str], ...] | None:
        """Return the entries of `TOLD_CONFIG`; None: not read."""
        found = self.lists.config_map(namespace, name)
        if found is None:
            self._note(in_words("get", f"configmap {name}", namespace))
            return None
        return tuple(sorted((k, v) for k, v in found.items() if k in TOLD_CONFIG))

    def behind(self, namespace: str, name: str) -> Behind:
        """Return a Service with its EndpointSlices and pods."""
        found = Behind(namespace)
        services = self.items("services", namespace)
        if services is not None:
            found.item = objects.named(services, name)
            if found.item is None:
                self.problems.append(f"no Service {name} in namespace {namespace}")
        slices = self.items("endpointslices", namespace)
        if slices is not None:
            found.slices = objects.slices_of(slices, namespace, name)
        pods = self.items("pods", namespace)
        if pods is not None and found.item is not None:
            found.pods = [p for p in pods if found.selects(p)]
        return found

    def workloads(self, behind: Behind) -> tuple[Workload, ...] | None:
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
