"""Ingress faults: the controller, its rules, and the way from it to pods.

In: a `World`. Out: broken there, with the truth.
It does not: touch the pods of the target.
"""

from bench.accuracy.faults.fault import Fault, Truth
from bench.accuracy.platform.parts import Deny, Rule
from bench.accuracy.platform.wish import Wish
from bench.accuracy.platform.world import World

ANNOTATION = "nginx.ingress.kubernetes.io/"


def gone(world: World) -> Truth:
    """The ingress has no ready pod: none at all, or none that is ready."""
    if world.rng.random() < 0.5:
        world.ingress.pods = []
    for pod in world.ingress.pods:
        pod.ready = False
    return Truth(cause="ingress-without-endpoints")


def unknown_host(world: World) -> Truth:
    """The Ingress's host has a typo."""
    wrong = world.host.replace(".", "-", 1) if world.rng.random() < 0.5 else None
    name = wrong or f"{world.host[0]}{world.host}"
    world.ingress.hosts = (name, "status.example.com")
    return Truth(cause="ingress-does-not-know-host")


def unknown_host_checked(world: World) -> Truth:
    """The same, and the http check asks for the host too: nobody is healthy."""
    unknown_host(world)
    return Truth(
        cause="ingress-does-not-know-host",
        also=("lb-health-check-rejected",),
        reason="the check's domain is no host of any Ingress, by the same typo",
    )


def rejects(world: World) -> Truth:
    """A limit of the Ingress turns users away."""
    status, name, value, share, inside = world.rng.choice(
        (
            (403, "whitelist-source-range", "10.9.0.0/16", 1.0, True),
            (403, "whitelist-source-range", "10.0.0.0/8", 1.0, False),
            (403, "denylist-source-range", "198.51.100.0/24", 1.0, False),
            (401, "auth-type", "basic", 1.0, True),
            (503, "limit-rps", "1", world.rng.uniform(0.6, 0.9), False),
            (503, "limit-rpm", "5", world.rng.uniform(0.6, 0.95), False),
        )
    )
    world.ingress.deny = Deny(
        status=status, share=share, annotation=(ANNOTATION + name, value), inside=inside
    )
    return Truth(cause="ingress-rejects-request")


def out_of_step(world: World) -> Truth:
    """Some replicas keep an old configuration: 404 for the host, or 503."""
    pods = world.ingress.pods
    count = max(1, len(pods) // 3)
    status = world.rng.choice((404, 503))
    for pod in world.rng.sample(pods, count):
        pod.answers = status
    return Truth(cause="ingress-replica-out-of-step")


def overlay(world: World) -> Truth:
    """Pods of different nodes do not reach each other."""
    world.overlay_cut = True
    return Truth(cause="overlay-between-nodes-broken")


def node_to_node(world: World) -> Truth:
    """The nodes' firewalls drop each other's connections to the pods' host port."""
    world.rules.append(Rule(source="nodes", port=world.app_port))
    return Truth(cause="overlay-between-nodes-broken")


INGRESS = (
    Fault(
        name="ingress-without-endpoints",
        wish=Wish(),
        inject=gone,
        outer=4,
    ),
    Fault(
        name="ingress-does-not-know-host", wish=Wish(check="tcp"), inject=unknown_host
    ),
    Fault(
        name="ingress-does-not-know-host-checked",
        wish=Wish(check="http"),
        inject=unknown_host_checked,
    ),
    Fault(
        name="ingress-rejects-request",
        wish=Wish(kind="ingress-nginx", check="tcp"),
        inject=rejects,
    ),
    Fault(
        name="ingress-replica-out-of-step",
        wish=Wish(nodes=3, check="tcp", few_ingress=False),
        inject=out_of_step,
    ),
    Fault(
        name="overlay-between-nodes-broken",
        wish=Wish(nodes=3, policy="Local", check="tcp", host_network=False, pods=3),
        inject=overlay,
    ),
    Fault(
        name="overlay-between-nodes-broken-cluster",
        wish=Wish(nodes=3, policy="Cluster", check="tcp", host_network=False, pods=3),
        inject=overlay,
    ),
    Fault(
        name="overlay-between-nodes-broken-host-ports",
        wish=Wish(nodes=3, policy="Local", check="tcp", host_network=True),
        inject=node_to_node,
    ),
)
