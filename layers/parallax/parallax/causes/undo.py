"""Undo: the way back of a step that changes something.

In: what was read before the change. Out: a command that restores it, or a sentence.
It does not: restore what nothing has read; then the command itself saves it first.
Source: kubectl replace (without a resourceVersion it replaces the present object);
hcloud CLI, `load-balancer update-service`, `add-target`, `remove-target`.
"""

from shlex import quote

from parallax.model.balancer import BalancerService, BalancerTarget, LoadBalancer

RESTORE = "kubectl replace -f before.yaml"
"""Restores what `after_saving` saved."""
RECREATED = "none is needed: the controller creates the pod again."
SAME_AGAIN = "none: the command itself restores the attachment."
FETCHED_AGAIN = "none is needed: the cache gets the page again from the origin."


def after_saving(kubectl: str, what: str, change: str) -> str:
    """Return a command that saves an object in before.yaml, and then changes it.

    `what` is the kind and the name for `kubectl get`. Nothing is changed if nothing was
    saved: grep fails without a line. An old resourceVersion would prevent the way back.
    """
    return (
        f"{kubectl} get {what} -o yaml | grep -v '^ *resourceVersion:' > before.yaml"
        f" && {kubectl} {change}"
    )


def old_check(lb: LoadBalancer, service: BalancerService, *, domain: bool) -> str:
    """Return the command that restores a health check.

    `domain`: also its domain, which no TCP check has.
    """
    check, http = service.health_check, service.health_check.http
    parts = [
        f"hcloud load-balancer update-service {quote(lb.name)}",
        f"--listen-port {service.listen_port}",
        f"--health-check-protocol {check.protocol}",
        f"--health-check-port {check.port}",
    ]
    if http:
        parts.append(f"--health-check-http-path {quote(http.path)}")
    if http and domain:
        parts.append(f"--health-check-http-domain {quote(http.domain or '')}")
    return " ".join(parts)


def add_again(lb: LoadBalancer, target: BalancerTarget) -> str:
    """Return the command that adds a target again, as it was."""
    private = " --use-private-ip" if target.use_private_ip else ""
    of_address = target.type == "ip"
    which = "--ip" if of_address else "--server"
    name = target.label if of_address else target.server_name or target.label
    return (
        f"hcloud load-balancer add-target {quote(lb.name)} {which} {quote(name)}"
        f"{private}"
    )
