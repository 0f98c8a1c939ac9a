"""The ingress lives, but no Ingress names the host that users ask for.

Meaning: requests get to the ingress, which has no rule for their Host and answers
404 from its default backend. The rule was never made, was deleted, is in a class
that this controller does not serve, or its host has a typing error.

Impact: every request for this host gets 404; other hosts of the same ingress work.

Diagnosis: most failing users get the ingress's own 404, or its log says that the
default backend answered them, or the balancer's health check asks for this very host
and took all targets out for the 404; the ingress log or the inside probes by Host show
the same; and the hosts of all Ingresses, read since the failure began, lack this one,
wildcards counted. A 404 that the target counts as healthy is no failure, and the app's
own 404 is a pod's by the ingress log.

Neighbors: `pod-answers-error` where the app wrote the 404;
`ingress-replica-out-of-step` where only one replica lost the rule;
`lb-wrong-destination-port` where another app answers whatever host is asked.

Mitigation: put the host into the Ingress as users ask for it.

Source: reference signatures.md, section 2 (unknown host: `upstream-default-backend`);
Kubernetes networking/v1, IngressRule.host (a wildcard stands for one label).
"""

from difflib import get_close_matches
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import (
    balancer,
    impact,
    ingress,
    inside,
    logs,
    pods,
    replicas,
    users,
)
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.model.cluster import Sighting
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Role

ID = "ingress-does-not-know-host"
NOT_FOUND = 404
MOST_HOSTS = 200
"""As many as a reading holds: one more may have been left out."""


def assess(scene: Scene) -> Assessment:
    """Ask whether requests end at an ingress that has no rule for their host."""
    users.failed(scene)
    if gone := users.without_connection(scene):
        raise Missing(gone)
    host, hosts, name = scene.target.host, _hosts(scene), _ingress_name(scene)
    known = [h for h in hosts if _serves(h, host)]
    if known or name:
        rule = known[0] if known else f"the Ingress {name}"
        return refuted(ID, f"the ingress has a rule for {host}: {rule or 'any host'}")
    if _cut(scene):
        raise Missing(f"all hosts of the Ingresses: {len(hosts)} were read")
    state = f"none of {len(hosts)} hosts of the Ingresses is {host}{_closest(scene)}"
    with evidence_so_far(state):
        return supported(ID, state, *_met_nobody(scene))


def _met_nobody(scene: Scene) -> tuple[str, ...]:
    """Say what shows that users' requests met no rule."""
    logged, within = _logged(scene), _inside(scene)
    mostly = 2 * len(logged) > len(users.failed(scene))
    met = (
        ingress.most_frequent_status(scene) == NOT_FOUND
        or mostly
        or _by_contrast(scene)
    )
    if not met and not _checked(scene):
        raise Missing("a 404 of the ingress's default backend to most failing users")
    if logs.pod_answers(scene):
        raise Missing("why a pod of the Service answers")
    if within is not None and not within:
        raise Missing("why the ingress answers otherwise inside")
    if not logged and within is None:
        raise Missing("a line of the ingress log, or an inside probe by this Host")
    return _shown(logged, within=within)


def _by_contrast(scene: Scene) -> bool:
    """Say whether users get word for word the ingress's 404, which no pod says.

    For pages that bear no maker's mark.
    """
    at_ingress = ingress.answered(scene, None, *inside.INGRESS_ROLES)
    of_pods = ingress.answered(scene, None, Role.POD)
    requests = users.failed(scene)
    if not at_ingress or not of_pods:
        return False
    if any(p.status_code == NOT_FOUND for p in of_pods):
        return False
    said = {(p.status_code, p.body) for p in (*at_ingress, *requests)}
    return len(said) == 1 and requests[0].status_code == NOT_FOUND


def _checked(scene: Scene) -> bool:
    """Say whether the balancer's health check asks for this host and met the 404."""
    service = balancer.service.maybe(scene)
    asks = service.health_check.http if service else None
    same = asks is not None and asks.domain == scene.target.host
    return same and impact.failed_health_check(scene, NOT_FOUND)


def _hosts(scene: Scene) -> tuple[str, ...]:
    """Return the hosts of the Ingresses, as read."""
    cluster = inside.cluster(scene)
    if cluster.ingress_hosts is None:
        why = "; ".join(cluster.problems) or "not read"
        raise Missing(f"the hosts of the Ingresses: {why}")
    return cluster.ingress_hosts


def _ingress_name(scene: Scene) -> str | None:
    """Return the Ingress that serves the target's host; None: none was found."""
    return inside.cluster(scene).ingress_name


def _cut(scene: Scene) -> bool:
    """Say whether hosts may have been left out of the reading."""
    partial = inside.cluster(scene).partial
    return "ingress_hosts" in partial or len(_hosts(scene)) >= MOST_HOSTS


def _serves(rule: str, host: str) -> bool:
    """Say whether a rule's host covers one; none, or `*`, covers all."""
    if rule in {"", "*"}:
        return True
    if rule.startswith("*."):
        return host.partition(".")[2].lower() == rule[2:].lower()
    return rule.lower() == host.lower()


def _closest(scene: Scene) -> str:
    near = get_close_matches(scene.target.host, _hosts(scene), n=1)
    return f"; the closest is {near[0]}" if near else ""


def _logged(scene: Scene) -> tuple[Sighting, ...]:
    """Return the ingress log's lines of failing users that met no rule."""
    requests = users.failing(scene, *users.AS_A_USER)
    return tuple(
        line
        for line in scene.sightings_of(*requests)
        if line.status_code == NOT_FOUND and replicas.matched_no_rule(line)
    )


def _inside(scene: Scene) -> bool | None:
    """Say whether the ingress says 404 inside too; None: nobody got an answer."""
    answered = ingress.answered(scene, None, *inside.INGRESS_ROLES)
    if not answered:
        return None
    return all(p.status_code == NOT_FOUND and not p.healthy for p in answered)


def _shown(logged: tuple[Sighting, ...], *, within: bool | None) -> tuple[str, ...]:
    told = (
        [f"ingress log on {logged[0].node}: 404 from the default backend"]
        if logged
        else []
    )
    if within:
        told.append("asked inside by this Host, the ingress answers 404 as well")
    return tuple(told)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to see which hosts the Ingresses name, and how to mend one."""
    namespace = pods.service_name(scene).partition("/")[0]
    near = get_close_matches(scene.target.host, _hosts(scene), n=1)
    which = f" (is {near[0]} meant to be it?)" if near else ""
    look = NextStep(
        text=f"Find the Ingress that should name {scene.target.host}{which}.",
        command="kubectl get ingress -A",
    )
    edit = NextStep(
        text="Put the host into it, in rules and tls.",
        command=f"kubectl -n {quote(namespace)} edit ingress",
    )
    return look, edit


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="No Ingress names the host that users ask for",
    assess=assess,
    next_steps=next_steps,
)
