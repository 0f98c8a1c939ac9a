"""Keeper: who keeps the load balancer's settings, so that a repair is not undone.

In: a scene, a step for the hcloud CLI, the annotations that do the same. Out: the step
that lasts, and a wrong annotation as evidence. It does not: judge.
A balancer with the label `hcloud-ccm/service-uid` belongs to a Service of type
LoadBalancer. At each change of that Service or of a node, the cloud controller writes
services, health checks, targets and network again, from the Service's annotations. A
balancer without the label is changed with the CLI.
Source: hcloud-cloud-controller-manager, `internal/hcops/load_balancer.go`
(`LabelServiceUID`, `ReconcileHCLB…`) and `internal/annotation/load_balancer.go`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote

from parallax.causes.undo import RESTORE, after_saving
from parallax.evidence import balancer, on_the_nodes
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerService
from parallax.model.cluster import Service
from parallax.model.judgement import NextStep

PREFIX = "load-balancer.hetzner.cloud/"
LABEL = "hcloud-ccm/service-uid"
TYPE = "LoadBalancer"
CONTROLLER = "hcloud-cloud-controller-manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """The Service that keeps the balancer; None: only its uid is known.

    `uid` is the balancer's label; None: not read.
    """

    service: Service | None = None
    uid: str | None = None

    @property
    def title(self) -> str:
        """Name it for a reader."""
        if self.service is None:
            return f"the Service with uid {self.uid}"
        return f"Service {self.service.namespace}/{self.service.name}"


def keeper(scene: Scene) -> Keeper | None:
    """Return what keeps the load balancer; None: nothing that was read does.

    The label decides. Older readings have no label; then a Service of the path with
    the cloud controller's annotations does.
    """
    lb, cluster = scene.load_balancer, scene.cluster
    if lb is None:
        return None
    services = (cluster.ingress_service, cluster.service) if cluster else ()
    own = [s for s in services if s is not None and s.type == TYPE]
    if lb.service_uid:
        return Keeper(
            service=_labeled(own, lb.service_uid, lb.services), uid=lb.service_uid
        )
    if lb.service_uid is not None:
        return None  # read, and there is no such label
    annotated = [s for s in own if s.balancer_annotations and _leads_to(s, lb.services)]
    return Keeper(service=annotated[0]) if annotated else None


def _labeled(
    own: list[Service], uid: str, listens: tuple[BalancerService, ...]
) -> Service | None:
    """Return the Service that the label names; None: it was not read.

    An agent of an older version reads no uid. Then it is the Service to whose NodePorts
    requests go.
    """
    if named := [s for s in own if s.uid == uid]:
        return named[0]
    return next((s for s in own if s.uid is None and _leads_to(s, listens)), None)


def _leads_to(service: Service, listens: tuple[BalancerService, ...]) -> bool:
    """Tell whether requests go to a NodePort; no controller uses other ports."""
    to = {x.destination_port for x in listens}
    return any(
        port in to and not on_the_nodes.is_of_nodes(service, port)
        for port in service.node_ports
    )


def lasting(scene: Scene, step: NextStep, **settings: object) -> NextStep:
    """Return the step, or the annotations that do the same if a Service keeps it.

    `settings` are annotations without their prefix, with underscores.
    """
    found = keeper(scene)
    if found is None:
        return step
    named = {k.replace("_", "-"): v for k, v in settings.items()}
    undo, change = _before(found, named), _change(_pairs(named))
    return NextStep(
        text=f"{step.text} {_belongs(scene, found)} Set the annotation: the controller"
        " undoes what the hcloud CLI changes.",
        command=_for_service(
            found,
            f"{_OF_SPACE} {change}"
            if undo
            else after_saving(_OF_SPACE, "service {name}", change),
        ),
        alternative=step.alternative,
        undo=undo or RESTORE,
    )


def check_settings(service: BalancerService, **settings: object) -> dict[str, object]:
    """Return settings of a health check, with its protocol.

    With any annotation of the check and none for its protocol, the controller uses the
    protocol of the service, so that a TCP check would become an HTTP check.
    """
    return {"health_check_protocol": service.health_check.protocol, **settings}


def by_controller(  # noqa: PLR0913 - a step has these parts
    scene: Scene,
    step: NextStep,
    *,
    what: str,
    command: str,
    undo: str | None = None,
    undo_note: str | None = None,
) -> NextStep:
    """Return the step, or what makes the cloud controller do the same by itself.

    `what` states how the controller chooses this setting: it has no annotation.
    `{space}` and `{name}` in the command are the Service's.
    """
    found = keeper(scene)
    if found is None:
        return step
    return NextStep(
        text=f"{_belongs(scene, found)} {what} The controller undoes what the hcloud"
        " CLI changes.",
        command=_for_service(found, command),
        alternative=step.alternative,
        undo=undo,
        undo_note=undo_note,
    )


def log_command() -> str:
    """Return the command that shows why the cloud controller changed nothing."""
    return (
        "kubectl -n {space} describe service {name} | tail -20; kubectl -n kube-system"
        f" logs deployment/{CONTROLLER} --since=24h | grep -iE 'error|panic' | tail -20"
    )


def wrong_annotation(scene: Scene, *names: str) -> tuple[str, ...]:
    """Return the annotations of these names as evidence: they are why it is wrong."""
    found = keeper(scene)
    if found is None or found.service is None:
        return ()
    given = dict(found.service.balancer_annotations or ())
    return tuple(
        f"{found.title} has the annotation {PREFIX}{name}={given[PREFIX + name]}"
        for name in names
        if PREFIX + name in given
    )


def _belongs(scene: Scene, found: Keeper) -> str:
    return f"{balancer.name(scene)} belongs to {found.title} ({CONTROLLER})."


def _pairs(settings: Mapping[str, object]) -> str:
    return " ".join(quote(f"{PREFIX}{k}={v}") for k, v in settings.items())


def _before(found: Keeper, settings: Mapping[str, object]) -> str | None:
    """Return the command that sets the old values; None: they were not read."""
    if found.service is None or found.service.balancer_annotations is None:
        return None
    given = dict(found.service.balancer_annotations)
    old = [
        quote(f"{PREFIX}{k}={given[PREFIX + k]}")
        if PREFIX + k in given
        else quote(f"{PREFIX}{k}-")
        for k in settings
    ]
    return _for_service(found, f"{_OF_SPACE} {_change(' '.join(old))}")


_OF_SPACE = "kubectl -n {space}"
"""`{space}` and `{name}` are filled in by `_for_service`."""


def _change(pairs: str) -> str:
    return f"annotate service {{name}} --overwrite {pairs}"


def _for_service(found: Keeper, command: str) -> str:
    """Return a command for the Service; it looks an unknown one up by its uid."""
    if "{space}" not in command:
        return command
    if found.service is not None:
        space, name = quote(found.service.namespace), quote(found.service.name)
        return command.replace("{space}", space).replace("{name}", name)
    rows = f'{{range .items[?(@.metadata.uid=="{found.uid}")]}}{{.metadata.namespace}}'
    query = f'{rows} {{.metadata.name}}{{"\\n"}}{{end}}'
    inner = command.replace("{space}", '"$space"').replace("{name}", '"$name"')
    return (
        f"kubectl get service -A -o jsonpath={quote(query)} | while read -r space name;"
        f" do {inner}; done"
    )
