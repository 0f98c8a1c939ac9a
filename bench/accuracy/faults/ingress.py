"""Ingress faults: the controller, its rules, and the way from it to pods.

In: a `PlatformSpec`. Out: broken there, with the truth.
It does not: touch the pods of the target.
"""

from bench.accuracy.faults.fault import Fault, Truth
from bench.accuracy.platform.parts import Deny, Rule
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec

ANNOTATION = "nginx.ingress.kubernetes.io/"


def gone(spec: PlatformSpec) -> Truth:
    """The ingress has no ready pod: none at all, or none that is ready."""
    if spec.rng.random() < 0.5:
        spec.ingress.pods = []
    for pod in spec.ingress.pods:
        pod.ready = False
    return Truth(cause="ingress-without-endpoints")


def unknown_host(spec: PlatformSpec) -> Truth:
    """The Ingress's host has a typo."""
    wrong = spec.host.replace(".", "-", 1) if spec.rng.random() < 0.5 else None
    name = wrong or f"{spec.host[0]}{spec.host}"
    spec.ingress.hosts = (name, "status.example.com")
    return Truth(cause="ingress-does-not-know-host")


def unknown_host_checked(spec: PlatformSpec) -> Truth:
    """The same, and the http check asks for the host too: nobody is healthy."""
    unknown_host(spec)
    return Truth(
        cause="ingress-does-not-know-host",
        also=("lb-health-check-rejected",),
        reason="the check's domain is no host of any Ingress, by the same typo",
    )


def rejects(spec: PlatformSpec) -> Truth:
    """A limit of the Ingress turns users away."""
    status, name, value, share, inside = spec.rng.choice(
        (
            (403, "whitelist-source-range", "10.9.0.0/16", 1.0, True),
            (403, "whitelist-source-range", "10.0.0.0/8", 1.0, False),
            (403, "denylist-source-range", "198.51.100.0/24", 1.0, False),
            (401, "auth-type", "basic", 1.0, True),
            (503, "limit-rps", "1", spec.rng.uniform(0.6, 0.9), False),
            (503, "limit-rpm", "5", spec.rng.uniform(0.6, 0.95), False),
        )
    )
    spec.ingress.deny = Deny(
        status=status, share=share, annotation=(ANNOTATION + name, value), inside=inside
    )
    return Truth(cause="ingress-rejects-request")


def out_of_step(spec: PlatformSpec) -> Truth:
    """Some replicas keep an old configuration: 404 for the host, or 503."""
    pods = spec.ingress.pods
    count = max(1, len(pods) // 3)
    status = spec.rng.choice((404, 503))
    for pod in spec.rng.sample(pods, count):
        pod.answers = status
    return Truth(cause="ingress-replica-out-of-step")


def overlay(spec: PlatformSpec) -> Truth:
    """Pods of different nodes do not reach each other."""
    spec.overlay_cut = True
    return Truth(cause="overlay-between-nodes-broken")


def node_to_node(spec: PlatformSpec) -> Truth:
    """The nodes' firewalls drop each other's connections to the pods' host port."""
    spec.rules.append(Rule(source="nodes", port=spec.app_port))
    return Truth(cause="overlay-between-nodes-broken")


INGRESS = (
    Fault(
        name="ingress-without-endpoints",
        requires=Requirements(),
        inject=gone,
        position=4,
    ),
    Fault(
        name="ingress-does-not-know-host",
        requires=Requirements(check="tcp"),
        inject=unknown_host,
    ),
    Fault(
        name="ingress-does-not-know-host-checked",
        requires=Requirements(check="http"),
        inject=unknown_host_checked,
    ),
    Fault(
        name="ingress-rejects-request",
        requires=Requirements(kind="ingress-nginx", check="tcp"),
        inject=rejects,
    ),
    Fault(
        name="ingress-replica-out-of-step",
        requires=Requirements(nodes=3, check="tcp", few_ingress=False),
        inject=out_of_step,
    ),
    Fault(
        name="overlay-between-nodes-broken",
        requires=Requirements(
            nodes=3, policy="Local", check="tcp", host_network=False, pods=3
        ),
        inject=overlay,
    ),
    Fault(
        name="overlay-between-nodes-broken-cluster",
        requires=Requirements(
            nodes=3, policy="Cluster", check="tcp", host_network=False, pods=3
        ),
        inject=overlay,
    ),
    Fault(
        name="overlay-between-nodes-broken-host-ports",
        requires=Requirements(nodes=3, policy="Local", check="tcp", host_network=True),
        inject=node_to_node,
    ),
)
