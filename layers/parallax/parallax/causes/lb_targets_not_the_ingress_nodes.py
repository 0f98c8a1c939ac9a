"""None of the load balancer's targets leads to the ingress.

Meaning: the targets are machines that are no nodes of this cluster, or, with traffic
policy Local, nodes on which no ingress pod runs while the pods run elsewhere.

Impact: no request gets to the ingress. If the targets answer nothing the balancer says
503 to everybody; if something else listens there, users get its pages.

Diagnosis: by configuration alone: no target is a node, by the machine's id or its
address, or none of them runs a ready ingress pod under policy Local; and what users get
comes from the balancer itself, or from a machine whose answers stand in no ingress log.

Neighbors: `lb-no-target` has no target at all. If some of the targets run an ingress
pod it is `nodeport-dropped-by-local-traffic-policy`. A right target that is shut off is
`lb-not-in-private-network` or `node-firewall-blocks-load-balancer`.

Mitigation: make the ingress's nodes the targets; or run the ingress on all of them
(DaemonSet), or set the policy to Cluster, which hides the clients' addresses.

Source: reference hetzner.md, sections 4 and 5 (hcloud-cloud-controller-manager issues
247 and 276; kube-proxy).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import answers, balancer, inside, logs, nodes, users
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Role

ID = "lb-targets-not-the-ingress-nodes"


def assess(scene: Scene) -> Assessment:
    """Ask whether any target could lead to the ingress."""
    balancer.service(scene)
    if not nodes.targets(scene):
        return refuted(ID, "the balancer has no target at all")
    nodes.all_nodes(scene)
    state = nodes.no_target_serves(scene)
    if state is None:
        return refuted(ID, need(_serving(scene), _open(scene)))
    with evidence_so_far(state):
        users.failed(scene)
        if lines := logs.sightings(scene, *users.FOR_THE_TARGET):
            raise Missing(f"how a request got to the ingress on {lines[0].node}")
        word = (
            answers.own_response.maybe(scene)
            or _somebody(scene)
            or answers.own_response(scene)
        )
    return supported(ID, state, word, balancer.health_text(scene))


def _serving(scene: Scene) -> str | None:
    """Say that a target is a node that may serve; None: not known."""
    if nodes.is_local(scene):
        placed = nodes.by_ingress_pod.maybe(scene)
        having = placed[0] if placed else ()
    else:
        having = nodes.targets(scene)
    members = [t for t in having if nodes.target_node(scene, t)]
    if not members:
        return None
    count = len(nodes.targets(scene))
    what = "run the ingress" if nodes.is_local(scene) else "are nodes"
    return f"{of(len(members), count)} targets {what} ({members[0].label})"


def _open(scene: Scene) -> str:
    if nodes.is_local(scene):
        return "which targets run an ingress pod (policy Local)"
    return "whether the targets are nodes: neither address nor machine tells"


def _somebody(scene: Scene) -> str | None:
    """Say that another machine answers, which writes in no ingress log of ours."""
    direct = users.failing(scene, Role.DIRECT)
    answered = [p for p in direct if p.status_code is not None]
    if not answered or users.without_connection(scene):
        return None
    if not logs.all_read(scene):
        return None
    return f"somebody else answers {answered[0].status_code}, and no ingress log has it"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to make the ingress's nodes the targets."""
    lb, cluster = balancer.load_balancer(scene), inside.cluster(scene)
    name, at = quote(lb.name), nodes.ingress_nodes(scene)
    members = [n.name for n in cluster.nodes or () if not at or n.name in at]
    private = any(t.use_private_ip for t in lb.leaves())
    flag = " --use-private-ip" if private else ""
    add = NextStep(
        text="Make the nodes that run the ingress its targets.",
        command=f"for node in {' '.join(map(quote, members))}; do hcloud load-balancer"
        f' add-target {name} --server "$node"{flag}; done',
    )
    ingress = cluster.ingress_service
    if not nodes.is_local(scene) or ingress is None:
        look = f"hcloud load-balancer describe {name}"
        return add, NextStep(text="See which targets to remove.", command=look)
    patch = '{"spec":{"externalTrafficPolicy":"Cluster"}}'
    policy = NextStep(
        text="Or let every node pass requests on (clients' addresses are then hidden).",
        command=f"kubectl -n {quote(ingress.namespace)} patch service"
        f" {quote(ingress.name)} -p '{patch}'",
    )
    return add, policy


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="None of the load balancer's targets leads to the ingress",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
