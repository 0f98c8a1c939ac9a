"""Backend faults: the target's Service and its pods.

In: a `World`. Out: broken there, with the truth.
It does not: touch the way to them.
"""

from bench.accuracy.faults.fault import Fault, Truth
from bench.accuracy.platform.apps import POD_PAGES
from bench.accuracy.platform.wish import Wish
from bench.accuracy.platform.world import World


def no_endpoints(world: World) -> Truth:
    """No pod stands behind the Service."""
    world.pods = []
    world.changed_ago = world.rng.choice((50.0, 400.0, 90000.0))
    return Truth(cause="service-without-endpoints")


def not_ready(world: World) -> Truth:
    """Pods are there, and none is ready."""
    crashing = world.rng.random() < 0.5
    for pod in world.pods:
        pod.ready = False
        pod.behavior = "refuse" if crashing else "hang"
        if crashing:
            pod.restarts, pod.waiting = 7, "CrashLoopBackOff"
    return Truth(cause="pods-not-ready")


def refuses(world: World) -> Truth:
    """Ready pods do not listen."""
    for pod in world.pods:
        pod.behavior = "refuse"
    return Truth(cause="pod-refuses-connection")


def answers(world: World) -> Truth:
    """Ready pods answer with an error of their own."""
    _errors(world, 1.0)
    return Truth(cause="pod-answers-error")


def answers_sometimes(world: World) -> Truth:
    """Ready pods answer a share of requests with an error."""
    _errors(world, world.rng.uniform(0.25, 0.8))
    return Truth(cause="pod-answers-error")


def _errors(world: World, share: float) -> None:
    page = world.rng.choice(POD_PAGES)
    for pod in world.pods:
        pod.behavior, pod.page, pod.share = "error", page, share


def one_pod_errs(world: World) -> Truth:
    """Some of the ready pods answer every request with an error."""
    page = world.rng.choice(POD_PAGES)
    for pod in world.pods[: max(1, len(world.pods) // 2)]:
        pod.behavior, pod.page = "error", page
    return Truth(cause="pod-answers-error")


def hangs(world: World) -> Truth:
    """Ready pods take connections and never answer; the ingress gives up first."""
    world.ingress.read_timeout = world.rng.choice((2.0, 3.0))
    for pod in world.pods:
        pod.behavior = "hang"
    return Truth(cause="pod-too-slow")


def hangs_longer(world: World) -> Truth:
    """The same with nginx's 60 s: users give up before the ingress does."""
    world.ingress.read_timeout = 60.0
    for pod in world.pods:
        pod.behavior = "hang"
    return Truth(cause="pod-too-slow")


def hangs_past_the_balancer(world: World) -> Truth:
    """The same, and the balancer is the first to give up: its own 504."""
    world.balancer.server_timeout = world.rng.choice((3.0, 5.0))
    return hangs_longer(world)


_TCP = Wish(check="tcp")
BACKEND = (
    Fault(name="service-without-endpoints", wish=Wish(), inject=no_endpoints, outer=5),
    Fault(name="pods-not-ready", wish=Wish(), inject=not_ready, outer=5),
    Fault(name="pod-refuses-connection", wish=Wish(), inject=refuses, outer=5),
    Fault(name="pod-answers-error", wish=Wish(), inject=answers, outer=5),
    Fault(name="pod-answers-error-share", wish=_TCP, inject=answers_sometimes),
    Fault(
        name="pod-answers-error-some-pods",
        wish=Wish(check="tcp", pods=2, nodes=2),
        inject=one_pod_errs,
    ),
    Fault(name="pod-too-slow", wish=_TCP, inject=hangs, outer=5),
    Fault(name="pod-too-slow-client-first", wish=_TCP, inject=hangs_longer),
    Fault(
        name="pod-too-slow-balancer-first",
        wish=Wish(check="tcp", protocol="https"),
        inject=hangs_past_the_balancer,
    ),
)
