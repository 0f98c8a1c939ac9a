"""Faults of the target's Service and of its pods.

In: a platform. Out: the same with its backend broken; and the rows.
It does not: change anything before the Service.
"""

from bench.accuracy.platform.apps import POD_PAGES
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from faults.row import Injection, Row
from parallax.model.judgement import Class, Hop


def no_endpoints(spec: PlatformSpec) -> None:
    """No pod is behind the Service."""
    spec.pods = []
    spec.changed_ago = spec.rng.choice((50.0, 400.0, 90000.0))


def unknown_port_name(spec: PlatformSpec) -> None:
    """The Service's targetPort is a name that no container declares."""
    spec.port_name = spec.rng.choice(("http", "web", "app-http"))


def leads_outside(spec: PlatformSpec) -> None:
    """The Service's endpoints were written by hand, and nothing responds there."""
    spec.outside = True
    behavior = spec.rng.choice(("refuse", "hang"))
    spec.ingress.read_timeout = 3.0
    for pod in spec.pods:
        pod.behavior = behavior


def not_ready(spec: PlatformSpec) -> None:
    """The Service has pods, and none is ready."""
    crashing = spec.rng.random() < 0.5
    for pod in spec.pods:
        pod.ready = False
        pod.behavior = "refuse" if crashing else "hang"
        if crashing:
            pod.restarts, pod.waiting = 7, "CrashLoopBackOff"


def refuses(spec: PlatformSpec) -> None:
    """Ready pods do not listen on their port."""
    for pod in spec.pods:
        pod.behavior = "refuse"


def hangs(spec: PlatformSpec) -> None:
    """Ready pods accept connections and never respond; the ingress times out first."""
    spec.ingress.read_timeout = spec.rng.choice((2.0, 3.0))
    for pod in spec.pods:
        pod.behavior = "hang"


def hangs_longer(spec: PlatformSpec) -> None:
    """The same with nginx's 60 s: users time out before the ingress does."""
    spec.ingress.read_timeout = 60.0
    for pod in spec.pods:
        pod.behavior = "hang"


def hangs_past_the_balancer(spec: PlatformSpec) -> None:
    """The same, and the load balancer times out first, with a 504 of its own."""
    spec.balancer.server_timeout = spec.rng.choice((3.0, 5.0))
    hangs_longer(spec)


def answers(spec: PlatformSpec) -> None:
    """Ready pods respond with an error of their own."""
    _errors(spec, 1.0)


def answers_sometimes(spec: PlatformSpec) -> None:
    """Ready pods respond to a share of requests with an error."""
    _errors(spec, spec.rng.uniform(0.25, 0.8))


def _errors(spec: PlatformSpec, share: float) -> None:
    page = spec.rng.choice(POD_PAGES)
    for pod in spec.pods:
        pod.behavior, pod.page, pod.share = "error", page, share


def one_pod_errs(spec: PlatformSpec) -> None:
    """Some of the ready pods respond to every request with an error."""
    page = spec.rng.choice(POD_PAGES)
    for pod in spec.pods[: max(1, len(spec.pods) // 2)]:
        pod.behavior, pod.page = "error", page


_TCP = Requirements(check="tcp")
BACKEND = (
    Row(
        cause="service-without-endpoints",
        class_=Class.BACKEND,
        hop=Hop.SERVICE,
        lab=("service-without-endpoints",),
        bench=(
            Injection(
                name="service-without-endpoints", inject=no_endpoints, position=5
            ),
        ),
        supports="without_endpoints",
        refutes="pods_not_ready",
    ),
    Row(
        cause="service-port-leads-nowhere",
        class_=Class.BACKEND,
        hop=Hop.SERVICE,
        lab=("service-port-leads-nowhere",),
        bench=(
            Injection(
                name="service-port-leads-nowhere", inject=unknown_port_name, position=5
            ),
        ),
        supports="port_leads_nowhere",
        refutes="port_found_by_name",
    ),
    Row(
        cause="service-leads-outside-cluster",
        class_=Class.BACKEND,
        hop=Hop.SERVICE,
        not_in_lab="the lab's controllers write each Service's endpoints from pods",
        bench=(
            Injection(
                name="service-leads-outside-cluster",
                inject=leads_outside,
                requires=Requirements(kind="ingress-nginx", check="tcp"),
            ),
        ),
        supports="leads_outside",
        refutes="slow_pods",
    ),
    Row(
        cause="pods-not-ready",
        class_=Class.BACKEND,
        hop=Hop.POD,
        lab=("pods-not-ready",),
        bench=(Injection(name="pods-not-ready", inject=not_ready, position=5),),
        supports="pods_not_ready",
        refutes="without_endpoints",
    ),
    Row(
        cause="pod-refuses-connection",
        class_=Class.BACKEND,
        hop=Hop.POD,
        lab=("pod-refuses-connection",),
        bench=(Injection(name="pod-refuses-connection", inject=refuses, position=5),),
        supports="pods_refuse",
        refutes="slow_pods",
    ),
    Row(
        cause="pod-too-slow",
        class_=Class.BACKEND,
        hop=Hop.POD,
        lab=("pod-too-slow",),
        bench=(
            Injection(name="pod-too-slow", inject=hangs, requires=_TCP, position=5),
            Injection(
                name="pod-too-slow-client-first", inject=hangs_longer, requires=_TCP
            ),
            Injection(
                name="pod-too-slow-balancer-first",
                inject=hangs_past_the_balancer,
                requires=Requirements(check="tcp", protocol="https"),
            ),
        ),
        supports="slow_pods",
        refutes="pod_error",
    ),
    Row(
        cause="pod-answers-error",
        class_=Class.BACKEND,
        hop=Hop.POD,
        lab=("pod-answers-error",),
        bench=(
            Injection(name="pod-answers-error", inject=answers, position=5),
            Injection(
                name="pod-answers-error-share", inject=answers_sometimes, requires=_TCP
            ),
            Injection(
                name="pod-answers-error-some-pods",
                inject=one_pod_errs,
                requires=Requirements(check="tcp", pods=2, nodes=2),
            ),
        ),
        supports="pod_error",
        refutes="no_healthy_target",
    ),
)
