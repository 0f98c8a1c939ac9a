"""None of the load balancer's targets reaches the ingress.

Meaning: the targets are machines that are not nodes of this cluster. Or, with traffic
policy Local, the targets are nodes without an ingress pod, and the pods run elsewhere.

Impact: no request reaches the ingress. If the targets do not respond, the load balancer
responds 503 to everybody. If something else listens there, users get its pages.

Diagnosis: the configuration shows it. No target is a node, by provider id or by
address, or none of them runs a ready ingress pod under policy Local. Users get the
response of the load balancer itself, or of a machine whose requests are in no ingress
log.

Neighbors: a load balancer without targets is `lb-no-target`. If some of the targets run
an ingress pod, it is `nodeport-dropped-by-local-traffic-policy`. Correct targets that
cannot be reached are `lb-not-in-private-network` or
`node-firewall-blocks-load-balancer`.

Mitigation: make the ingress's nodes the targets. Or run the ingress on all nodes
(DaemonSet). Or set the policy to Cluster: a node's address is then the source.

Source: Kubernetes documentation, externalTrafficPolicy; kube-proxy's iptables rules;
hcloud-cloud-controller-manager issues 247 and 276.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import by_controller, keeper, log_command, wrong_annotation
from parallax.causes.policy_step import forward_everywhere
from parallax.causes.undo import add_again
from parallax.evidence import answers, balancer, inside, logs, nodes, users
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import LoadBalancer
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import FOR_THE_TARGET, Role

ID = "lb-targets-not-the-ingress-nodes"


def assess(scene: Scene) -> Assessment:
    """Check whether any target can reach the ingress."""
    balancer.service(scene)
    nodes.some_targets(scene)
    nodes.all_nodes(scene)
    state = nodes.no_target_serves(scene)
    if state is None:
        return refuted(ID, need(_serving(scene), _undetermined(scene)))
    with evidence_so_far(state):
        users.failed(scene)
        if lines := logs.sightings(scene, *FOR_THE_TARGET):
            raise Missing(
                f"the reason why a request reached the ingress on {lines[0].node}"
            )
        own = (
            answers.own_response.maybe(scene)
            or _other_machine(scene)
            or answers.own_response(scene)
        )
    wrong = wrong_annotation(scene, "node-selector")
    return supported(ID, state, own, balancer.health_report(scene), *wrong)


def _serving(scene: Scene) -> str | None:
    """Return that a target is a node that can serve; None: not determined."""
    if nodes.is_local(scene):
        split_targets = nodes.by_ingress_pod.maybe(scene)
        having = split_targets[0] if split_targets else ()
    else:
        having = nodes.targets(scene)
    members = [t for t in having if nodes.target_node(scene, t)]
    if not members:
        return None
    count = len(nodes.targets(scene))
    share, example = f"{of(len(members), count)} targets", f"(e.g. {members[0].label})"
    if nodes.is_local(scene):
        return f"{share} run an ingress pod {example}"
    service = inside.ingress_service.maybe(scene)
    policy = service.external_traffic_policy if service else None
    forwards = f"; with externalTrafficPolicy {policy} every node forwards requests"
    return f"{share} are nodes of the cluster {example}{forwards if policy else ''}"


def _undetermined(scene: Scene) -> str:
    if nodes.is_local(scene):
        return "the targets that run an ingress pod (policy Local)"
    return "whether the targets are nodes (neither address nor provider id matches)"


def _other_machine(scene: Scene) -> str | None:
    """Return that another machine responds, and no ingress log has the requests."""
    direct = users.failing(scene, Role.DIRECT)
    answered = [p for p in direct if p.status_code is not None]
    if not answered or users.without_connection(scene):
        return None
    if not logs.all_read(scene):
        return None
    return f"another machine responds {answered[0].status_code}; no ingress logged it"


def _remove(scene: Scene, lb: LoadBalancer) -> NextStep:
    """Return how to remove the targets that are not nodes of the cluster.

    A server that a label selector adds cannot be removed on its own.
    """
    wrong, name = nodes.foreign_targets(scene), quote(lb.name)
    if not wrong or keeper(scene) or any(t.selector for t in lb.targets):
        return NextStep(
            text="Check which targets are not nodes of the cluster, and remove them."
            if keeper(scene) is None
            else "Check which targets are not nodes of the cluster. The controller"
            " removes them when it reconciles.",
            command=f"hcloud load-balancer describe {name}",
        )
    remove = f"hcloud load-balancer remove-target {name}"
    return NextStep(
        text="When the new targets are healthy, remove the targets that are not nodes"
        " of the cluster.",
        command=" && ".join(
            f"{remove} --ip {quote(t.label)}"
            if t.type == "ip"
            else f"{remove} --server {quote(t.label)}"
            for t in wrong
        ),
        undo=" && ".join(add_again(lb, t) for t in wrong),
    )


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to make the ingress's nodes the targets."""
    lb, cluster = balancer.load_balancer(scene), inside.cluster(scene)
    name, at = quote(lb.name), nodes.ingress_nodes(scene)
    members = [n.name for n in cluster.nodes or () if not at or n.name in at]
    before = {t.server_name for t in lb.leaves()}
    new = [name for name in members if name not in before] or members
    private = any(t.use_private_ip for t in lb.leaves())
    flag = " --use-private-ip" if private else ""
    add = NextStep(
        text=f"Add the nodes that run the ingress as targets of {lb.name}.",
        command=f"for node in {' '.join(map(quote, members))}; do hcloud load-balancer"
        f' add-target {name} --server "$node"{flag}; done',
        undo=f"for node in {' '.join(map(quote, new))}; do hcloud load-balancer"
        f' remove-target {name} --server "$node"; done',
    )
    add = by_controller(
        scene,
        add,
        what="The controller makes each node of its cluster a target, except excluded"
        " ones and those that the annotation load-balancer.hetzner.cloud/node-selector"
        " leaves out. See why it did not: its events and its log.",
        command=log_command(),
    )
    ingress = cluster.ingress_service
    if not nodes.is_local(scene) or ingress is None:
        return add, _remove(scene, lb)
    return add, forward_everywhere(ingress)


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="None of the load balancer's targets reaches the ingress",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
