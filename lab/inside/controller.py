"""Controller: the ingress controller's current settings, as its configuration.

In: the case's ingress, and the changes of faults. Out: the nodes that run a pod, what
each pod serves, and the configuration of the nginx that serves for all pods, or of
the HAProxy of one pod.
It does not: apply anything; `lab.inside.servers` does. The ConfigMap sets a read
timeout of 5 s; ingress-nginx's own default is 60 s.
"""

from pathlib import Path
from typing import Any

from lab.case import App, Case, Node
from lab.cloud_controller import annotations
from lab.inside.kubernetes.store import Store
from lab.inside.proxy import ready_endpoints
from lab.programs.program import render

MODULES = Path("/usr/lib/nginx/modules")
ANNOTATION = "nginx.ingress.kubernetes.io/"
PLAIN_SETTINGS = {"use-forwarded-headers": "true", "proxy-read-timeout": "5"}
ENFORCED = {
    "whitelist-source-range",
    "limit-rps",
    "limit-burst-multiplier",
    "force-ssl-redirect",
}
"""The annotations that this nginx supports; a fault with another one is rejected."""
DEFAULT_BURST = 5
LOG_FORMAT = (
    "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc "
    '%ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs "%HM %[var(txn.base)] %HV"'
)
"""The default of HAProxy's ingress controller."""
CAPTURED = ("X-Request-ID", "User-Agent")
"""The headers that `request-capture` adds to the log."""


class Controller:
    """The ingress controller's Service, pods, rules and settings."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.reset()

    def reset(self) -> None:
        """Set everything to the values of the case."""
        case = self.case
        self.policy: str = case.ingress.external_traffic_policy
        self.health_node_port = case.ingress.health_check_node_port
        self.nodes = tuple(n.name for n in case.nodes if n.ingress)
        self.ingress_hosts = {app.name: app.host for app in case.apps}
        self.paths = {app.name: "/" for app in case.apps}
        self.balancer_annotations = annotations(case, case.balancer.services)
        """Those of the Service, from which a cloud controller makes a balancer."""
        self.annotations: dict[str, dict[str, str]] = {}
        self.stale: dict[str, tuple[str, ...]] = {}
        """App name -> the nodes whose pod has not loaded its Ingress."""
        proxied = str(case.ingress.proxy_protocol).lower()
        self.settings = PLAIN_SETTINGS | {"use-proxy-protocol": proxied}

    def annotate(self, app: App, annotations: dict[str, str]) -> None:
        """Set annotations of an app's Ingress, by their names without the prefix."""
        unknown = set(annotations) - ENFORCED
        if unknown:
            raise ValueError(
                f"unsupported annotations: {', '.join(sorted(unknown))}; "
                f"the lab's ingress supports {', '.join(sorted(ENFORCED))}"
            )
        current = self.annotations.setdefault(app.name, {})
        current |= {ANNOTATION + name: text for name, text in annotations.items()}

    def running_nodes(self) -> tuple[Node, ...]:
        """Return the nodes that run an ingress pod."""
        return tuple(n for n in self.case.nodes if n.name in self.nodes)

    def config(self, store: Store, folder: Path, generation: int) -> str:
        """Return the nginx configuration of all pods; it serves its generation."""
        return render(
            f"{self.case.ingress.kind}.conf",
            folder=folder,
            modules=MODULES,
            certificate=folder / "ingress.pem",
            generation=generation,
            settings=self.settings,
            proxy_protocol=self.settings["use-proxy-protocol"] == "true",
            nodes=[self._pod(store, folder, node) for node in self.running_nodes()],
            health=self._health(),
        )

    def pod_config(self, store: Store, folder: Path, node: Node) -> str:
        """Return the HAProxy configuration of the pod on a node."""
        return render(
            "haproxy-ingress.cfg",
            folder=folder,
            certificate=folder / "ingress.pem",
            settings=self.settings,
            proxy_protocol=self.settings["use-proxy-protocol"] == "true",
            pod=self._pod(store, folder, node),
            log_format=LOG_FORMAT.replace(" ", "\\ ").replace('"', '\\"'),
            captured=CAPTURED,
        )

    def _pod(self, store: Store, folder: Path, node: Node) -> dict[str, Any]:
        apps = [
            a for a in self.case.apps if node.name not in self.stale.get(a.name, ())
        ]
        return {
            "name": node.name,
            "address": node.pod_address,
            "log": folder / f"ingress-{node.name}.log",
            "apps": [self._served(store, app, node) for app in apps],
        }

    def _health(self) -> list[dict[str, Any]]:
        """Return kube-proxy's response on each node's healthCheckNodePort."""
        if self.health_node_port is None:
            return []
        return [
            {
                "address": node.address,
                "port": self.health_node_port,
                "endpoints": int(node.name in self.nodes),
            }
            for node in self.case.nodes
        ]

    def _served(self, store: Store, app: App, node: Node) -> dict[str, Any]:
        """Return one app as an ingress pod serves it.

        Traffic from a pod to a node's address has the node's source address (flannel's
        masquerade); traffic to the overlay has the pod's.
        """
        endpoints = ready_endpoints(store, self.case.namespace, app.name, "http")
        return {
            "name": app.name,
            "namespace": self.case.namespace,
            "host": self.ingress_hosts[app.name],
            "path": self.paths[app.name],
            "upstream": f"{self.case.namespace}-{app.name}-80",
            "source": node.address if app.host_network else node.pod_address,
            "endpoints": [f"{at}:{port}" for at, port in (r.place for r in endpoints)],
            **self._limits(app),
        }

    def _limits(self, app: App) -> dict[str, Any]:
        values = self.annotations.get(app.name, {})
        allowed = values.get(f"{ANNOTATION}whitelist-source-range", "")
        rate = int(values.get(f"{ANNOTATION}limit-rps", 0))
        factor = int(values.get(f"{ANNOTATION}limit-burst-multiplier", DEFAULT_BURST))
        ranges = [part.strip() for part in allowed.split(",") if part.strip()]
        forced = values.get(f"{ANNOTATION}force-ssl-redirect") == "true"
        limits = {"allowed": ranges, "rate": rate, "burst": rate * factor}
        return limits | {"only_https": forced}
