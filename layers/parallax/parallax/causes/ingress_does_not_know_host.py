"""The ingress works, but no Ingress rule matches the requested host.

Meaning: requests reach the ingress, which has no rule for their Host and responds 404
from its default backend. The rule was never created, was deleted, or has a typing error
in its host. Or it belongs to a class that this controller does not serve.

Impact: every request for this host gets 404. Other hosts of the same ingress work.

Diagnosis: most failing users get the ingress's own 404, or its log shows that the
default backend responded. Or the load balancer's health check requests this host and
fails on all targets with 404. The ingress log or internal probes with this Host show
the same. The hosts of all Ingresses, read since the failure began, do not match this
one, including wildcards. A 404 that the target counts as healthy is not a failure. The
app's own 404 is identified as a pod's by the ingress log. A controller with kinds of
its own, such as Traefik's IngressRoute, may know the host without an Ingress; then the
cause stays undetermined unless the agent reads these kinds.

Neighbors: if the app wrote the 404, it is `pod-answers-error`. If only one replica lost
the rule, it is `ingress-replica-out-of-step`. If another app responds for every host,
it is `lb-wrong-destination-port`.

Mitigation: add the host to the Ingress exactly as users request it. If its IngressClass
does not exist, set `ingressClassName` to one that does.

Source: ingress-nginx (`upstream-default-backend`); Kubernetes networking/v1,
IngressRule.host (a wildcard matches one label).
"""

from difflib import get_close_matches
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.undo import RESTORE, after_saving
from parallax.evidence import (
    balancer,
    impact,
    ingress,
    inside,
    logs,
    pods,
    replicas,
    route_kinds,
    users,
    way_in,
)
from parallax.evidence.reading import Hidden, Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.model.cluster import Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, AT_THE_INGRESS, Role

ID = "ingress-does-not-know-host"
NOT_FOUND = 404
_GONE = " does not exist"
"""Part of the agent's note about an IngressClass."""
MOST_HOSTS = 200
"""The maximum in a reading; further hosts may have been left out."""


def assess(scene: Scene) -> Assessment:
    """Check whether requests end at an ingress that has no rule for their host."""
    if bypassed := inside.no_ingress(scene):
        return refuted(ID, bypassed)
    users.failed(scene)
    host, hosts, name = scene.target.host, _hosts(scene), _ingress_name(scene)
    matching = [h for h in hosts if way_in.matches(h, host)]
    if matching or name:
        rule, ignored = _matching_rule(host, matching, name), _without_class(scene)
        if ignored is None:
            return refuted(ID, rule)
        with evidence_so_far(rule, ignored):
            return supported(ID, rule, ignored, *_without_rule(scene, hosts))
    if never := users.never_connected(scene):
        raise Hidden("a response to users", evidence=(never,))
    if no_connection := users.without_connection(scene):
        raise Missing(f"a response to users ({no_connection})")
    if _is_incomplete(scene):
        raise Missing(f"the hosts of all Ingresses (only {len(hosts)} were read)")
    state = f"none of {len(hosts)} Ingress hosts matches {host}{_closest(scene)}"
    state = state if hosts else f"no Ingress names a host, so none matches {host}"
    with evidence_so_far(state):
        if unread := route_kinds.unread(scene):
            raise Missing(f"the hosts of {unread}, which may have {host}")
        return supported(ID, state, *_without_rule(scene, hosts))


def _matching_rule(host: str, matching: list[str], name: str | None) -> str:
    """Return e.g. `an Ingress rule matches shop.example`, with a wildcard's name."""
    if not matching:
        return f"Ingress {name} matches {host}"
    rule = matching[0] or "any host"
    return f"an Ingress rule matches {host}{'' if rule == host else f' ({rule})'}"


def _without_class(scene: Scene) -> str | None:
    """Return that the rule's IngressClass does not exist, as the agent noted it."""
    problems = scene.cluster.problems if scene.cluster else ()
    found = (p for p in problems if p.startswith("IngressClass ") and _GONE in p)
    note = next(found, None)
    return note and f"{note.partition(_GONE)[0]}{_GONE}, so no controller serves it"


def _without_rule(scene: Scene, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the proof that no rule matched users' requests.

    A cluster without any Ingress may get its routes by another way. Then only a 404 of
    the ingress in users' own responses, or in its log, is proof.
    """
    logged, within = _logged(scene), _inside(scene)
    mostly = 2 * len(logged) > len(users.failed(scene))
    is_proven = (
        ingress.most_frequent_status(scene) == NOT_FOUND
        or mostly
        or _has_ingress_page(scene)
    )
    if not is_proven and not (hosts and _health_check_gets_404(scene)):
        raise Missing("a 404 of the ingress's default backend for most failing users")
    if logs.pod_answers(scene):
        raise Missing("the reason why a pod of the Service responds")
    if within is not None and not within:
        raise Missing("the reason why internal probes get another response")
    if not logged and within is None:
        raise Missing("an ingress log line, or an internal probe with this Host")
    return _shown(logged, within=within)


def _has_ingress_page(scene: Scene) -> bool:
    """Return whether users get exactly the ingress's 404 page, which no pod writes.

    For pages without marks of their writer.
    """
    at_ingress = ingress.answered(scene, None, *AT_THE_INGRESS)
    of_pods = ingress.answered(scene, None, Role.POD)
    requests = users.failed(scene)
    if not at_ingress or not of_pods:
        return False
    if any(p.status_code == NOT_FOUND for p in of_pods):
        return False
    pages = {(p.status_code, p.body) for p in (*at_ingress, *requests)}
    return len(pages) == 1 and requests[0].status_code == NOT_FOUND


def _health_check_gets_404(scene: Scene) -> bool:
    """Return whether the health check requests this host and receives 404."""
    service = balancer.service.maybe(scene)
    request = service.health_check.http if service else None
    same = request is not None and request.domain == scene.target.host
    return same and impact.failed_health_check(scene, NOT_FOUND)


def _hosts(scene: Scene) -> tuple[str, ...]:
    """Return the hosts of the Ingresses, as read."""
    cluster = inside.cluster(scene)
    if cluster.ingress_hosts is None:
        why = "; ".join(cluster.problems) or "no agent reported them"
        raise Missing(f"the hosts of all Ingresses ({why})")
    return cluster.ingress_hosts


def _ingress_name(scene: Scene) -> str | None:
    """Return the Ingress that serves the target's host; None: none was found."""
    return inside.cluster(scene).ingress_name


def _is_incomplete(scene: Scene) -> bool:
    """Return whether the reading may be incomplete."""
    partial = inside.cluster(scene).partial
    return "ingress_hosts" in partial or len(_hosts(scene)) >= MOST_HOSTS


def _closest(scene: Scene) -> str:
    near = get_close_matches(scene.target.host, _hosts(scene), n=1)
    return f"; the most similar is {near[0]}" if near else ""


def _logged(scene: Scene) -> tuple[Sighting, ...]:
    """Return the ingress log lines of failing users without a matching rule."""
    requests = users.failing(scene, *AS_A_USER)
    return tuple(
        line
        for line in scene.sightings_of(*requests)
        if line.status_code == NOT_FOUND and replicas.matched_no_rule(line)
    )


def _inside(scene: Scene) -> bool | None:
    """Return whether internal probes get 404 too; None: no response."""
    answered = ingress.answered(scene, None, *AT_THE_INGRESS)
    if not answered:
        return None
    return all(p.status_code == NOT_FOUND and not p.healthy for p in answered)


def _shown(logged: tuple[Sighting, ...], *, within: bool | None) -> tuple[str, ...]:
    lines = (
        [f"ingress log on {logged[0].node}: 404 from the default backend"]
        if logged
        else []
    )
    if within:
        lines.append("the ingress responds 404 to internal probes with this Host too")
    return tuple(lines)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to list the Ingresses' hosts, and how to correct one."""
    namespace = pods.service_name(scene).partition("/")[0]
    if _without_class(scene) is not None:
        return _class_steps(namespace, _ingress_name(scene))
    near = get_close_matches(scene.target.host, _hosts(scene), n=1)
    which = f" ({near[0]} is similar)" if near else ""
    change = f"If {near[0]} is a typing error, correct it in" if near else "Add it to"
    instead = " Otherwise add the host as a rule of its own." if near else ""
    look = NextStep(
        text=f"Find the Ingress that should have host {scene.target.host}{which}.",
        command="kubectl get ingress -A",
    )
    edit = NextStep(
        text=f"{change} the `rules` of that Ingress, and in its `tls` section if it has"
        f" one.{instead} Replace NAME by the Ingress's name, and {namespace} by"
        " its namespace if it has another.",
        command=after_saving(
            f"kubectl -n {quote(namespace)}", "ingress NAME", "edit ingress NAME"
        ),
        undo=RESTORE,
    )
    return look, edit


def _class_steps(namespace: str, name: str | None) -> tuple[NextStep, ...]:
    """Return how to give the Ingress a class that a controller serves."""
    which = quote(name) if name else "NAME"
    kubectl = f"kubectl -n {quote(namespace)}"
    look = NextStep(
        text="List the IngressClasses that exist, and the one that the Ingress names.",
        command=f"kubectl get ingressclasses && {kubectl} get ingress {which} -o"
        " jsonpath='{.spec.ingressClassName}{\"\\n\"}'",
    )
    edit = NextStep(
        text="Set `ingressClassName` to one that exists, or create the missing"
        " IngressClass.",
        command=after_saving(kubectl, f"ingress {which}", f"edit ingress {which}"),
        undo=RESTORE,
    )
    return look, edit


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="No Ingress rule matches the requested host",
    assess=assess,
    next_steps=next_steps,
)
