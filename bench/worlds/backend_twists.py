"""Backend twists: what breaks at the ingress's rules, the Service and the pods.

In: a platform. Out: the same, broken as a report describes.
It does not: change the way to the ingress.
"""

from bench.accuracy.platform.parts import AppPod
from bench.accuracy.platform.spec import PlatformSpec


def header_too_big(spec: PlatformSpec) -> None:
    """The pods' responses have headers longer than the ingress's buffer."""
    spec.conditions.unusable = 1.0


def keep_alive(spec: PlatformSpec) -> None:
    """The pods close idle connections just as the ingress uses them again."""
    spec.conditions.unusable = spec.rng.uniform(0.3, 0.6)


def no_path(spec: PlatformSpec) -> None:
    """The Ingress has the host, and no rule for the path."""
    spec.conditions.no_path = True


def external_name(spec: PlatformSpec) -> None:
    """The Service is an ExternalName that leads nowhere."""
    spec.conditions.external = spec.rng.choice((502, 503, 504))
    spec.pods, spec.app_node_port = [], None


def written_endpoints(spec: PlatformSpec) -> None:
    """The Service has no selector; its endpoint is an address that is gone."""
    spec.conditions.selectorless = True
    refuses = spec.rng.random() < 0.5
    spec.pods = [
        AppPod(
            name="",
            node="",
            address=f"192.168.{spec.rng.randrange(1, 200)}.19",
            port=spec.app_port,
            host_network=True,
            behavior="refuse" if refuses else "hang",
        )
    ]
    spec.ingress.read_timeout = 3.0


def unschedulable(spec: PlatformSpec) -> None:
    """No node has room for the pods: they are Pending."""
    for pod in spec.pods:
        pod.ready, pod.phase, pod.node, pod.address = False, "Pending", "", ""
        pod.age = 300.0


def image_missing(spec: PlatformSpec) -> None:
    """The image cannot be pulled."""
    _waiting(spec, "ImagePullBackOff", restarts=0)


def crash_loop(spec: PlatformSpec) -> None:
    """The pods crash at their start, again and again."""
    _waiting(spec, "CrashLoopBackOff", restarts=spec.rng.randrange(4, 40))


def _waiting(spec: PlatformSpec, reason: str, *, restarts: int) -> None:
    for pod in spec.pods:
        pod.ready, pod.waiting, pod.restarts = False, reason, restarts
        pod.behavior = "refuse"


def readiness_port(spec: PlatformSpec) -> None:
    """The readiness probe uses a wrong port: healthy pods count as not ready."""
    for pod in spec.pods:
        pod.ready = False


def listens_on_loopback(spec: PlatformSpec) -> None:
    """The app listens on 127.0.0.1, and no probe notices."""
    for pod in spec.pods:
        pod.behavior = "refuse"


def no_pods(spec: PlatformSpec) -> None:
    """The Service's selector matches no pod."""
    spec.pods = []


def ignored(spec: PlatformSpec) -> None:
    """The controller does not take the rule that names the host."""
    spec.conditions.ignored = True
