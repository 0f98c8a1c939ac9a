"""The CDN responds with its own error because it cannot reach the load balancer.

Meaning: the CDN uses a wrong address or port for its origin, or the network between it
and the load balancer is broken. It then writes an error page of its own.

Impact: everything that it has not stored fails for all users of the CDN. The load
balancer and everything behind it work, and none of these requests arrives.

Diagnosis: nearly all failing responses are the CDN's own errors (500 and above), and
none is a replay. Direct requests to the load balancer's own address succeed. Every
ingress log was read since, and contains none of the failing requests; Cloudflare's
statuses 521 to 523 show that without a log. If the page has
no known writer, cache-buster requests must fail as well. This cause is ruled
out if the CDN wrote no failing response and passes on a cache-buster request.

Neighbors: a page that the CDN stored is `cache-replays-error`. If direct requests to
the load balancer fail too, the CDN may only report that, and the causes behind it
apply. This one is also true if direct requests get further than the CDN's. A line in
the ingress log shows that the CDN reached the ingress; then this cause stays
undetermined. The same holds for a CDN that rejects users (403, 429).

Mitigation: correct the CDN's origin (address, port, protocol, Host, SNI). Check whether
the load balancer's address changed.

Source: Varnish documentation (`Backend fetch failed`); responses captured from Varnish.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.curl import healthy, status_of
from parallax.evidence import balancer, logs, users
from parallax.evidence.reading import Hidden, Missing, Unreached
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, Probe, Role

ID = "cdn-cannot-reach-origin"
BROKEN = 500
NO_CONNECTION = frozenset({521, 522, 523})
"""Cloudflare's statuses for an origin to which it cannot connect (5xx errors)."""
_ACTIVE_VCL = (
    "varnishadm vcl.show"
    """ "$(varnishadm vcl.list | awk '$1 == "active" {print $NF}')\""""
    r" | grep -E '\.(host|port)'"
)
"""Shows the backends of the VCL in use; `backend.list` has neither host nor port
(varnish-cli(7))."""
_CORRECT = (
    "If the origin is 127.0.0.1, it can be a local TLS proxy (e.g. hitch): check where"
    " the proxy connects to. Correct any other address in the VCL file, and activate"
    " it (`varnishadm vcl.load`, then `vcl.use`)."
)
"""What to do with the backends that the command shows."""
REQUESTS = 5
"""Fewest failing requests that show where all of the CDN's requests end."""
NEARLY_ALL = 0.9
"""Minimum share of the CDN's own pages among failing responses: ten of eleven."""


def assess(scene: Scene) -> Assessment:
    """Check whether the CDN itself fails while the origin works."""
    requests = users.failed(scene)
    if not scene.target.reached.cdn:
        return refuted(ID, "no CDN is configured")
    direct = users.outside(scene, Role.DIRECT)
    if bad := [p for p in direct if not p.healthy]:
        raise _hidden_or_proven(scene, requests, bad)
    if served := _served(scene, requests):
        return refuted(ID, served)
    own = _failed_alone(scene, requests, direct)
    share = of(len(own), len(requests))
    return supported(
        ID,
        f"{_source(own[0])} wrote {share} failing responses ({own[0].status_code})",
        f"direct requests to the load balancer get {direct[0].status_code}",
        "its status means that it cannot connect to its origin"
        if _got_no_connection(own)
        else "no ingress log contains any of the failing requests",
    )


def _hidden_or_proven(
    scene: Scene, requests: tuple[Probe, ...], bad: list[Probe]
) -> Missing:
    """Return what a failing origin leaves open: whether the CDN reaches it at all.

    It does not if direct requests get further than those of the CDN.
    """
    answer = str(bad[0].status_code or bad[0].error_type).replace("_", " ")
    fault = f"requests sent directly to the load balancer fail too ({answer})"
    what = "a direct request that succeeds"
    try:
        own = _failed_alone(scene, requests, tuple(bad))
    except Missing:
        return Hidden(what, evidence=(fault,))
    further = _direct_gets_further(scene, bad, own)
    if len(requests) < REQUESTS or further is None:
        return Hidden(what, evidence=(fault,))
    share = of(len(own), len(requests))
    page = f"{_source(own[0])} wrote {share} failing responses ({own[0].status_code})"
    return Unreached(what, evidence=(page, further))


def _direct_gets_further(
    scene: Scene, bad: list[Probe], own: list[Probe]
) -> str | None:
    """Return that direct requests get further than those of the CDN; None: unknown.

    The ingress log shows it, or a CDN's status that means that it got no connection. A
    CDN may write any other page of its own in place of the origin's error.
    """
    if logs.sightings(scene, Role.DIRECT):
        return "the ingress log contains a direct request, and none of the CDN's"
    unconnected = all(
        p.status_code in NO_CONNECTION and users.written_by(p).hop == "cdn" for p in own
    )
    answered = [p.status_code for p in bad if p.status_code is not None]
    if not unconnected or len(answered) < len(bad):
        return None
    return (
        f"the load balancer's address responds {answered[0]} to direct requests, and"
        f" the CDN's {own[0].status_code} means that it got no connection"
    )


def _own_page(probe: Probe) -> bool:
    """Return whether the CDN wrote an error of its own.

    An unknown CDN's page has no known marks. A status below 500 means that it rejects
    users, which is not this cause.
    """
    author = users.written_by(probe)
    if author.how == "replayed" or (probe.status_code or 0) < BROKEN:
        return False
    if users.challenged(probe):
        return False
    return author.hop in {"cdn", "unknown"}


def _served(scene: Scene, requests: tuple[Probe, ...]) -> str | None:
    """Return that the CDN reaches the load balancer; None: not shown.

    It wrote none of the failing responses, and passes on what it cannot have stored.
    """
    fresh = users.outside(scene, Role.CACHE_BUSTER)
    if not fresh or not all(p.healthy and scene.sightings_of(p) for p in fresh):
        return None
    if any(_own_page(p) or not users.connected(scene, p) for p in requests):
        return None
    return (
        f"the CDN itself wrote none of {len(requests)} failing responses; a request"
        " with a unique URL reaches the ingress through it and succeeds"
    )


def _source(probe: Probe) -> str:
    author = users.written_by(probe)
    is_known = author.hop == "cdn"
    return f"the CDN ({author.writer}) itself" if is_known else "an unknown CDN"


def _failed_alone(
    scene: Scene, requests: tuple[Probe, ...], direct: tuple[Probe, ...]
) -> list[Probe]:
    """Return the CDN's own pages, if only the CDN failed."""
    if no_connection := users.without_connection(scene):
        raise Missing(f"a response to users ({no_connection})")
    if not direct:
        raise Missing("a direct request to the load balancer's own address")
    own = [p for p in requests if _own_page(p)]
    connected = [p for p in requests if users.connected(scene, p)]
    if not own or len(own) < NEARLY_ALL * len(connected):
        share = of(len(own), len(connected)) if own else f"none of {len(connected)}"
        what = f"error pages that the CDN itself wrote ({share} failing responses)"
        raise Missing(what)
    fresh = users.outside(scene, Role.CACHE_BUSTER)
    unmarked = [p for p in own if users.written_by(p).hop != "cdn"]
    if unmarked and (not fresh or any(p.healthy for p in fresh)):
        what = "failing cache-buster requests, which show that the page is not stored"
        raise Missing(what)
    if logs.sightings(scene, *AS_A_USER, Role.CACHE_BUSTER):
        raise Missing("the reason why the ingress log contains these requests")
    if not (_got_no_connection(own) or logs.all_read(scene)):
        raise Missing("the ingress logs since the last failing request")
    return own


def _got_no_connection(own: list[Probe]) -> bool:
    """Return whether each page states that no request arrived, with or without logs."""
    known = (users.written_by(p).writer == "cloudflare" for p in own)
    return all(known) and all(p.status_code in NO_CONNECTION for p in own)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to compare the CDN's origin with the load balancer."""
    url, host = scene.target.url, scene.target.host
    port, name = users.listen_port(scene), balancer.name(scene)
    own = sorted(balancer.addresses(scene))
    address = own[0] if own else "BALANCER"
    bypass = NextStep(
        text=_bypass(scene),
        command=status_of(quote(url), f"--resolve {host}:{port}:{address}"),
    )
    between = NextStep(
        text="If the origin is right and step 2 got a status, the CDN most likely holds"
        " the origin sick. On Varnish's host, `varnishadm backend.list` shows that; for"
        " another CDN, look in its console. If it is sick, compare the URL, host and"
        " status that the CDN's health check expects. If it is not, its log states why"
        " a request failed (Varnish: `varnishlog -g request -q FetchError`)."
    )
    right = f"{name}: {address}, port {_listens(scene)}"
    return _origin(scene, right), bypass, between


def _bypass(scene: Scene) -> str:
    """Return where to send a request without the CDN, and what its result means."""
    good, cdn = healthy(scene.target), _writer(scene)
    hosted = cdn in {None, "varnish"}
    where = "On Varnish's host" if cdn else "On the CDN's host, if you can log in there"
    place = where if hosted else "On any machine outside the cluster"
    lost = (
        "000 there means that something between the CDN and the load balancer drops or"
        " rejects the connection: look for a firewall rule about the CDN's addresses."
        " On any other machine, 000 shows only that this machine gets no response."
        if hosted
        else "000 means that the load balancer does not respond to this machine; the"
        " CDN's own way to it remains untested."
    )
    return (
        f"{place}, request the page from the load balancer, without the CDN. {good}"
        f" shows that the way to it works. {lost} `curl: (28)` is a timeout,"
        " `curl: (7)` no connection."
    )


def _writer(scene: Scene) -> str | None:
    """Return the CDN whose error page users get; None: not known."""
    authors = (users.written_by(p) for p in users.failed(scene))
    return next((a.writer for a in authors if a.hop == "cdn"), None)


def _origin(scene: Scene, right: str) -> NextStep:
    """Return how to see the CDN's origin; `right` is what it must be."""
    cdn = _writer(scene)
    if cdn == "varnish":
        text = f"On Varnish's host, check that its origin is {right}. {_CORRECT}"
        return NextStep(text=text, command=_ACTIVE_VCL)
    if cdn:
        text = f"In the console of {cdn}, check the origin, and correct it if needed:"
        return NextStep(text=f"{text} {right}.")
    return NextStep(
        text=f"In the CDN's console, check that the origin is {right}, and correct it"
        f" if needed. If the CDN is Varnish, run the command on its host. {_CORRECT}",
        command=_ACTIVE_VCL,
    )


def _listens(scene: Scene) -> str:
    """Return the load balancer's ports; if not read, the one that users use."""
    lb = scene.load_balancer
    services = lb.services if lb else ()
    ports = {s.listen_port: s.protocol for s in services}
    shown = [f"{p} (TLS)" if ports[p] == "https" else str(p) for p in sorted(ports)]
    return " or ".join(shown or [str(users.listen_port(scene))])


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.CDN,
    title="The CDN cannot reach the load balancer",
    assess=assess,
    next_steps=next_steps,
)
