"""Edge: what happens to a request from the internet: names, CDN, load balancer.

In: a `PlatformSpec`, the health states of its targets, a request. Out: a response.
It does not: write probes; `outside` does.
"""

from dataclasses import replace

from bench.accuracy.platform import health, pages
from bench.accuracy.platform.ingress import refused_certificate
from bench.accuracy.platform.pages import Reply
from bench.accuracy.platform.parts import Cdn, Listen
from bench.accuracy.platform.request import (
    CLOSED,
    LATE,
    REFUSED,
    SEGMENT,
    SILENT,
    Request,
    Response,
)
from bench.accuracy.platform.spec import PlatformSpec

WAN = 0.012
CDN_CONNECTS = 5.0
"""Seconds after which a CDN stops waiting for a connection to its origin."""
GATEWAY = (502, 504)
CHALLENGE = (
    '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head>'
    "<body><noscript>Enable JavaScript and cookies to continue</noscript></body></html>"
)
"""Cloudflare's challenge, shortened (its documentation, Detect a challenge page)."""


def to_address(
    spec: PlatformSpec,
    states: health.Health,
    address: str,
    request: Request,
    *,
    fresh: bool,
) -> Response:
    """Send a request to the machine at an address; `fresh` bypasses a cache."""
    if spec.hidden.monitor == "route":
        return replace(SILENT, peer=address)
    balancer, cdn = spec.balancer, spec.cdn
    if address in spec.dead:
        return replace(SILENT, peer=address)
    if address in {balancer.ipv4, balancer.ipv6}:
        return replace(to_balancer(spec, states, request), peer=address)
    if cdn and address in cdn.addresses:
        return replace(_to_cdn(spec, states, cdn, request, fresh=fresh), peer=address)
    return replace(_elsewhere(spec, address), peer=address)


def _elsewhere(spec: PlatformSpec, address: str) -> Response:
    how = spec.names.elsewhere.get(address, "silent")
    if how == "silent":
        return SILENT
    if how == "refuse":
        return REFUSED
    return Response(reply=pages.recorded(how), connect=WAN)


def to_balancer(
    spec: PlatformSpec, states: health.Health, request: Request
) -> Response:
    """Send a request to the load balancer, on the port of users."""
    listen = spec.listen
    if listen is None:
        return REFUSED
    http = listen.protocol != "tcp"
    state = spec.conditions
    if state.limited and spec.rng.random() < state.limited:
        return replace(SILENT, connect=WAN)
    if listen.protocol == "https" and (
        bad := refused_certificate(spec, request, "balancer")
    ):
        return replace(bad, connect=WAN)
    if spec.lost_requests and request.at >= 0:
        spec.lost_requests -= 1
        return replace(_instead(listen, 502, 0.004, request), connect=WAN)
    response = _through_the_network(
        spec, listen, request, _forward(spec, states, listen, request)
    )
    if response.reply is not None:
        reply = response.reply.lowered() if http else response.reply
        return replace(response, reply=reply, connect=WAN)
    return replace(response, connect=WAN)


def _through_the_network(
    spec: PlatformSpec, listen: Listen, request: Request, response: Response
) -> Response:
    """Return what arrives of a response, if large packets to the balancer are lost."""
    lost, reply = spec.conditions.lost, response.reply
    if lost not in {"balancer", "balancer-all"} or reply is None:
        return response
    if listen.protocol == "tcp" and request.tls:
        # The ingress's certificate is longer than a packet.
        return replace(LATE, phase="tls")
    if len(reply.body) <= SEGMENT:
        return response
    if lost == "balancer":
        return replace(response, problem="timeout", phase="transfer")
    return _instead(listen, 504, spec.balancer.server_timeout, request)


def _forward(
    spec: PlatformSpec, states: health.Health, listen: Listen, request: Request
) -> Response:
    """Forward to a target that counts as healthy, or respond itself."""
    balancer = spec.balancer
    well = [
        t
        for t in balancer.targets
        if health.at(states, t, listen.port, request.at).healthy
    ]
    if not well:
        return _instead(listen, 503, 0.001, request)
    target = well[spec.turn(f"balancer:{listen.port}", len(well))]
    patience = min(request.patience, balancer.server_timeout)
    http = listen.protocol != "tcp"
    inner = replace(
        request,
        source="balancer",
        proxy=listen.proxy,
        tls=request.tls and not http,
        patience=patience,
    )
    response = health.reach(spec, target, listen.destination, inner)
    if response.reply is not None or response.certificate is not None:
        return response
    if response.phase == "connect":
        tries = balancer.retries + (response.problem == "timeout")
        wait = balancer.connect_timeout if response.problem == "timeout" else 1.0
        return _instead(listen, 503, tries * wait, request)
    if response.problem == "timeout":
        return _instead(listen, 504, balancer.server_timeout, request)
    return _instead(listen, 502, 0.002, request)


def _instead(listen: Listen, status: int, after: float, request: Request) -> Response:
    """Respond for a failed target; a tcp service can only close the connection."""
    if after >= request.patience:
        return replace(LATE, processing=request.patience)
    if listen.protocol == "tcp":
        phase = "tls" if request.tls else "processing"
        return replace(CLOSED, phase=phase, processing=after)
    return Response(reply=pages.haproxy(status), processing=after)


def _to_cdn(
    spec: PlatformSpec,
    states: health.Health,
    cdn: Cdn,
    request: Request,
    *,
    fresh: bool,
) -> Response:
    """Return what the CDN stored, the response of its origin, or its own page."""
    if cdn.denies is not None:
        return Response(reply=_refused(cdn, cdn.denies), connect=WAN, processing=0.001)
    if cdn.stored is not None and not fresh:
        return Response(reply=_replayed(cdn, cdn.stored), connect=WAN, processing=0.001)
    response = _origin(spec, states, cdn, request)
    if response.reply is not None:
        return replace(response, reply=_through(cdn, response.reply), connect=WAN)
    took = response.processing
    if response.phase == "connect":
        took = CDN_CONNECTS if response.problem == "timeout" else 0.004
    if response.problem == "timeout" and response.phase != "connect":
        return replace(LATE, processing=request.patience, connect=WAN)
    return Response(reply=_own(cdn, response), connect=WAN, processing=took)


def _origin(
    spec: PlatformSpec, states: health.Health, cdn: Cdn, request: Request
) -> Response:
    balancer = spec.balancer
    if cdn.origin not in {balancer.ipv4, balancer.ipv6}:
        return _elsewhere(spec, cdn.origin)
    if cdn.port != (443 if spec.scheme == "https" else 80):
        return REFUSED
    return to_balancer(spec, states, replace(request, patience=60.0))


def _replayed(cdn: Cdn, reply: Reply) -> Reply:
    if cdn.kind == "varnish":
        return reply.header(
            ("X-Varnish", "32770 65541"),
            ("Age", str(cdn.age)),
            ("Via", "1.1 varnish (Varnish/7.1)"),
        )
    if cdn.kind == "other":
        return reply  # some caches mark nothing
    return _cloudflare(reply, "HIT").header(("Age", str(cdn.age)))


def _through(cdn: Cdn, reply: Reply) -> Reply:
    if cdn.kind == "varnish":
        return reply.header(
            ("X-Varnish", "15"), ("Age", "0"), ("Via", "1.1 varnish (Varnish/7.1)")
        )
    if cdn.kind == "other":
        return reply
    if reply.status in GATEWAY:
        return _cloudflare(
            pages.made(
                reply.status,
                pages.REASONS[reply.status],
                "text/plain; charset=UTF-8",
                f"error code: {reply.status}",
            ),
            "DYNAMIC",
        )
    return _cloudflare(reply, "DYNAMIC")


def _own(cdn: Cdn, response: Response) -> Reply:
    """Return the CDN's own page for an origin that it cannot reach."""
    if cdn.kind == "varnish":
        return pages.recorded("varnish/503_director_no_healthy")
    if cdn.kind == "nginx":
        status = 504 if response.problem == "timeout" else 502
        return pages.own_page("ingress-nginx", status).header(("Server", "nginx"))
    if cdn.kind == "other":
        return _edge(503 if response.phase == "connect" else 502, "origin not reached")
    status = 522 if response.problem == "timeout" else 521
    if response.phase != "connect":
        status = 520
    page = pages.made(status, "", "text/plain; charset=UTF-8", f"error code: {status}")
    return _cloudflare(page, None)


def _refused(cdn: Cdn, status: int) -> Reply:
    """Return how a CDN rejects a user, without asking its origin."""
    if cdn.kind != "cloudflare":
        return _edge(status, "request refused")
    if cdn.challenges:
        page = pages.made(
            403,
            pages.REASONS[403],
            "text/html; charset=UTF-8",
            CHALLENGE,
            ("cf-mitigated", "challenge"),
        )
        return _cloudflare(page, None)
    body = f"error code: {1015 if status == 429 else 1020}"
    words = pages.REASONS[status]
    return _cloudflare(
        pages.made(status, words, "text/plain; charset=UTF-8", body), None
    )


def _edge(status: int, why: str) -> Reply:
    """Return the page of an unknown CDN."""
    body = f"<html><body><h1>Edge {status}</h1><p>{why}, ref 7f3a</p></body></html>\n"
    return pages.made(status, pages.REASONS[status], "text/html", body)


def _cloudflare(reply: Reply, cached: str | None) -> Reply:
    kept = tuple((n, v) for n, v in reply.headers if n.lower() != "server")
    cache_header = (("cf-cache-status", cached),) if cached else ()
    more = (("Server", "cloudflare"), *cache_header, ("CF-RAY", "8f1c2d3e4a5b6c7d-FRA"))
    return replace(reply, headers=(*kept, *more))
