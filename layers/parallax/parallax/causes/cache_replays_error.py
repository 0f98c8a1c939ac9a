"""A cache in front gives out an old error although the origin answers well.

Meaning: the answer users get was kept by a cache; the same request, sent past the
cache, is answered well.

Impact: users see an error of the past until it expires, from every place that this
cache serves. Whoever is not served from the cache sees nothing wrong.

Diagnosis: nearly all failing answers say that they were replayed (two ids in X-Varnish,
X-Cache-Status, Age beside them); the balancer's own address, asked directly, or a
request that no cache can know, gets a good answer. If the origin fails as well, the
cache only repeats the truth, and this cause is refuted. A cache at the ingress replays
to the balancer's address, too; then only the latter counts. A CDN that marks nothing is
told by the ingress logs: they have none of these requests, and the fresh ones.

Neighbors: an error page that the CDN wrote now is `cdn-cannot-reach-origin`. An old
address in DNS is no kept answer: `dns-stale-address`. If the origin fails too, its own
causes are asked.

Mitigation: purge the URL; do not let the cache keep 5xx answers.

Source: reference signatures.md, sections 1 and 3.6.
"""

from collections.abc import Sequence
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import logs, users
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Probe, Role

ID = "cache-replays-error"
NEVER_ARRIVED = (
    "no ingress log has these requests; one that no cache can know is in it, and well"
)
NEARLY_ALL = 0.9
"""Share of the failing answers that are to be replays: ten of eleven."""


def assess(scene: Scene) -> Assessment:
    """Ask whether a replayed error stands before an origin that answers well."""
    requests = users.failed(scene)
    kept = [p for p in requests if _replayed(p)] or _unmarked(scene, requests)
    past = _past(scene)
    bad = [p for p in past if not p.healthy]
    if bad:
        answer = bad[0].status_code or bad[0].error_type
        return refuted(ID, f"past the cache it fails too ({bad[0].role}: {answer})")
    if not kept and not scene.target.reached.cdn:
        return refuted(ID, "no cache is configured, and no answer shows one")
    share = f"{of(len(kept), len(requests))} failing answers were replayed"
    with evidence_so_far(*((share,) if kept else ())):
        _explains_users(scene, requests, kept, past)
    shown = f"{share} by a cache; past it the answer is {past[0].status_code}"
    if not _replayed(kept[0]):
        return supported(ID, shown, NEVER_ARRIVED)
    return supported(ID, shown, *users.written_by(kept[0]).clues[:3])


def _replayed(probe: Probe) -> bool:
    return users.written_by(probe).how == "replayed"


def _unmarked(scene: Scene, requests: tuple[Probe, ...]) -> list[Probe]:
    """Return failing answers that a CDN kept without saying so; none: not shown.

    A pod wrote each, no ingress log has any, and the log shows, answered well, the
    request that no cache can know.
    """
    busters = users.outside(scene, Role.CACHE_BUSTER)
    fresh = [p for p in busters if p.healthy and scene.sightings_of(p)]
    if not scene.target.reached.cdn or not fresh or len(fresh) < len(busters):
        return []
    if scene.sightings_of(*requests) or not logs.all_read(scene):
        return []
    pods = all(users.written_by(p).hop in {"pod", "ingress"} for p in requests)
    return list(requests) if pods else []


def _past(scene: Scene) -> list[Probe]:
    """Return what got past the cache: direct, or else what no cache can know.

    A cache may stand behind the balancer, at the ingress; then direct is a replay too.
    """
    direct = [p for p in users.outside(scene, Role.DIRECT) if not _replayed(p)]
    busters = users.outside(scene, Role.CACHE_BUSTER)
    return direct or [p for p in busters if not _replayed(p)]


def _explains_users(
    scene: Scene,
    requests: Sequence[Probe],
    kept: Sequence[Probe],
    past: Sequence[Probe],
) -> None:
    """Raise what is missing for a cache to explain what users get."""
    if not past:
        raise Missing("a request past the cache (direct, or a cache-buster)")
    if not kept:
        raise Missing("a mark in the failing answer that a cache kept it")
    if len(kept) < NEARLY_ALL * len(requests):
        fresh = of(len(requests) - len(kept), len(requests))
        raise Missing(f"why {fresh} failing answers were not replayed")
    at_ingress = any(map(_replayed, users.outside(scene, Role.DIRECT)))
    lines = scene.sightings_of(*kept)
    if any(line.upstream_address or not at_ingress for line in lines):
        raise Missing("why the ingress saw a request that was replayed")
    busters = users.failing(scene, Role.CACHE_BUSTER)
    if any(not _replayed(p) for p in busters):
        raise Missing("why a request that no cache can know fails as well")


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to empty the cache, and how to see that the origin is well."""
    url, host = scene.target.url, scene.target.host
    port, balancer = users.listen_port(scene), scene.load_balancer
    kept = users.failing(scene, *users.AS_A_USER)
    edge = kept[0].peer_address if kept else None
    at = f" --resolve {host}:{port}:{edge}" if edge else ""
    purge = NextStep(
        text=f"Purge {url} at the cache{f' ({edge})' if edge else ''} (Varnish with"
        " a purge ACL; elsewhere use its console).",
        command=f"curl -sS -X PURGE{at} {quote(url)}",
    )
    address = balancer.ipv4 if balancer and balancer.ipv4 else None
    if address is None or address == edge:
        return (purge,)  # the cache stands behind the balancer: no address is past it
    past = NextStep(
        text="See that the origin answers well past the cache.",
        command=f"curl -sS -o /dev/null -w '%{{http_code}}\\n'"
        f" --resolve {host}:{port}:{address} {quote(url)}",
    )
    return purge, past


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.CDN,
    title="A cache gives out an old error; the origin answers well",
    assess=assess,
    next_steps=next_steps,
)
