"""The CDN answers with its own error: it does not get to the load balancer.

Meaning: the cache in front fetches from a wrong address or port, or the way between it
and the balancer is broken, and so it writes an error page of its own.

Impact: whatever it has not kept fails for everybody who comes through it. The balancer
and all behind it are well, and none of these requests arrives.

Diagnosis: nearly all failing answers are the CDN's own page, and none a replay; the
balancer's own address, asked directly, answers well; every ingress log was read since,
and holds none of the failing requests.

Neighbors: a page that the CDN kept is `cache-replays-error`. Where the balancer fails
when asked directly, the CDN only says so, and the balancer's causes are asked. A line
in the ingress log shows that the CDN got through: unknown.

Mitigation: correct the CDN's origin (address, port, protocol, Host, SNI); look whether
it moved with the balancer.

Source: reference signatures.md, sections 1 and 3 (Varnish `Backend fetch failed`).
"""

from shlex import quote

from parallax.causes import evidence
from parallax.causes.cause import Cause, refuted, supported, unknown
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot

ID = "cdn-cannot-reach-origin"
NEARLY_ALL = 0.9
"""Share of the failing answers that are to be the CDN's own: ten of eleven."""


def assess(snapshot: Snapshot) -> Assessment:
    """Ask whether the CDN itself fails before an origin that is well."""
    users = evidence.failing(snapshot, *evidence.AS_A_USER)
    if not users:
        return unknown(ID, "no failing probe from outside")
    if not snapshot.target.reached.cdn:
        return refuted(ID, "no CDN is configured")
    direct = evidence.outside(snapshot, Role.DIRECT)
    if bad := [p for p in direct if not p.healthy]:
        answer = bad[0].status_code or bad[0].error_type
        return refuted(ID, f"past the CDN it fails too (direct: {answer})")
    own = [p for p in users if _own_page(p)]
    met = [p for p in users if evidence.connected(snapshot, p)]
    if missing := _missing(snapshot, direct, own, met):
        return unknown(ID, missing)
    author = evidence.written_by(own[0])
    share = evidence.of(len(own), len(users))
    return supported(
        ID,
        f"{share} failing answers are {author.writer}'s own {own[0].status_code}",
        f"past it the balancer answers {direct[0].status_code}",
        "no ingress log holds any of the failing requests",
    )


def _own_page(probe: Probe) -> bool:
    author = evidence.written_by(probe)
    return author.hop == "cdn" and author.how != "replayed"


def _missing(
    snapshot: Snapshot, direct: tuple[Probe, ...], own: list[Probe], met: list[Probe]
) -> str | None:
    """Say what is missing for the CDN alone to have failed."""
    if gone := evidence.lost(snapshot):
        return gone
    if not direct:
        return "a request past the CDN, to the balancer's own address"
    if not own or len(own) < NEARLY_ALL * len(met):
        rest = evidence.of(len(met) - len(own), len(met))
        return f"who wrote {rest} failing answers, which are not the CDN's own page"
    if evidence.sightings(snapshot, *evidence.AS_A_USER):
        return "why the ingress log has requests that the CDN answered itself"
    if not evidence.logs_were_read(snapshot):
        return "the ingress logs since the last failing request"
    return None


def next_steps(snapshot: Snapshot) -> tuple[NextStep, ...]:
    """Tell how to compare the CDN's origin with the balancer."""
    url, host = snapshot.target.url, snapshot.target.host
    port, name = evidence.listen_port(snapshot), evidence.balancer_name(snapshot)
    own = sorted(evidence.addresses(snapshot))
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
