"""The load balancer has no targets.

Meaning: no server was ever added, the last one was removed, or the label selector
matches no server any more.

Impact: each request gets 503 from the load balancer itself (an empty reply on a tcp
service), on every port and for every host. Everything inside the cluster works.

Diagnosis: the API, read since the failure began, lists no target and no server for a
label selector. The load balancer itself wrote the response to users. Without targets
there is no health check, so whether targets would be healthy stays undetermined.

Neighbors: targets that are not nodes are `lb-targets-not-the-ingress-nodes`. Unhealthy
targets are `lb-no-healthy-target` or a more specific cause. No service on the port is
`lb-no-service-for-port`.

Mitigation: add the nodes as targets, or give the servers the label of the selector. If
hcloud-cloud-controller-manager manages the targets, check the nodes' label
`node.kubernetes.io/exclude-from-external-load-balancers`.

Source: Hetzner Cloud API, load balancers; hcloud-cloud-controller-manager pull request
354 (503 without a healthy target). Commands: hetznercloud/cli,
`internal/cmd/loadbalancer/add_target.go`, `internal/cmd/server`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import LABEL, by_controller, log_command, wrong_annotation
from parallax.evidence import answers, balancer, nodes, users
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.model.balancer import LoadBalancer
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "lb-no-target"
_CONTROLLER_FIRST = (
    f"Read the load balancer's labels. If {LABEL} is among them, the cloud controller"
    " manages the targets and undoes other changes: go on with step 3."
)
"""Where the labels were not read that show whether it does."""


def assess(scene: Scene) -> Assessment:
    """Check whether the load balancer has no targets."""
    lb = balancer.load_balancer(scene)
    if count := len(tuple(lb.leaves())):
        what = "1 target" if count == 1 else f"{count} targets"
        return refuted(ID, f"{lb.name} has {what}")
    balancer.service(scene)
    state = _empty(lb)
    with evidence_so_far(state):
        users.failed(scene)
        if passed := answers.request_passed(scene):
            raise Missing(f"the reason why a request passed ({passed})")
        wrong = wrong_annotation(scene, "node-selector")
        return supported(ID, state, answers.own_response(scene), *wrong)


def _selectors(lb: LoadBalancer) -> list[str]:
    return [t.selector for t in lb.targets if t.selector]


def _empty(lb: LoadBalancer) -> str:
    selectors = _selectors(lb)
    if not selectors:
        return f"Hetzner lists no target of {lb.name}"
    return f"no server has the label {' or '.join(selectors)}, which {lb.name} selects"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to make the nodes targets of the load balancer."""
    lb = balancer.load_balancer(scene)
    names = [quote(node.name) for node in nodes.all_nodes.maybe(scene) or ()]
    selectors = _selectors(lb)
    first = _label(selectors[0], names) if selectors else _add(lb, names or ["NODE"])
    first = by_controller(
        scene,
        first,
        what="The controller makes each node of its cluster a target, except excluded"
        " ones and those that the annotation load-balancer.hetzner.cloud/node-selector"
        " leaves out. See why it did not: its events and its log.",
        command=log_command(),
    )
    skipped = NextStep(
        text=f"{_which(lb)} Remove this command's label from the nodes that should"
        " be targets. If no node is listed, read the controller's log.",
        command="kubectl get nodes"
        " -l node.kubernetes.io/exclude-from-external-load-balancers",
    )
    look = NextStep(
        text="Check the targets, and that they become healthy.",
        command=f"hcloud load-balancer describe {quote(lb.name)}",
    )
    if lb.service_uid == "":
        return first, look
    if lb.service_uid:
        return first, skipped, look
    labels = f"{look.command} -o format='{{{{.Labels}}}}'"
    return NextStep(text=_CONTROLLER_FIRST, command=labels), first, skipped, look


def _which(lb: LoadBalancer) -> str:
    """Return whose nodes to look at; a condition if the labels were not read."""
    if lb.service_uid:
        return "Check which nodes the cloud controller skips."
    return (
        f"If the load balancer has the label {LABEL}, check which nodes the cloud"
        " controller skips."
    )


def _add(lb: LoadBalancer, names: list[str]) -> NextStep:
    private = " --use-private-ip" if lb.private_ips else ""
    by = (
        f" Use their private addresses, because {lb.name} has a private address too"
        f" ({lb.private_ips[0]})."
        if private
        else ""
    )
    return NextStep(
        text=f"Add the nodes as targets.{by} Leave out nodes that"
        " should receive no external traffic, e.g. control planes.",
        command=f"for node in {' '.join(names)}; do hcloud load-balancer add-target"
        f' {quote(lb.name)} --server "$node"{private}; done',
        undo=f"for node in {' '.join(names)}; do hcloud load-balancer remove-target"
        f' {quote(lb.name)} --server "$node"; done',
    )


def _label(selector: str, names: list[str]) -> NextStep:
    """Return the step for a selector: label the nodes if it is a plain `key=value`."""
    key, _, value = selector.partition("=")
    if not names or not value or set("!,=() ") & set(key + value):
        return NextStep(
            text=f"List the servers; none has the label {selector}.",
            command="hcloud server list -o columns=name,status,labels",
        )
    return NextStep(
        text=f"Add the label {selector} to the nodes. Leave out nodes that should"
        " receive no external traffic, e.g. control planes.",
        command=f"for node in {' '.join(names)}; do hcloud server add-label"
        f' "$node" {quote(selector)}; done',
        undo=f"for node in {' '.join(names)}; do hcloud server remove-label"
        f' "$node" {quote(key)}; done',
    )


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer has no targets",
    assess=assess,
    next_steps=next_steps,
)
