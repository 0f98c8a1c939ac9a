"""Backend faults: the target's Service and its pods.

In: a `PlatformSpec`. Out: broken there, with the truth.
It does not: touch the way to them.
"""

from bench.accuracy.faults.fault import Fault, Truth
from bench.accuracy.platform.apps import POD_PAGES
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec


def no_endpoints(spec: PlatformSpec) -> Truth:
    """No pod stands behind the Service."""
    spec.pods = []
    spec.changed_ago = spec.rng.choice((50.0, 400.0, 90000.0))
    return Truth(cause="service-without-endpoints")


def not_ready(spec: PlatformSpec) -> Truth:
    """Pods are there, and none is ready."""
    crashing = spec.rng.random() < 0.5
    for pod in spec.pods:
        pod.ready = False
        pod.behavior = "refuse" if crashing else "hang"
        if crashing:
            pod.restarts, pod.waiting = 7, "CrashLoopBackOff"
    return Truth(cause="pods-not-ready")


def refuses(spec: PlatformSpec) -> Truth:
    """Ready pods do not listen."""
    for pod in spec.pods:
        pod.behavior = "refuse"
    return Truth(cause="pod-refuses-connection")


def answers(spec: PlatformSpec) -> Truth:
    """Ready pods answer with an error of their own."""
    _errors(spec, 1.0)
    return Truth(cause="pod-answers-error")


def answers_sometimes(spec: PlatformSpec) -> Truth:
    """Ready pods answer a share of requests with an error."""
    _errors(spec, spec.rng.uniform(0.25, 0.8))
    return Truth(cause="pod-answers-error")


def _errors(spec: PlatformSpec, share: float) -> None:
    page = spec.rng.choice(POD_PAGES)
    for pod in spec.pods:
        pod.behavior, pod.page, pod.share = "error", page, share


def one_pod_errs(spec: PlatformSpec) -> Truth:
    """Some of the ready pods answer every request with an error."""
    page = spec.rng.choice(POD_PAGES)
    for pod in spec.pods[: max(1, len(spec.pods) // 2)]:
        pod.behavior, pod.page = "error", page
    return Truth(cause="pod-answers-error")


def hangs(spec: PlatformSpec) -> Truth:
    """Ready pods take connections and never answer; the ingress gives up first."""
    spec.ingress.read_timeout = spec.rng.choice((2.0, 3.0))
    for pod in spec.pods:
        pod.behavior = "hang"
    return Truth(cause="pod-too-slow")


def hangs_longer(spec: PlatformSpec) -> Truth:
    """The same with nginx's 60 s: users give up before the ingress does."""
    spec.ingress.read_timeout = 60.0
    for pod in spec.pods:
        pod.behavior = "hang"
    return Truth(cause="pod-too-slow")


def hangs_past_the_balancer(spec: PlatformSpec) -> Truth:
    """The same, and the balancer is the first to give up: its own 504."""
    spec.balancer.server_timeout = spec.rng.choice((3.0, 5.0))
    return hangs_longer(spec)


_TCP = Requirements(check="tcp")
BACKEND = (
    Fault(
        name="service-without-endpoints",
        requires=Requirements(),
        inject=no_endpoints,
        position=5,
    ),
    Fault(name="pods-not-ready", requires=Requirements(), inject=not_ready, position=5),
    Fault(
        name="pod-refuses-connection",
        requires=Requirements(),
        inject=refuses,
        position=5,
    ),
    Fault(
        name="pod-answers-error", requires=Requirements(), inject=answers, position=5
    ),
    Fault(name="pod-answers-error-share", requires=_TCP, inject=answers_sometimes),
    Fault(
        name="pod-answers-error-some-pods",
        requires=Requirements(check="tcp", pods=2, nodes=2),
        inject=one_pod_errs,
    ),
    Fault(name="pod-too-slow", requires=_TCP, inject=hangs, position=5),
    Fault(name="pod-too-slow-client-first", requires=_TCP, inject=hangs_longer),
    Fault(
        name="pod-too-slow-balancer-first",
        requires=Requirements(check="tcp", protocol="https"),
        inject=hangs_past_the_balancer,
    ),
)
