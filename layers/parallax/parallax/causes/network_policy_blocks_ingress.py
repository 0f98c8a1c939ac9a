"""A NetworkPolicy keeps the ingress away from the app's pods.

Meaning: a NetworkPolicy (or a policy of Cilium or Calico) selects the app's pods and
does not allow the ingress controller. A pod's own node is always allowed, so the
kubelet's probes succeed and the pods are ready.

Impact: the ingress responds 504 if packets are dropped, or 502 if they are rejected.
Every request fails, except if an ingress pod with hostNetwork is on the pod's own node.
Other apps work.

Diagnosis: each pod responds to its own node, and no other node gets a connection to it.
The network itself works: over the same pairs of nodes, ingress pods with addresses of
their own, or pods of `kube-system`, accept connections. Or the ingress log shows that
an ingress pod gets no response even from a pod on its own node. Users get the ingress's
own 504 or 502. If the load balancer leads to the app's own Service, the NodePort fails
with these pods, and pods of any ingress show whether the network works.

Neighbors: with `overlay-between-nodes-broken` other apps' pods on the same nodes cannot
be reached either. If no probe of another app's pods crosses nodes, the evidence does
not distinguish the two. With `node-down` nobody got a response from the pods on their
own node.

Mitigation: allow the ingress controller's namespace in the NetworkPolicy. For ingress
pods with hostNetwork, allow the nodes' addresses (`ipBlock`).

Source: Kubernetes documentation, NetworkPolicy (traffic from a pod's own node is always
allowed); kube-router's rules (rejected with port-unreachable); kubernetes issue 112467;
rke2 issue 3195.
"""

from functools import partial
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.undo import RESTORE, after_saving
from parallax.evidence import (
    between_nodes,
    inside,
    logs,
    nodes,
    overlay,
    pods,
    upstream,
    users,
)
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import Probe

ID = "network-policy-blocks-ingress"
UNDECIDED = (
    "a probe of another app's pods between the same nodes, which shows whether the"
    " network works"
)


def assess(scene: Scene) -> Assessment:
    """Check whether only the app's own pods cannot be reached from other nodes."""
    users.failed(scene)
    local, remote = pods.from_own_node(scene), pods.from_other_nodes(scene)
    if not remote:
        what = f"a probe of a pod on another node ({pods.why_not_probed(scene)})"
        raise Missing(what)
    lost = between_nodes.not_connected(scene)
    if not lost:
        return refuted(ID, f"all {len(remote)} probes of pods on other nodes connected")
    share = f"{of(len(lost), len(remote))} probes of pods on other nodes"
    state = f"{share} could not connect ({between_nodes.errors(lost)})"
    if not between_nodes.cut(scene):
        what = between_nodes.not_probed_at_home(scene)
        raise Missing(what, evidence=(state,))
    nodes.all_nodes(scene)
    if not any(between_nodes.has_own_address(scene, p) for p in lost):
        host = "the pods use their node's network, so no NetworkPolicy applies to them"
        return refuted(ID, f"{state}; {host}")
    succeeded = sum(p.healthy for p in local)
    own = f"{of(succeeded, len(local))} probes of pods from their own nodes succeeded"
    with evidence_so_far(state, own):
        if succeeded < len(local):
            raise Missing("the reason why pods fail even for their own nodes")
        shown = need(_shown(scene, _isolated(scene)), UNDECIDED)
        ends = _ends_there(scene)
    return supported(ID, state, own, shown, *ends)


def _isolated(scene: Scene) -> tuple[Probe, ...]:
    """Return the probes of pods that respond to their own node and to no other."""
    open_pods, cut = _open(scene), between_nodes.cut(scene)
    found = tuple(p for p in cut if p.peer_address not in open_pods)
    return need(found, "a pod that no other node can connect to")


def _open(scene: Scene) -> set[str | None]:
    """Return the addresses of the pods to which another node connected."""
    remote = pods.from_other_nodes(scene)
    return {p.peer_address for p in remote if inside.accepted(p)}


def _shown(scene: Scene, isolated: tuple[Probe, ...]) -> str | None:
    """Return what shows that the app is isolated, and not the network broken."""
    carrying = between_nodes.carrying(scene)
    works = [w for w in between_nodes.ways(isolated) if w in carrying]
    others = between_nodes.of_other_pods(scene)
    if len(works) >= overlay.PAIRS and all(map(inside.accepted, others)):
        return (
            f"other pods accept connections over the same network, e.g. from"
            f" {between_nodes.text(works)}, so the network works"
        )
    if line := next(filter(partial(_is_near, scene), upstream.unanswered(scene)), None):
        return (
            f"ingress log: {upstream.line_text(scene, line)}, its own node, which gets"
            " a response from the same pod"
        )
    return None


def _ends_there(scene: Scene) -> tuple[str, ...]:
    """Return the proof that users' requests end at pods that no other node reaches.

    An agent probes only some of many pods, so not every pod is known to be isolated.
    Without an ingress the Service's NodePort forwards requests to these pods.
    """
    if inside.no_ingress(scene):
        what = "a load balancer that reaches no pod through the Service's NodePort"
        return need(overlay.users_cut_off(scene), what)
    open_pods = _open(scene)
    for line in upstream.unanswered(scene):
        address = (line.upstream_address or "").rpartition(":")[0].strip("[]")
        if address in open_pods:
            raise Missing(f"the reason why {line.upstream_address} did not respond")
    return (upstream.ends_without_a_response(scene),)


def _is_near(scene: Scene, line: Sighting) -> bool:
    """Return whether an ingress pod got no response from a pod on its own node.

    With hostNetwork the ingress pod is the node itself, which is always allowed.
    """
    found = (scene.cluster.ingress_pods if scene.cluster else None) or ()
    pod = next((p for p in found if p.name == line.pod), None)
    if pod is None or pod.ip is None or pod.ip in between_nodes.node_addresses(scene):
        return False
    return logs.node_of(scene, line.upstream_address) == line.node


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find the policy, and how to allow the ingress."""
    namespace = pods.service_name(scene).partition("/")[0]
    kubectl = f"kubectl -n {quote(namespace)}"
    look = NextStep(
        text=f"List the policies of namespace {namespace}, and whom they allow. Cilium"
        " and Calico have kinds of their own: `kubectl get cnp,ccnp -A`.",
        command=f"{kubectl} describe networkpolicy",
    )
    allow = _of_nodes(kubectl) if inside.no_ingress(scene) else _of_ingress(scene)
    one = between_nodes.cut(scene)[0]
    rules = NextStep(
        text=f"If no policy selects the pods, a firewall on {one.peer_node} drops what"
        f" the node forwards to port {one.peer_port}: find its rule there.",
        command=f"sudo nft list ruleset | grep -nw {one.peer_port}",
    )
    return look, allow, rules


def _of_nodes(kubectl: str) -> NextStep:
    """Return how to allow the nodes, which forward what arrives at the NodePort."""
    return NextStep(
        text="In `spec.ingress` of the policy that selects the app's pods, allow the"
        " nodes' network with an ipBlock: kube-proxy forwards the requests from a node"
        " with that node's address.",
        command=after_saving(kubectl, "networkpolicy", "edit networkpolicy"),
        undo=RESTORE,
    )


def _of_ingress(scene: Scene) -> NextStep:
    """Return how to allow the ingress's namespace."""
    namespace = pods.service_name(scene).partition("/")[0]
    service = scene.cluster.ingress_service if scene.cluster else None
    entry = service.namespace if service else scene.target.reached.ingress_namespace
    label = f"kubernetes.io/metadata.name: {entry or 'ingress-nginx'}"
    return NextStep(
        text="In `spec.ingress` of the policy that selects the app's pods, add the"
        f" rule `from: [{{namespaceSelector: {{matchLabels: {{{label}}}}}}}]`. If the"
        " ingress uses hostNetwork, add an ipBlock with the nodes' network instead. Do"
        " not add a policy that selects all pods: it would isolate those that no policy"
        " selects now.",
        command=after_saving(
            f"kubectl -n {quote(namespace)}", "networkpolicy", "edit networkpolicy"
        ),
        undo=RESTORE,
    )


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.OVERLAY,
    title="A NetworkPolicy blocks the ingress's connections to the pods",
    assess=assess,
    next_steps=next_steps,
)
