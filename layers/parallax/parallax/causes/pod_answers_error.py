"""The application itself answers with an error.

Meaning: requests get all the way to a pod, and the pod answers with the error.

Impact: users see the application's own error. Network, balancer and ingress
are not at fault.

Diagnosis: the ingress log shows our request with an endpoint of the Service and the
same status from it; or the pods, asked from inside, answer with that status, each
page users get is a pod's by its marks or word for word, and nobody fares well at
the ingress while users always fail. For 502 and 504 nginx logs the same number
when nobody answered: there the upstream's answer must have had a length.

Neighbors: `pod-too-slow` and `pod-refuses-connection` give no answer at all: the page
is the ingress's, the upstream's length 0; `ingress-rejects-request` and
`ingress-does-not-know-host` have no pod in the log; `cache-replays-error` keeps an
answer that pods gave before.

Mitigation: read the application's log around the request; roll back.

Source: reference signatures.md, sections 2 and 3.3.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import answers, balancer, impact, ingress, logs, pods, users
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Probe, Role

ID = "pod-answers-error"


def assess(scene: Scene) -> Assessment:
    """Ask whether it was a pod that wrote the failing answer."""
    requests = users.failed(scene)
    if gone := users.without_connection(scene):
        raise Missing(f"what a pod has to do with it: {gone}")
    if logged := _by_the_log(scene):
        return logged
    probes = scene.inside(Role.POD)
    if not probes:
        unasked = f"an answer of a pod: {pods.why_not_probed(scene)}"
        raise Missing(unasked, "a line of the ingress log with our request")
    status = requests[0].status_code
    same = [p for p in probes if not p.healthy and p.status_code == status]
    asked = f"inside, {of(len(same), len(probes))} pod probes got {status}"
    if all(p.healthy for p in probes) and _page_of_a_proxy(requests):
        author = users.written_by(requests[0])
        who = f"the page is {author.writer}'s, at the {author.hop}"
        return refuted(ID, f"inside, all {len(probes)} pod probes are well", who)
    if _enough(same, probes, scene) and _is_theirs(scene, same):
        return supported(ID, asked, _page(requests))
    if failing := _behind_the_health_check(scene, probes):
        return supported(ID, failing, balancer.health_text(scene))
    what = "proof that the failing answer is a pod's"
    raise Missing(what, evidence=(asked, _page(requests)))


def _by_the_log(scene: Scene) -> Assessment | None:
    """Answer by the ingress log alone; None: it does not tell."""
    proof = logs.pod_answers(scene)
    if proof and impact.mostly_from_balancer(scene):
        raise Missing("why most failing requests ended at the balancer")
    failed = scene.sightings_of(*users.failing(scene, *users.FOR_THE_TARGET))
    if proof and 2 * len(proof) < len(failed):
        rest = of(len(failed) - len(proof), len(failed))
        raise Missing(f"why {rest} failing requests in the log met no pod")
    if proof:
        seen = proof[0]
        return supported(
            ID,
            f"a pod itself answered {seen.upstream_status}",
            f"ingress log on {seen.node}: our request went to"
            f" {seen.upstream_address} and got {seen.upstream_status}",
        )
    if other := _somebody_else(scene):
        raise Missing(other)
    if unanswered := logs.no_pod_responded(scene):
        return refuted(ID, unanswered)
    return None


def _somebody_else(scene: Scene) -> str | None:
    """Say that an upstream answered that is not known to be a pod of the Service."""
    replies = logs.upstream_answers(scene)
    if not replies:
        return None
    who = replies[0].upstream_address
    unread = pods.endpoints.lacks(scene) or ("no endpoint of the Service",)
    return f"whose {who} is, which answered ({unread[0]})"


def _enough(same: list[Probe], probes: tuple[Probe, ...], scene: Scene) -> bool:
    """Say whether the pods' share can explain the share that fails outside.

    Where users always fail, nobody who asks the ingress or the balancer may fare well.
    """
    always = not any(p.healthy for p in users.outside(scene, *users.AS_A_USER))
    others = ingress.probes(scene)
    others += users.outside(scene, Role.DIRECT)
    if always and any(p.healthy for p in others):
        return False
    return bool(same) and _share_fits(always, len(same), len(probes))


def _share_fits(always: bool, same: int, asked: int) -> bool:  # noqa: FBT001 - a pure rule
    """Want every pod for a constant failure, one for an intermittent one."""
    return same == asked if always else same > 0


def _words(probe: Probe) -> str:
    """Return what an answer says: its body; of a redirect, where it leads."""
    where = (v for n, v in probe.headers if n.lower() == "location")
    return probe.body.strip() or next(where, "")


def _is_theirs(scene: Scene, probes: list[Probe]) -> bool:
    """Say whether every failing page is a pod's: by its marks, or word for word.

    A pod may write a proxy's page: it runs nginx, or a mesh's Envoy stands in it.
    """
    said = {_words(p) for p in probes if _words(p)}
    return all(
        users.written_by(p).hop == "pod"
        or (
            _words(p) in said
            and users.written_by(p).how != "replayed"
            and answers.forwarded_response(scene, p)
        )
        for p in users.failing(scene, *users.FOR_THE_TARGET)
    )


def _page_of_a_proxy(requests: tuple[Probe, ...]) -> bool:
    """Say whether a failing answer was no pod's, or none at all."""
    return any(
        p.status_code is None or users.written_by(p).hop in users.PROXIES
        for p in requests
    )


def _page(requests: tuple[Probe, ...]) -> str:
    author = users.written_by(requests[0])
    return f"the page users get was written by: {author.writer} ({author.hop})"


def _behind_the_health_check(scene: Scene, probes: tuple[Probe, ...]) -> str | None:
    """Say that an HTTP health check rightly fails, because every pod answers errors."""
    codes = {p.status_code for p in probes}
    inside = ingress.probes(scene)
    same = {p.status_code for p in inside} == codes and len(codes) == 1
    if not same or any(p.healthy for p in (*probes, *inside)):
        return None
    code = codes.pop()
    if code is None or not impact.failed_health_check(scene, code):
        return None
    said = f"every pod answers {code}, through the ingress too"
    return f"{said}, so the balancer's HTTP health check takes all targets out"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell where the application's log is."""
    namespace, _, name = pods.service_name(scene).partition("/")
    kubectl = f"kubectl -n {quote(namespace)}"
    cluster, proof = scene.cluster, logs.pod_answers(scene)
    address = proof[0].upstream_address if proof else None
    ip = (address or "").rpartition(":")[0]
    # With hostNetwork a node address is shared: the Service's endpoint names the pod.
    pod = next(
        (
            e.pod
            for e in (cluster.endpoints if cluster else None) or ()
            if e.address == ip and e.pod
        ),
        None,
    )
    failing = next((p.pod for p in scene.inside(Role.POD) if not p.healthy), None)
    named = pod or failing
    if named is None:
        log = NextStep(
            text=f"Find the pods of {name}, then read their log.",
            command=f"{kubectl} get pods -o wide",
        )
    else:
        log = NextStep(
            text="Read the application's log.",
            command=f"{kubectl} logs {quote(named)} --since=15m",
        )
    events = NextStep(
        text="See what changed.",
        command=f"{kubectl} get events --sort-by=.lastTimestamp",
    )
    return log, events


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.POD,
    title="The application itself answers with an error",
    assess=assess,
    next_steps=next_steps,
)
