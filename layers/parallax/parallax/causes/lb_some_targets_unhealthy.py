"""Some of the load balancer's targets are unhealthy, and requests fail intermittently.

Meaning: the load balancer cannot connect to some targets, or only sometimes. Requests
that it sends there fail until the health check removes such a target from use. They
fail again each time the health check succeeds for a while.

Impact: a share of the requests gets 503, 502 or 504 from the load balancer itself,
mostly after a delay. The others succeed. Sticky sessions can keep a user on a failing
target.

Diagnosis: the API reports some targets unhealthy and others healthy. The failing
requests ended at the load balancer itself, and no ingress log contains them. The
successful requests reached an ingress. That the failing ones went to the unhealthy
targets is inferred: Hetzner reports no target per request. It does not follow for a
failure after milliseconds. The load balancer sends nothing to an unhealthy target, and
a 502 comes from one to which it connected.

Neighbors: if all targets are unhealthy, a more specific cause applies. With policy
Local, nodes without an ingress pod are unhealthy by design and not to blame: then it is
`nodeport-dropped-by-local-traffic-policy` or undetermined. Failures that the ingress
wrote depend on a replica or a pod: `ingress-replica-out-of-step`,
`pod-refuses-connection`.

Mitigation: check an unhealthy server first, as the load balancer sends nothing to a
removed target: is it running, does a firewall block the port, is it overloaded? Then
remove the unhealthy targets, so that all users are served until the repair.

Source: Hetzner Cloud API, load balancers (`health_status`); HAProxy documentation,
`redispatch` and the 502, 503 and 504 statuses.
"""

from datetime import timedelta
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import by_controller
from parallax.causes.packet_steps import (
    NO_REPLY,
    Client,
    capture,
    firewall_rules,
    of_health_check,
)
from parallax.causes.undo import add_again
from parallax.evidence import (
    answers,
    balancer,
    check_content,
    ingress,
    inside,
    logs,
    nodes,
    overlay,
    pods,
    shares,
    users,
)
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerTarget, HealthStatus
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, Probe, Role

ID = "lb-some-targets-unhealthy"
BROKEN = 500
LONG = timedelta(minutes=2)
"""How much longer than its failing checks a target must have been unhealthy."""


def assess(scene: Scene) -> Assessment:
    """Check whether a share of the requests fails at unhealthy targets."""
    balancer.service(scene)
    nodes.some_targets(scene)
    bad, state = _unhealthy(scene), balancer.health_report(scene)
    if not bad and not balancer.count_with_health(scene, HealthStatus.UNKNOWN):
        return refuted(ID, state)
    if balancer.all_unhealthy(scene) and not answers.request_passed(scene):
        return refuted(ID, f"all {len(bad)} targets are unhealthy, not only some")
    with evidence_so_far(state):
        bad = _in_use(scene, bad)
        _explain_the_share(scene, bad)
    listed = ", ".join(_named(t) for t in bad)
    inferred = _inferred(scene, listed)
    return supported(ID, shares.text(scene), f"{state}: {listed}", inferred)


def _inferred(scene: Scene, listed: str) -> str:
    """Return which link is not observed, and why requests can go to such a target.

    `retries` health checks must fail before a target is unhealthy, and succeed before
    it is healthy again (Hetzner Cloud API, `health_check`).
    """
    check = balancer.service(scene).health_check
    stops = f"{check.retries} failed checks, {check.interval} s apart"
    return (
        f"most likely the failing requests went to {listed}; Hetzner does not report"
        " which target got a request. A target gets requests until it is marked as"
        f" unhealthy ({stops}), and again while its checks succeed"
    )


def _unhealthy(scene: Scene) -> list[BalancerTarget]:
    seen = balancer.health(scene)
    return [t for t, status in seen if status is HealthStatus.UNHEALTHY]


def _in_use(scene: Scene, bad: list[BalancerTarget]) -> list[BalancerTarget]:
    """Return the unhealthy targets that may have got requests when the failure began.

    One that was unhealthy long before gets none, unless its check succeeds for a while.
    """
    used = [t for t in bad if not _is_long_unhealthy(scene, t)]
    if bad and not used:
        names = ", ".join(t.label for t in bad)
        what = "an unhealthy target that was in use when the failure began"
        raise Missing(f"{what} ({names}: unhealthy long before, so without requests)")
    return used


def _is_long_unhealthy(scene: Scene, target: BalancerTarget) -> bool:
    check, began = balancer.service(scene).health_check, scene.failing_since
    port = users.listen_port(scene)
    since = [
        seen.unhealthy_since
        for seen in target.health_status
        if seen.listen_port == port and seen.unhealthy_since
    ]
    longest = timedelta(seconds=check.retries * check.interval) + LONG
    return bool(since) and began is not None and began - since[0] > longest


def _named(target: BalancerTarget) -> str:
    status = target.server_status
    return target.label if status in {None, "running"} else f"{target.label} ({status})"


def _explain_the_share(scene: Scene, bad: list[BalancerTarget]) -> None:
    """Raise what is missing to prove that unhealthy targets cause the failures."""
    if not bad:
        raise Missing("the health status of every target")
    if not balancer.count_with_health(scene, HealthStatus.HEALTHY):
        raise Missing(
            f"a healthy target (0 of {len(balancer.health(scene))} are healthy)"
        )
    if nodes.is_local(scene):
        having, _ = nodes.by_ingress_pod(scene)
        if not [t for t in bad if t in having]:
            what = "an unhealthy target that runs an ingress pod (policy Local)"
            raise Missing(what)
    if doubt := (
        _perhaps_all_nodes(scene, bad)
        or _fails_inside(scene, bad)
        or _may_be_right(scene)
        or _nodes_cut_off(scene)
    ):
        raise Missing(doubt)
    if cut := overlay.nodeports_cut_off(scene):
        raise Missing(f"whether the network between nodes is the fault ({cut})")
    _check_connections(scene)


def _check_connections(scene: Scene) -> None:
    """Raise what is missing to prove that the requests failed at unhealthy targets."""
    if any(map(_connected, shares.ended_at_balancer(scene))):
        if not logs.all_read(scene):
            raise Missing("the ingress logs, as these requests may have arrived")
        if refuse := _accept_no_connection(scene):
            raise Missing(f"which target the load balancer connected to ({refuse})")
    ends = shares.failing_share(scene)
    if quick := [p for p in ends if shares.wait_time(p) < answers.CONNECT_ATTEMPT]:
        raise Missing(_other_target(quick[0], len(quick)))


def _connected(probe: Probe) -> bool:
    """Return whether the response is one that follows a connection to a target."""
    return probe.status_code in answers.AFTER_CONNECTING


def _accept_no_connection(scene: Scene) -> str | None:
    """Return that health checks cannot connect to any unhealthy target; else None."""
    reported = check_content.failure_reasons(scene)
    if not reported or reported - check_content.NO_CONNECTION:
        return None
    reasons = ", ".join(sorted(reported))
    return (
        f"health checks cannot connect to an unhealthy one: {reasons}; a 502 or 504"
        " comes only after a connection"
    )


def _other_target(probe: Probe, count: int) -> str:
    """Return what a quick failure leaves open.

    A target that is unhealthy gets no request. One that is just failing costs
    connection attempts first, so a failure after milliseconds comes from a target that
    accepted.
    """
    got = probe.status_code or "a closed connection"
    after = f"{1000 * shares.wait_time(probe):.0f} ms"
    return (
        f"which target failed: {count} requests got {got} after only {after}, so a"
        " target accepted the connection, and an unhealthy target gets no requests"
    )


def _perhaps_all_nodes(scene: Scene, bad: list[BalancerTarget]) -> str | None:
    """Return a doubt: no agent reports, and too much fails for a few single targets.

    If nodes do not reach each other's pods, every NodePort loses requests, and most
    targets become unhealthy. Only probes between nodes show the difference.
    """
    if scene.target.reached.cluster is None or scene.live_reports:
        return None
    requests = users.outside(scene, *AS_A_USER)
    failed = sum(not p.healthy for p in requests)
    targets = len(balancer.health(scene))
    if 2 * len(bad) < targets and 2 * failed < len(requests):
        return None
    share = f"{of(len(bad), targets)} targets and {of(failed, len(requests))} requests"
    why = inside.why_no_reports(scene)
    return f"whether nodes reach each other's pods: {share} fail, and {why}"


def _nodes_cut_off(scene: Scene) -> str | None:
    """Return a doubt: no node reaches another node's pods, so NodePorts may fail too.

    Under policy Cluster a NodePort on a node without an ingress pod needs that network.
    """
    remote = pods.from_other_nodes(scene)
    cut = [p for p in remote if not inside.accepted(p)]
    pairs = {(p.node, p.peer_node) for p in cut}
    if nodes.is_local(scene) or len(pairs) < overlay.PAIRS:
        return None
    if len(cut) < len(remote):
        return None
    share = f"{of(len(cut), len(remote))} probes of pods on other nodes cannot connect"
    return f"whether the network between nodes is the fault ({share})"


def _may_be_right(scene: Scene) -> str | None:
    """Return a doubt: an HTTP health check may fail rightly on an error response.

    The app or the ingress responds with errors inside too. A TCP check ignores them.
    """
    if balancer.service(scene).health_check.protocol == "tcp":
        return None
    probes = (*ingress.probes(scene), *scene.inside(Role.POD))
    bad = [p for p in probes if (p.status_code or 0) >= BROKEN]
    if not bad:
        return None
    share = of(len(bad), len(probes))
    return f"whether the check is right ({share} internal probes receive errors)"


def _fails_inside(scene: Scene, bad: list[BalancerTarget]) -> str | None:
    """Return a doubt: other nodes get no response there either; the server runs."""
    for target in bad:
        node = nodes.target_node(scene, target)
        probes = [
            p
            for p in scene.inside(Role.INGRESS_OTHER)
            if node and p.peer_node == node.name
        ]
        runs = target.server_status in {None, "running"} and (not node or node.ready)
        if runs and probes and all(p.status_code is None for p in probes):
            return (
                f"the reason why other nodes get no response from {target.label} either"
            )
    return None


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return what to check at an unhealthy target, and how to remove them all.

    The checks are first: the load balancer sends nothing to a target that is removed.
    """
    lb, service = balancer.load_balancer(scene), balancer.service(scene)
    bad = need(_unhealthy(scene), "an unhealthy target")
    name, servers = quote(lb.name), [t for t in bad if t.server_name]
    describe = f"hcloud load-balancer describe {name}"
    still = NextStep(
        text="The command lists the targets, sends 20 requests within a minute, and"
        " counts them by status (000: no response). If none fails, unhealthy targets"
        " get no requests now: repair them with the next steps. If some fail, targets"
        " become healthy at times and get requests then: begin with the last step.",
        command=f"{describe}; for i in $(seq 20); do curl -sS -o /dev/null -w"
        f" '%{{http_code}}\\n' {quote(scene.target.url)}; sleep 3; done | sort"
        " | uniq -c",
    )
    private = any(t.use_private_ip for t in bad)
    source = next(iter(lb.private_ips if private else ()), lb.ipv4)
    watch = capture(
        f"On {bad[0].label}",
        Client(
            "the load balancer",
            source or "BALANCER",
            of_health_check(service.health_check),
        ),
        (service.health_check.port,),
        before="the network before the node drops them",
        accepted="the node accepts connections now",
    )
    rules = firewall_rules(NO_REPLY)
    if any(t.selector for t in lb.targets) or not servers:
        return still, watch, rules
    names = " ".join(quote(str(t.server_name)) for t in servers)
    out = NextStep(
        text="Only if targets change between healthy and unhealthy: remove"
        f" {', '.join(map(_named, servers))} until the repair, so that no request goes"
        " there."
        " If the cloud controller adds them again, label these nodes"
        " node.kubernetes.io/exclude-from-external-load-balancers.",
        command=f"for node in {names}; do hcloud load-balancer remove-target {name}"
        ' --server "$node"; done',
        undo=" && ".join(add_again(lb, target) for target in servers),
    )
    out = by_controller(
        scene,
        out,
        what="Only if targets change between healthy and unhealthy: exclude"
        f" {', '.join(map(_named, servers))} until the repair, so that no request goes"
        " there."
        " The controller removes excluded nodes from the targets.",
        command=f"kubectl label node {names} --overwrite"
        " node.kubernetes.io/exclude-from-external-load-balancers=true",
        undo=f"kubectl label node {names}"
        " node.kubernetes.io/exclude-from-external-load-balancers-",
    )
    return still, watch, rules, out


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="Some of the load balancer's targets are unhealthy",
    assess=assess,
    next_steps=next_steps,
)
