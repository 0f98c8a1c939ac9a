"""The CDN or its firewall rejects the monitor; users may be served.

Meaning: the edge before the load balancer takes Parallax for a bot or for too many
requests: a firewall rule, a challenge that only a browser can pass, or a rate limit.

Impact: Parallax sees no state of the target from outside. Users may be served, or may
be rejected as well; no probe shows which.

Diagnosis: most failing responses are 401, 403, 429 or a challenge, and the CDN wrote
them, or no ingress log contains any of these requests. Direct requests to the load
balancer succeed.

Neighbors: if the ingress wrote the rejection, it is `ingress-rejects-request`. A CDN
that cannot reach the load balancer responds with 500 and above:
`cdn-cannot-reach-origin`.

Mitigation: request the URL as a user from another network. If users are served, allow
Parallax in the edge's firewall, by a secret header or by its addresses.

Source: Cloudflare, errors 1015 and 1020, and `cf-mitigated: challenge`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.curl import WITHOUT_STATUS, healthy, status_of
from parallax.evidence import logs, names, users
from parallax.evidence.reading import Hidden, Missing
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, Probe, Role

ID = "edge-refuses-monitor"
REJECTIONS = frozenset({401, 403, 429})


def assess(scene: Scene) -> Assessment:
    """Check whether the edge itself rejects the monitor while the origin works."""
    requests = users.failed(scene)
    rejected = [p for p in requests if _is_rejection(p)]
    if not rejected:
        return _no_rejection(scene, requests)
    if no_edge := _no_edge(scene, rejected):
        return refuted(ID, no_edge)
    if 2 * len(rejected) <= len(requests):
        share = of(len(requests) - len(rejected), len(requests))
        raise Missing(f"the reason why {share} failing requests are not rejections")
    direct = users.outside(scene, Role.DIRECT)
    if bad := [p for p in direct if not p.healthy]:
        answer = str(bad[0].status_code or bad[0].error_type).replace("_", " ")
        fault = f"requests sent directly to the load balancer fail too ({answer})"
        raise Hidden("a direct request that succeeds", evidence=(fault,))
    if not direct:
        raise Missing("a direct request to the load balancer's own address")
    who = _writer(scene, rejected)
    share, status = of(len(rejected), len(requests)), rejected[0].status_code
    return supported(
        ID,
        f"{who} rejected {share} failing requests of the monitor ({status})",
        f"direct requests to the load balancer get {direct[0].status_code}",
        "users may be served: only the monitor's own requests show the rejection",
    )


def _no_edge(scene: Scene, rejected: list[Probe]) -> str | None:
    """Return that no edge is before the load balancer; None: one wrote a rejection.

    An edge that is not configured shows itself by its own page.
    """
    if scene.target.reached.cdn:
        return None
    if any(users.written_by(p).hop == "cdn" for p in rejected):
        return None
    if arrived := names.all_reached_balancer(scene):
        return f"no CDN is configured; {arrived}"
    raise Missing("whose address the failing requests were sent to")


def _is_rejection(probe: Probe) -> bool:
    return users.challenged(probe) or probe.status_code in REJECTIONS


def _no_rejection(scene: Scene, requests: tuple[Probe, ...]) -> Assessment:
    if never := users.never_connected(scene):
        raise Hidden("a response to the monitor", evidence=(never,))
    return refuted(ID, f"none of {len(requests)} failing requests was rejected")


def _writer(scene: Scene, rejected: list[Probe]) -> str:
    """Return who wrote the rejections; raises `Missing` if it is not the edge."""
    if lines := scene.sightings_of(*rejected):
        raise Missing(f"why the ingress on {lines[0].node} logged rejected requests")
    authors = {a.writer for a in map(users.written_by, rejected) if a.hop == "cdn"}
    known = [p for p in rejected if users.written_by(p).hop == "cdn"]
    if len(known) == len(rejected):
        return f"the CDN ({', '.join(sorted(authors))})"
    others = [users.written_by(p).hop for p in rejected if p not in known]
    if set(others) != {"unknown"}:
        raise Missing(f"why a page of the {others[0]} rejects requests through the CDN")
    if not logs.all_read(scene):
        raise Missing("the ingress logs since the last rejected request")
    return "the edge before the load balancer"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see whether users are served, and whom to allow."""
    url = quote(scene.target.url)
    first = users.failing(scene, *AS_A_USER)[0]
    look = NextStep(
        text="Request the URL with a browser, and with this command from another"
        f" network. If the browser shows the page and curl prints"
        f" {healthy(scene.target)}, users are served and only the monitor is rejected."
        f" {WITHOUT_STATUS}",
        command=status_of(url),
    )
    allow = NextStep(
        text="In the CDN's firewall events, find the rule that rejected the request"
        f" with X-Request-Id {first.request_id}. Allow the monitor there, e.g. by a"
        " secret header.",
    )
    return look, allow


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.CDN,
    title="The CDN rejects the monitor, perhaps not users",
    assess=assess,
    next_steps=next_steps,
)
