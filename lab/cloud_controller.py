"""Cloud controller: what it writes where it keeps the load balancer.

In: the case, and the balancer's services as they are now. Out: the balancer's label,
and the annotations of the ingress Service from which the controller would make these
services.
It does not: keep anything. A fault changes the balancer, and the annotations follow, as
if somebody had changed the annotation.
Source: hcloud-cloud-controller-manager, `internal/annotation/load_balancer.go` and
`internal/hcops/load_balancer.go`.
"""

from collections.abc import Iterator, Sequence

from lab.case import BalancerService, Case
from lab.object_uid import uid

LABEL = "hcloud-ccm/service-uid"
PREFIX = "load-balancer.hetzner.cloud/"
LOCATION = "fsn1"
CERTIFICATE_ID = 1


def labels(case: Case) -> dict[str, str]:
    """Return the balancer's labels: the uid of the Service that keeps it, if any."""
    ingress = case.ingress
    if not case.balancer.kept_by_service:
        return {}
    return {LABEL: uid("Service", ingress.namespace, ingress.service)}


def annotations(case: Case, services: Sequence[BalancerService]) -> dict[str, str]:
    """Return the annotations of the Service that keeps the balancer, if any."""
    if not case.balancer.kept_by_service:
        return {}
    pairs = {
        "name": case.balancer.name,
        "location": LOCATION,
        "use-private-ip": str(case.balancer.use_private_ip).lower(),
    }
    protocols = [f"{s.listen_port}:{s.protocol}" for s in services]
    pairs["protocol-ports"] = ",".join(protocols)
    if any(s.protocol == "https" for s in services):
        pairs["http-certificates"] = str(CERTIFICATE_ID)
    if any(s.proxyprotocol for s in services):
        pairs["uses-proxyprotocol"] = "true"
    pairs |= dict(_check(services))
    return {PREFIX + name: text for name, text in pairs.items()}


def _check(services: Sequence[BalancerService]) -> Iterator[tuple[str, str]]:
    """Yield the health check's annotations: one check for all services.

    Without `health-check-port` each service is checked at its own NodePort.
    """
    if not services:
        return
    check = services[0].health_check
    yield "health-check-protocol", check.protocol
    if any(s.health_check.port != s.destination_port for s in services):
        yield "health-check-port", str(check.port)
    if check.http is not None:
        yield "health-check-http-path", check.http.path
        yield "health-check-http-status-codes", ",".join(check.http.status_codes)
        if check.http.domain:
            yield "health-check-http-domain", check.http.domain
