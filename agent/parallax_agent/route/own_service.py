"""Own Service: the app's own Service as the way in, without an ingress.

In: the cluster's Services, the target. Out: the entry, if no route leads to the host.
It does not: take a Service that the target does not name, unless an annotation of the
Service has the host. An ingress controller that has no route for the host is unrelated.
Source: Kubernetes, Service type LoadBalancer; hcloud-cloud-controller-manager
(`load-balancer.hetzner.cloud/hostname`); external-dns (`hostname`).
"""

from collections.abc import Iterator

from parallax.model.target import Target
from parallax.model.wire import Json
from parallax_agent.route import annotations
from parallax_agent.route.controllers import of_service
from parallax_agent.route.entry import Entry, serves_web
from parallax_agent.watch.objects import many, part

HETZNER = "load-balancer.hetzner.cloud/"
_HOSTS = (HETZNER + "hostname", "external-dns.alpha.kubernetes.io/hostname")
LOAD_BALANCER = "LoadBalancer"


def way_in(services: list[Json], target: Target) -> Entry | None:
    """Return the entry for a host without a route; None: no such Service is known.

    If only the kind of the Service speaks for it, the entry is not decided, because
    asking an unrelated ingress would blame it.
    """
    candidates = list(_for_users(services))
    reached = target.reached
    named = [s for s in candidates if _place(s) == (reached.namespace, reached.service)]
    claimed = named or [s for s in candidates if _has_host(s, target.host)]
    if len(claimed) == 1:
        namespace, name = _place(claimed[0])
        why = "it has type LoadBalancer, and no Ingress or HTTPRoute leads to it"
        return Entry(
            why=f"Service {namespace}/{name} is the way in: {why}", direct=True
        )
    if reached.service or not candidates:
        return None
    names = ", ".join("/".join(_place(s)) for s in candidates)
    several = len(candidates) > 1
    doubts = "".join(f"; {d}" for s in candidates for d in doubtful_annotations(s))
    return Entry(
        why=f"no route leads to {target.host}, and Service{'s' if several else ''} "
        f"{names} of type LoadBalancer may be the way in; set namespace and service in "
        f"the target{doubts}",
        open_question=True,
    )


def doubtful_annotations(item: Json) -> Iterator[str]:
    """Yield a sentence for each annotation that breaks the Service's load balancer."""
    ports = [p["nodePort"] for p in many(item, "spec", "ports", having=("nodePort",))]
    own = part(item, "spec").get("healthCheckNodePort")
    name = HETZNER + "health-check-port"
    value = annotations.of(item, name)
    if value is not None and ports and value not in {str(p) for p in (*ports, own)}:
        listed = ", ".join(map(str, ports))
        yield (
            f"Service {'/'.join(_place(item))} has annotation {name}: {value}, which "
            f"is not one of its NodePorts ({listed}), so the load balancer's health "
            "check fails; correct or remove the annotation"
        )


def _for_users(services: list[Json]) -> Iterator[Json]:
    """Yield the Services of type LoadBalancer that belong to no ingress controller."""
    for item in services:
        is_balanced = part(item, "spec").get("type") == LOAD_BALANCER
        if is_balanced and of_service(item) is None and serves_web(item):
            yield item


def _has_host(item: Json, host: str) -> bool:
    return any(host in annotations.listed(item, name) for name in _HOSTS)


def _place(item: Json) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]
