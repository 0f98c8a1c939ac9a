"""A cache serves an old error although the origin responds successfully.

Meaning: users get a stored response from a cache. The same request succeeds when it
bypasses the cache.

Impact: users see a past error until it expires, wherever this cache serves them. Users
who bypass the cache see nothing wrong.

Diagnosis: nearly all failing responses show that they were replayed (two ids in
X-Varnish, X-Cache-Status, Age). A direct request to the load balancer's own address, or
a cache-buster request with a unique URL, succeeds. If the origin fails as well, this
cause stays undetermined. A cache at the ingress also replays to the load balancer's
address; then only the cache-buster counts. A CDN without such marks is identified by
the ingress logs: they contain the cache-buster requests and none of the failing ones.
If a cache-buster request gets the CDN's own error too, no stored response is to blame.

Neighbors: an error page that the CDN writes itself is `cdn-cannot-reach-origin`. An old
address in DNS is `dns-stale-address`, not a stored response. If the origin fails too, a
cause behind the cache applies.

Mitigation: purge the URL. Configure the cache not to store 5xx responses.

Source: RFC 9111 (Age); RFC 9211; Varnish documentation (X-Varnish); nginx
`$upstream_cache_status`.
"""

from collections.abc import Sequence
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.curl import WITHOUT_STATUS, healthy, status_of
from parallax.causes.undo import FETCHED_AGAIN
from parallax.evidence import logs, users
from parallax.evidence.reading import Hidden, Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, Probe, Role

ID = "cache-replays-error"
NEVER_ARRIVED = (
    "the ingress logs contain the successful cache-buster requests, none of the failing"
)
NEARLY_ALL = 0.9
"""Minimum share of replays among the failing responses: ten of eleven."""


def assess(scene: Scene) -> Assessment:
    """Check whether a cache replays an error while the origin works."""
    requests = users.failed(scene)
    replays = [p for p in requests if _replayed(p)] or _unmarked(scene, requests)
    direct = _bypassing(scene)
    bad = [p for p in direct if not p.healthy]
    if not replays and not scene.target.reached.cdn:
        return refuted(ID, "no CDN is configured, and no response is from a cache")
    if bad:
        answer = str(bad[0].status_code or bad[0].error_type).replace("_", " ")
        how = (
            "sent directly to the load balancer"
            if bad[0].role is Role.DIRECT
            else "with a unique URL, which bypass a cache,"
        )
        fault = f"requests {how} fail too ({answer})"
        raise Hidden("a successful request without the cache", evidence=(fault,))
    if not replays and (own := _fails_uncached(scene, requests)):
        return refuted(ID, own)
    share = f"{of(len(replays), len(requests))} failing responses came from a cache"
    with evidence_so_far(*((share,) if replays else ())):
        _check_users(scene, requests, replays, direct)
    shown = f"{share}; without the cache the response is {direct[0].status_code}"
    if not _replayed(replays[0]):
        return supported(ID, shown, NEVER_ARRIVED)
    return supported(ID, shown, *users.written_by(replays[0]).clues[:3])


def _fails_uncached(scene: Scene, requests: tuple[Probe, ...]) -> str | None:
    """Return that the CDN's own error needs no cache: a unique URL gets it too."""
    fresh = users.outside(scene, Role.CACHE_BUSTER)
    pages = [users.written_by(p) for p in (*requests, *fresh)]
    if not fresh or any(a.hop != "cdn" or a.how != "own-page" for a in pages):
        return None
    return "a request with a unique URL, which no cache has stored, gets the error too"


def _replayed(probe: Probe) -> bool:
    return users.written_by(probe).how == "replayed"


def _unmarked(scene: Scene, requests: tuple[Probe, ...]) -> list[Probe]:
    """Return failing responses that a CDN stored without a mark; empty: not shown.

    A pod wrote each, no ingress log contains any of the requests, and the log contains
    a successful cache-buster request.
    """
    busters = users.outside(scene, Role.CACHE_BUSTER)
    fresh = [p for p in busters if p.healthy and scene.sightings_of(p)]
    if not scene.target.reached.cdn or not fresh or len(fresh) < len(busters):
        return []
    if scene.sightings_of(*requests) or not logs.all_read(scene):
        return []
    pods = all(users.written_by(p).hop in {"pod", "ingress"} for p in requests)
    return list(requests) if pods else []


def _bypassing(scene: Scene) -> list[Probe]:
    """Return the requests that bypassed the cache: direct ones, else cache-busters.

    A cache at the ingress replays to direct requests too.
    """
    direct = [p for p in users.outside(scene, Role.DIRECT) if not _replayed(p)]
    busters = users.outside(scene, Role.CACHE_BUSTER)
    return direct or [p for p in busters if not _replayed(p)]


def _check_users(
    scene: Scene,
    requests: Sequence[Probe],
    replays: Sequence[Probe],
    direct: Sequence[Probe],
) -> None:
    """Raise what is missing to prove that a cache causes what users get."""
    if not direct:
        raise Missing("a request that bypasses the cache (direct, or a cache-buster)")
    if not replays:
        what = "a header that marks the failing responses as stored (some caches set"
        raise Missing(f"{what} none), or a successful request with a unique URL")
    if len(replays) < NEARLY_ALL * len(requests):
        fresh = of(len(requests) - len(replays), len(requests))
        raise Missing(f"the reason why {fresh} failing responses were not replayed")
    at_ingress = any(map(_replayed, users.outside(scene, Role.DIRECT)))
    lines = scene.sightings_of(*replays)
    if any(line.upstream_address or not at_ingress for line in lines):
        raise Missing("the reason why the ingress logged a replayed request")
    busters = users.failing(scene, Role.CACHE_BUSTER)
    if any(not _replayed(p) for p in busters):
        raise Missing("the reason why a cache-buster request fails too")


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to purge the cache, and how to check the origin."""
    url, host = scene.target.url, scene.target.host
    port, balancer = users.listen_port(scene), scene.load_balancer
    failing = users.failing(scene, *AS_A_USER)
    edge = failing[0].peer_address if failing else None
    at = f" --resolve {host}:{port}:{edge}" if edge else ""
    purge = NextStep(
        text=f"Purge {url} at the cache{f' ({edge})' if edge else ''}. The command"
        " works if Varnish allows PURGE from your address. For another cache, purge the"
        " URL in its console.",
        command=f"curl -sS -X PURGE{at} {quote(url)}",
        undo_note=FETCHED_AGAIN,
    )
    address = balancer.ipv4 if balancer and balancer.ipv4 else None
    if address is None or address == edge:
        return (purge,)  # the cache is behind the load balancer; no address bypasses it
    bypass = NextStep(
        text="Request the page from the origin, without the cache."
        f" {healthy(scene.target)} shows that the origin works. {WITHOUT_STATUS}",
        command=status_of(quote(url), f"--resolve {host}:{port}:{address}"),
    )
    return purge, bypass


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.CDN,
    title="A cache serves an old error, but the origin works",
    assess=assess,
    next_steps=next_steps,
)
