"""An Ingress has the host, but none of its rules matches the path.

Meaning: an Ingress has a rule for the host, and no path of it matches the one that
users request. The ingress responds 404 from its default backend, as for an unknown
host. A path was renamed, its type is `Exact`, or the rule for `/` was removed.

Impact: requests for this path get 404. Other paths of the host work.

Diagnosis: most failing users get 404, and the ingress log shows its default backend or
no upstream for them. Or they get the ingress's own page, as internal probes of it do,
and no pod writes a 404. The hosts of all Ingresses, read since the failure began,
contain this one, and the agent found no Ingress that routes the path. A controller that
has kinds of its own may route it by one of those. So only ingress-nginx, which has
none, or an agent that read the paths proves this cause.

Neighbors: with `ingress-does-not-know-host` no Ingress has the host. If the app wrote
the 404, it is `pod-answers-error`. If only one replica responds 404, it is
`ingress-replica-out-of-step`.

Mitigation: add the path to the Ingress, or correct its type. If the path is old, change
the URL of the target.

Source: Kubernetes networking/v1, HTTPIngressPath (a `Prefix` matches whole elements of
the path, `Exact` the whole path); ingress-nginx (`upstream-default-backend` for each
path without a rule).
"""

from shlex import quote
from urllib.parse import urlsplit

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.undo import RESTORE, after_saving
from parallax.evidence import ingress, inside, logs, pods, replicas, users, way_in
from parallax.evidence.reading import Hidden, Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import ClusterReading, Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, AT_THE_INGRESS, Role

ID = "ingress-has-no-rule-for-path"
NOT_FOUND = 404
INGRESS_NGINX = "ingress-nginx"
"""A controller without kinds of its own: only Ingresses route."""


def assess(scene: Scene) -> Assessment:
    """Check whether requests end at an ingress that has no rule for their path."""
    requests, cluster = users.failed(scene), inside.cluster(scene)
    if cluster.ingress_name:
        name = cluster.ingress_name
        return refuted(ID, f"Ingress {name} routes {_path(scene)} of this host")
    if cluster.ingress_hosts is None:
        raise Missing("the hosts of all Ingresses")
    host = scene.target.host
    if "ingress_hosts" in cluster.partial:
        raise Missing("the hosts of all Ingresses (only some were read)")
    if not any(way_in.matches(rule, host) for rule in cluster.ingress_hosts):
        return refuted(ID, f"no Ingress has host {host}, for any path")
    if never := users.never_connected(scene):
        raise Hidden("a response to users", evidence=(never,))
    if all(p.status_code not in {None, NOT_FOUND} for p in requests):
        return refuted(ID, f"none of {len(requests)} failing responses is a 404")
    state = _state(scene, cluster)
    with evidence_so_far(state):
        return supported(ID, state, *_without_rule(scene, cluster))


def _path(scene: Scene) -> str:
    return urlsplit(scene.target.url).path or "/"


def _state(scene: Scene, cluster: ClusterReading) -> str:
    """Return that the host is known and the path is not, with the paths if read."""
    host, path = scene.target.host, _path(scene)
    paths = sorted({rule.path for rule in cluster.ingress_paths or ()})
    if not paths:
        return f"an Ingress has host {host}, and none of its paths matches {path}"
    names = ", ".join(sorted({r.ingress for r in cluster.ingress_paths or ()}))
    return (
        f"Ingress {names} has host {host} only for {', '.join(paths)}, and the request"
        f" is for {path}"
    )


def _without_rule(scene: Scene, cluster: ClusterReading) -> tuple[str, ...]:
    """Return the proof that the ingress used no rule for users' requests."""
    if logs.pod_answers(scene):
        raise Missing("the reason why a pod of the Service responds")
    inner = ingress.answered(scene, None, *AT_THE_INGRESS)
    same = [p for p in inner if p.status_code == NOT_FOUND and not p.healthy]
    if len(same) < len(inner):
        raise Missing("the reason why internal probes get another response")
    lines = _logged(scene)
    logged = 2 * len({s.request_id for s in lines}) > len(users.failed(scene))
    if not logged and not (same and _is_its_page(scene)):
        raise Missing("ingress log lines without a backend for most failing users")
    _only_ingresses_route(scene, cluster)
    found = f"ingress log on {lines[0].node}: 404 without a backend" if logged else ""
    share = f"{of(len(same), len(inner))} internal probes of the ingress get 404 too"
    return tuple(filter(None, (found, share if inner else "")))


def _is_its_page(scene: Scene) -> bool:
    """Return whether most users get the ingress's own 404, which no pod writes."""
    of_pods = ingress.answered(scene, None, Role.POD)
    pods_differ = bool(of_pods) and all(p.status_code != NOT_FOUND for p in of_pods)
    return pods_differ and ingress.most_frequent_status(scene) == NOT_FOUND


def _only_ingresses_route(scene: Scene, cluster: ClusterReading) -> None:
    """Raise `Missing` if a rule that was not read may route the path."""
    if cluster.ingress_paths is not None:
        return
    nginx = any(s.upstream_name == replicas.DEFAULT_BACKEND for s in _logged(scene))
    nginx = nginx or any(
        users.written_by(p).writer == INGRESS_NGINX for p in users.failed(scene)
    )
    if not nginx:
        raise Missing("whether another kind of rule routes this path")
    conflicts = [p for p in cluster.problems if "Ingress" in p]
    if conflicts:
        raise Missing(f"which Ingress leads to the target ({conflicts[0]})")


def _logged(scene: Scene) -> tuple[Sighting, ...]:
    """Return the ingress log lines of failing users without a matching rule."""
    requests = users.failing(scene, *AS_A_USER)
    return tuple(
        line
        for line in scene.sightings_of(*requests)
        if line.status_code == NOT_FOUND and replicas.matched_no_rule(line)
    )


_COLUMNS = quote(
    "NAMESPACE:.metadata.namespace,NAME:.metadata.name,HOSTS:.spec.rules[*].host,"
    "PATHS:.spec.rules[*].http.paths[*].path,"
    "TYPES:.spec.rules[*].http.paths[*].pathType"
)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to list the paths of the host, and how to add one."""
    cluster = inside.cluster(scene)
    first = next((r.ingress for r in cluster.ingress_paths or ()), "")
    namespace, _, name = first.rpartition("/")
    namespace = namespace or pods.service_name(scene).partition("/")[0]
    host, path = scene.target.host, _path(scene)
    which = f"ingress {quote(name) if name else 'NAME'}"
    return (
        NextStep(
            text=f"Read the paths that Ingresses have for {host}. Check that none"
            f" matches {path}. A path of type `Exact` must equal the request's path."
            " A path of type `Prefix` matches if the request's path begins with it,"
            " whole elements only.",
            command=f"kubectl get ingress -A -o custom-columns={_COLUMNS}"
            f" | grep -F -e NAMESPACE -e {quote(host)}",
        ),
        NextStep(
            text=f"Add {path} to the Ingress's paths with the app's Service"
            f"{'' if name else ' (replace NAME by the name of the Ingress)'}. If users"
            " no longer need the path, change the URL in the targets file.",
            command=after_saving(
                f"kubectl -n {quote(namespace)}", which, f"edit {which}"
            ),
            undo=RESTORE,
        ),
    )


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="An Ingress has the host, but no rule matches the path",
    assess=assess,
    next_steps=next_steps,
)
