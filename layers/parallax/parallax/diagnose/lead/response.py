"""Response: failing requests that got a response.

In: a scene. Out: an observation, or None. It does not: name a cause.
"""

from shlex import quote

from parallax.diagnose.lead.at_the_balancer import at_the_balancer
from parallax.diagnose.lead.observation import (
    EVERYWHERE,
    IN_THE_CLUSTER,
    UNREACHED,
    Observation,
    alike,
    share,
)
from parallax.evidence import redirects, users
from parallax.evidence.scene import Scene
from parallax.model.judgement import Hop, NextStep
from parallax.model.probe import Probe

_REDIRECTS = range(300, 400)
_WHERE = {
    "cdn": frozenset({Hop.CDN}),
    "load-balancer": frozenset({Hop.LOAD_BALANCER, Hop.NODE}),
    "ingress": IN_THE_CLUSTER,
    "pod": frozenset({Hop.POD}),
}
"""Where the fault can be, by the hop that wrote the response."""
UNKNOWN = "unknown"
"""The writer of a response without a mark."""


def cut_off(scene: Scene) -> Observation | None:
    """Observe that a response began and did not arrive completely."""
    probes = alike(scene)
    if not probes or probes[0].error_phase != "transfer":
        return None
    first = probes[0]
    announced = users.header(first, "content-length")
    of_all = f" of {announced}" if announced else ""
    return Observation(
        text=f"the response ({first.status_code}) began and did not arrive completely:"
        f" {first.body_bytes}{of_all} bytes ({share(scene, probes)})",
        excludes="A server accepted the request and began its response, so neither the"
        " name, the certificate nor the route is at fault.",
        hops=EVERYWHERE - {Hop.DNS},
        step=NextStep(
            text="Request a small and a large page. If only large ones are cut, packets"
            " above the path's MTU are lost. If both are cut, a proxy or the app closes"
            " the connection during the response.",
            command="curl -sS -o /dev/null -w '%{http_code} %{size_download} bytes,"
            f" %{{time_total}} s\\n' {quote(scene.target.url)}",
        ),
    )


def redirected(scene: Scene) -> Observation | None:
    """Observe a redirect, and whether it leads to the same URL again."""
    probes = alike(scene)
    if not probes or probes[0].status_code not in _REDIRECTS:
        return None
    first, url = probes[0], scene.target.url
    to = users.header(first, "location")
    loops = redirects.leads_back(first)
    where = f" to {to}" if to else ""
    again = ", the URL that was requested" if loops else ""
    return Observation(
        text=f"{_redirector(first)} redirects{where}{again}"
        f" ({first.status_code}; {share(scene, probes)})",
        excludes="A server responded, so the connection works.",
        hops=_WHERE.get(users.written_by(first).hop, EVERYWHERE),
        step=NextStep(
            text="Follow the redirects. If the same URL repeats, it is a redirect loop:"
            " probably TLS ends before the server that redirects. Let that server trust"
            ' X-Forwarded-Proto (ingress-nginx: `use-forwarded-headers: "true"`), or'
            ' stop its redirect (annotation `ssl-redirect: "false"`). If they end at a'
            " good page, this is a false alarm: watch that page's URL instead.",
            command=f"curl -sSIL --max-redirs 5 {quote(url)}",
        ),
    )


def _redirector(probe: Probe) -> str:
    """Return who wrote a redirect; most have no mark of their server."""
    author = users.author_text(probe)
    return "a server" if author == UNKNOWN else author


def stored(scene: Scene) -> Observation | None:
    """Observe that a cache sends a stored response."""
    probes = alike(scene)
    if not probes or users.written_by(probes[0]).how != "replayed":
        return None
    url = quote(scene.target.url)
    return Observation(
        text=f"a cache sends a stored {probes[0].status_code} ({share(scene, probes)})",
        excludes="",
        step=NextStep(
            text="Request the URL past the cache. If the response is good, purge the"
            " cache. If it is the same error, the origin still fails.",
            command=f"curl -sS -o /dev/null -D - -H 'Cache-Control: no-cache' {url}",
        ),
    )


def written(scene: Scene) -> Observation | None:
    """Observe which hop wrote the response."""
    probes = alike(scene)
    if not probes or probes[0].status_code is None:
        return None
    first, hop = probes[0], users.written_by(probes[0]).hop
    if hop not in _WHERE:
        return None
    return Observation(
        text=f"{users.author_text(first)} responded {first.status_code}"
        f" ({share(scene, probes)})",
        excludes=_PASSED.get(hop, ""),
        hops=_WHERE[hop],
        excluded=UNREACHED if hop == "load-balancer" else frozenset(),
        step=_at_the_writer(scene, hop),
    )


_PASSED = {
    "ingress": "The requests reached the ingress, so the name, the load balancer and"
    " the way to the node work.",
    "pod": "The requests reached a pod, so every hop before it works.",
    "load-balancer": "The requests reached the load balancer, so the name works.",
}


def _at_the_writer(scene: Scene, hop: str) -> NextStep:
    url, reached = quote(scene.target.url), scene.target.reached
    if hop == "load-balancer":
        text = "Check the health of the load balancer's targets."
        return at_the_balancer(scene, text)
    if hop == "ingress" and reached.cluster:
        space = quote(reached.ingress_namespace or "ingress-nginx")
        return NextStep(
            text="Read the ingress controller's log. Its lines about this host name the"
            " upstream and the error.",
            command=f"kubectl -n {space} get pods -o name | xargs -I POD kubectl"
            f" -n {space} logs POD --since=10m | grep {quote(scene.target.host)}",
        )
    if hop == "pod" and reached.namespace:
        return NextStep(
            text="Read the log of the pods for the time of these requests.",
            command=f"kubectl -n {quote(reached.namespace)} get pods -o wide",
        )
    return NextStep(
        text="Request the URL from another network. If it works there, this server"
        " rejects the addresses of Parallax.",
        command=f"curl -sv --http1.1 -o /dev/null {url}",
    )


def unattributed(scene: Scene) -> Observation | None:
    """Observe a response that shows no writer: its status and `Server` header."""
    probes = alike(scene)
    if not probes or probes[0].status_code is None:
        return None
    first = probes[0]
    server = users.header(first, "server")
    by = f"Server: {server}" if server else "no Server header"
    return Observation(
        text=f"{share(scene, probes)} got {first.status_code} ({by}); the response does"
        " not show which hop wrote it",
        excludes="Some server responded, so the name and the connection work.",
        hops=EVERYWHERE - {Hop.DNS},
        step=NextStep(
            text="Compare the response with the one at an ingress pod. If both are the"
            " same, it comes from the ingress or from a pod.",
            command=f"curl -sS -D - {quote(scene.target.url)} | head -c 2000",
        ),
    )
