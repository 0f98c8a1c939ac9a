"""Faults of the ingress controller, its rules, and the way from it to pods.

In: a platform. Out: the same with its ingress broken; and the rows.
It does not: change the pods of the target.
"""

from bench.accuracy.platform.conditions import ALL
from bench.accuracy.platform.parts import Deny, Rule
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from faults.row import Injection, Row, Truth
from parallax.model.judgement import Class, Hop

ANNOTATION = "nginx.ingress.kubernetes.io/"


def gone(spec: PlatformSpec) -> None:
    """The ingress has no ready pod: none at all, or none that is ready."""
    if spec.rng.random() < 0.5:
        spec.ingress.pods = []
    for pod in spec.ingress.pods:
        pod.ready = False


def unknown_host(spec: PlatformSpec) -> None:
    """The Ingress's host has a typo."""
    wrong = spec.host.replace(".", "-", 1) if spec.rng.random() < 0.5 else None
    name = wrong or f"{spec.host[0]}{spec.host}"
    spec.ingress.hosts = (name, "status.example.com")


def unknown_host_checked(spec: PlatformSpec) -> Truth:
    """The same, and the http check sends that host: every target is unhealthy."""
    unknown_host(spec)
    return Truth(
        also=("lb-health-check-rejected",),
        reason="no Ingress has the check's domain as a host, by the same typo",
    )


def no_path(spec: PlatformSpec) -> None:
    """The Ingress has the host, and no longer the path that users request."""
    spec.ingress.paths = spec.rng.choice((("/api",), ("/v2", "/static")))


def rejects(spec: PlatformSpec) -> None:
    """A limit of the Ingress rejects users."""
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


def out_of_step(spec: PlatformSpec) -> None:
    """Some replicas have an old configuration: 404 for the host, or 503."""
    pods = spec.ingress.pods
    count = max(1, len(pods) // 3)
    status = spec.rng.choice((404, 503))
    for pod in spec.rng.sample(pods, count):
        pod.answers = status


def unusable(spec: PlatformSpec) -> None:
    """The header of each response of the pods is too large for the ingress."""
    spec.ingress.unusable = 1.0


def overlay(spec: PlatformSpec) -> Truth:
    """Pods of different nodes do not reach each other.

    With hostNetwork the ingress pods have addresses of nodes. Then only the app's own
    pods are probed over the overlay.
    """
    spec.overlay_cut = True
    return Truth(
        evident=not all(pod.host_network for pod in spec.ingress.pods),
        reason="the app's pods alone are unreachable, as with a NetworkPolicy",
    )


def node_to_node(spec: PlatformSpec) -> None:
    """The nodes' firewalls drop each other's connections to the pods' host port."""
    spec.rules.append(Rule(source="nodes", port=spec.app_port))


def policy(spec: PlatformSpec) -> None:
    """A NetworkPolicy of the app lets in nobody but the pods' own nodes."""
    spec.conditions.policy = (ALL,)


INGRESS = (
    Row(
        cause="ingress-without-endpoints",
        class_=Class.BACKEND,
        hop=Hop.INGRESS,
        lab=("ingress-without-endpoints",),
        bench=(Injection(name="ingress-without-endpoints", inject=gone, position=4),),
        supports="ingress_gone",
        refutes="firewall",
    ),
    Row(
        cause="ingress-replica-out-of-step",
        class_=Class.BACKEND,
        hop=Hop.INGRESS,
        lab=("ingress-replica-out-of-step",),
        bench=(
            Injection(
                name="ingress-replica-out-of-step",
                inject=out_of_step,
                requires=Requirements(nodes=3, check="tcp", few_ingress=False),
            ),
        ),
        supports="out_of_step",
        refutes="slow_pods",
    ),
    Row(
        cause="ingress-does-not-know-host",
        class_=Class.BACKEND,
        hop=Hop.INGRESS,
        lab=("ingress-does-not-know-host",),
        bench=(
            Injection(
                name="ingress-does-not-know-host",
                inject=unknown_host,
                requires=Requirements(check="tcp"),
            ),
            Injection(
                name="ingress-does-not-know-host-checked",
                inject=unknown_host_checked,
                requires=Requirements(check="http"),
            ),
        ),
        supports="unknown_host",
        refutes="check_rejected",
    ),
    Row(
        cause="ingress-has-no-rule-for-path",
        class_=Class.BACKEND,
        hop=Hop.INGRESS,
        lab=("ingress-has-no-rule-for-path",),
        bench=(
            Injection(
                name="ingress-has-no-rule-for-path",
                inject=no_path,
                requires=Requirements(kind="ingress-nginx", check="tcp"),
            ),
        ),
        supports="no_path",
        refutes="unknown_host",
    ),
    Row(
        cause="ingress-rejects-request",
        class_=Class.BACKEND,
        hop=Hop.INGRESS,
        lab=("ingress-rejects-request", "ingress-rejects-request-limit"),
        bench=(
            Injection(
                name="ingress-rejects-request",
                inject=rejects,
                requires=Requirements(kind="ingress-nginx", check="tcp"),
            ),
        ),
        supports="rejected",
        refutes="pod_error",
    ),
    Row(
        cause="ingress-cannot-use-response",
        class_=Class.BACKEND,
        hop=Hop.INGRESS,
        lab=("ingress-cannot-use-response",),
        bench=(
            Injection(
                name="ingress-cannot-use-response",
                inject=unusable,
                requires=Requirements(kind="ingress-nginx", check="tcp"),
            ),
        ),
        supports="unusable_response",
        refutes="pods_refuse",
    ),
    Row(
        cause="overlay-between-nodes-broken",
        class_=Class.BACKEND,
        hop=Hop.OVERLAY,
        lab=("overlay-between-nodes-broken",),
        bench=(
            Injection(
                name="overlay-between-nodes-broken",
                inject=overlay,
                requires=Requirements(
                    nodes=3, policy="Local", check="tcp", host_network=False, pods=3
                ),
            ),
            Injection(
                name="overlay-between-nodes-broken-cluster",
                inject=overlay,
                requires=Requirements(
                    nodes=3, policy="Cluster", check="tcp", host_network=False, pods=3
                ),
            ),
            Injection(
                name="overlay-between-nodes-broken-host-ports",
                inject=node_to_node,
                requires=Requirements(
                    nodes=3, policy="Local", check="tcp", host_network=True
                ),
            ),
        ),
        supports="cut_off",
        refutes="slow_pods",
    ),
    Row(
        cause="network-policy-blocks-ingress",
        class_=Class.BACKEND,
        hop=Hop.OVERLAY,
        not_in_lab="The lab has no packet filter at a pod's own address: its nodes are"
        " addresses of one network namespace",
        bench=(
            Injection(
                name="network-policy-blocks-ingress",
                inject=policy,
                requires=Requirements(
                    nodes=3,
                    check="tcp",
                    host_network=False,
                    ingress_host_network=False,
                    pods=3,
                ),
            ),
        ),
        supports="isolated",
        refutes="cut_off",
    ),
)
