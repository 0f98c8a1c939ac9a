"""The CDN answers with its own error: it does not get to the load balancer.

Meaning: the cache in front fetches from a wrong address or port, or the way between it
and the balancer is broken, and so it writes an error page of its own.

Impact: whatever it has not kept fails for everybody who comes through it. The balancer
and all behind it are well, and none of these requests arrives.

Diagnosis: nearly all failing answers are the CDN's own errors (500 and above), and none
a replay; the balancer's own address, asked directly, answers well; every ingress log
was read since, and holds none of the failing requests. Where the page is of no known
make, requests that no cache can know have to fail as well.

Neighbors: a page that the CDN kept is `cache-replays-error`. Where the balancer fails
when asked directly, the CDN only says so, and the balancer's causes are asked. A line
in the ingress log shows that the CDN got through: unknown. So is a CDN that turns users
away (403, 429).

Mitigation: correct the CDN's origin (address, port, protocol, Host, SNI); look whether
it moved with the balancer.

Source: reference signatures.md, sections 1 and 3 (Varnish `Backend fetch failed`).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, logs, users
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Probe, Role

ID = "cdn-cannot-reach-origin"
BROKEN = 500
NEARLY_ALL = 0.9
"""Share of the failing answers that are to be the CDN's own: ten of eleven."""


def assess(scene: Scene) -> Assessment:
    """Ask whether the CDN itself fails before an origin that is well."""
    requests = users.failed(scene)
    if not scene.target.reached.cdn:
        return refuted(ID, "no CDN is configured")
    direct = users.outside(scene, Role.DIRECT)
    if bad := [p for p in direct if not p.healthy]:
        answer = bad[0].status_code or bad[0].error_type
        return refuted(ID, f"past the CDN it fails too (direct: {answer})")
    own = _failed_alone(scene, requests, direct)
    share = of(len(own), len(requests))
    return supported(
        ID,
        f"{share} failing answers are {_whose(own[0])} {own[0].status_code}",
        f"past it the balancer answers {direct[0].status_code}",
        "no ingress log holds any of the failing requests",
    )


def _own_page(probe: Probe) -> bool:
    """Say whether the CDN wrote an error of its own.

    Whoever has no page of a known make, and asked nobody behind, did so as well; below
    500 it turns users away, which is another story.
    """
    author = users.written_by(probe)
    if author.how == "replayed" or (probe.status_code or 0) < BROKEN:
        return False
    return author.hop in {"cdn", "unknown"}


def _whose(probe: Probe) -> str:
    author = users.written_by(probe)
    return f"{author.writer}'s own" if author.hop == "cdn" else "of no known make, a"


def _failed_alone(
    scene: Scene, requests: tuple[Probe, ...], direct: tuple[Probe, ...]
) -> list[Probe]:
    """Return the CDN's own answers, where it alone failed."""
    if gone := users.without_connection(scene):
        raise Missing(gone)
    if not direct:
        raise Missing("a request past the CDN, to the balancer's own address")
    own = [p for p in requests if _own_page(p)]
    met = [p for p in requests if users.connected(scene, p)]
    if not own or len(own) < NEARLY_ALL * len(met):
        rest = of(len(met) - len(own), len(met))
        what = f"who wrote {rest} failing answers, which are not the CDN's own page"
        raise Missing(what)
    fresh = users.outside(scene, Role.CACHE_BUSTER)
    unmarked = [p for p in own if users.written_by(p).hop != "cdn"]
    if unmarked and (not fresh or any(p.healthy for p in fresh)):
        what = "whether the CDN keeps that page: a request that no cache can know"
        raise Missing(what)
    if logs.sightings(scene, *users.AS_A_USER, Role.CACHE_BUSTER):
        raise Missing("why the ingress log has requests that the CDN answered itself")
    if not logs.all_read(scene):
        raise Missing("the ingress logs since the last failing request")
    return own


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to compare the CDN's origin with the balancer."""
    url, host = scene.target.url, scene.target.host
    port, name = users.listen_port(scene), balancer.name(scene)
    own = sorted(balancer.addresses(scene))
    address = own[0] if own else "BALANCER"
    past = NextStep(
        text="See that the balancer answers well past the CDN.",
        command=f"curl -sS -o /dev/null -w '%{{http_code}}\\n'"
        f" --resolve {host}:{port}:{address} {quote(url)}",
    )
    origin = NextStep(
        text=f"At the CDN, compare its origin with {name}: {address}, port {port}"
        " (Varnish: the backend's .host and .port).",
        command="varnishadm backend.list",
    )
    return origin, past


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.CDN,
    title="The CDN does not get to the load balancer",
    assess=assess,
    next_steps=next_steps,
)
