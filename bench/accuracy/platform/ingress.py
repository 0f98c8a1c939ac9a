"""Ingress: how the controller responds: itself, or with a pod's response.

In: a `PlatformSpec`, an ingress pod, a request. Out: a response; a line in the log.
It does not: choose the ingress pod; `nodes` does.
Source: ingress-nginx, nginx.tmpl and the user guide's page on its log format.
"""

from dataclasses import dataclass, replace

from bench.accuracy.platform import pages
from bench.accuracy.platform.pages import Reply
from bench.accuracy.platform.parts import AppPod, IngressPod, Line
from bench.accuracy.platform.probes import when
from bench.accuracy.platform.request import (
    CLOSED,
    LATE,
    SILENT,
    Request,
    Response,
    cut,
    to_pod,
)
from bench.accuracy.platform.spec import PlatformSpec
from parallax.model.probe import Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How one pod responded to the ingress; `status` is what nginx logs for it."""

    pod: AppPod
    seconds: float
    status: int
    connected: bool = True
    reply: Reply | None = None


def to_ingress(
    spec: PlatformSpec, pod: IngressPod, request: Request, *, came_by: str, secure: bool
) -> Response:
    """Send a request to one ingress pod, from the node that the packet came through."""
    stopped = _stopped(spec, pod, request, came_by=came_by, secure=secure)
    if stopped is not None:
        return stopped
    refused = _wrong_protocol(spec, request, secure=secure)
    if refused is None and not secure:
        refused = _plain_refused(spec, pod, request)
    if refused is None and secure and spec.conditions.over_tls:
        refused = _own_response(spec, pod, request, spec.conditions.over_tls)
    return _serve(spec, pod, request) if refused is None else refused


def _stopped(
    spec: PlatformSpec, pod: IngressPod, request: Request, *, came_by: str, secure: bool
) -> Response | None:
    """Return how a connection ends before the ingress reads a request; None: not."""
    state = spec.conditions
    if pod.node in state.dead:
        return SILENT
    if cut(spec, came_by, pod.node, host_network=pod.host_network):
        return SILENT
    if state.resets and spec.rng.random() < state.resets:
        return replace(CLOSED, phase="tls" if request.tls else "processing")
    if secure and request.tls:
        return refused_certificate(spec, request, "ingress")
    return None


def _plain_refused(
    spec: PlatformSpec, pod: IngressPod, request: Request
) -> Response | None:
    """Return the response to a request without TLS where only TLS is served."""
    state, kind = spec.conditions, spec.ingress.kind
    redirects = state.redirects or spec.ingress.redirects
    loops = redirects and request.host in spec.ingress.hosts
    if loops or state.plain in pages.REDIRECTS:
        page = pages.redirect(kind, f"https://{request.host}/")
        return _own_response(spec, pod, request, page.status, page)
    return _own_response(spec, pod, request, state.plain) if state.plain else None


def refused_certificate(
    spec: PlatformSpec, request: Request, at: str
) -> Response | None:
    """Return the failed handshake, if the client refuses the certificate here."""
    bad = spec.conditions.certificate
    if bad is None or bad.at != at or not request.verify:
        return None
    shown = Certificate(
        subject=bad.subject,
        issuer=bad.issuer,
        not_after=when(bad.days * 86400),
        names=bad.names,
    )
    detail = f"certificate verification failed: {bad.detail}"
    return Response(problem="tls", phase="tls", detail=detail, certificate=shown)


def _wrong_protocol(
    spec: PlatformSpec, request: Request, *, secure: bool
) -> Response | None:
    """Return the response to a connection of another protocol; None: it fits."""
    ingress = spec.ingress
    nginx = ingress.kind == "ingress-nginx"
    if ingress.proxy_protocol and not request.proxy:
        # Traefik uses a PROXY line where there is one, and serves others as well.
        return None if ingress.kind == "traefik" else CLOSED
    unexpected = request.proxy and not ingress.proxy_protocol
    if unexpected and not secure:
        return Response(reply=pages.malformed(ingress.kind))
    if request.tls and (unexpected or not secure):
        return replace(CLOSED, problem="tls", phase="tls")
    if secure and not request.tls:
        page = pages.recorded("ingress-nginx/400_plain_http_to_https_port")
        return Response(reply=page) if nginx else CLOSED
    return None


def _serve(spec: PlatformSpec, pod: IngressPod, request: Request) -> Response:
    """Respond as the ingress does: with its own page, or a pod's response."""
    ingress = spec.ingress
    state = spec.conditions
    pathless = state.no_path or state.ignored or "/" not in ingress.paths
    if request.host not in ingress.hosts or pathless:
        return _own_response(spec, pod, request, 404)
    if pod.answers is not None:
        return _own_response(spec, pod, request, pod.answers)
    deny = ingress.deny
    met = deny and (request.source == "balancer" or deny.inside)
    if deny and met and spec.rng.random() < deny.share:
        return _own_response(spec, pod, request, deny.status)
    if spec.conditions.external:
        return _own_response(spec, pod, request, spec.conditions.external)
    ready = spec.endpoints()
    if not ready:
        return _own_response(spec, pod, request, 503)
    first = spec.turn(f"app:{pod.name}", len(ready))
    tries = range(min(ingress.tries, len(ready)))
    return _proxy(spec, pod, request, [ready[(first + n) % len(ready)] for n in tries])


def _proxy(
    spec: PlatformSpec, pod: IngressPod, request: Request, tried: list[AppPod]
) -> Response:
    """Try pods one after the other, as `proxy_next_upstream error timeout` does."""
    spent = 0.001
    last = _attempt(spec, pod, request, tried[0])
    for number, app in enumerate(tried):
        last = _attempt(spec, pod, request, app) if number else last
        spent += last.seconds
        if spent > request.patience:
            left = Attempt(pod=app, seconds=request.patience, status=0)
            _write(spec, pod, request, 499, left, request.patience)
            return replace(LATE, processing=request.patience)
        if last.reply is not None:
            _write(spec, pod, request, last.status, last, spent)
            return Response(reply=_passed(spec, last.reply, last), processing=spent)
    kind = spec.ingress.kind
    unconnected = not last.connected and kind in {"envoy", "haproxy"}
    page = pages.own_page(kind, 503 if unconnected else last.status)
    if unconnected and kind == "envoy":
        page = replace(page, body=pages.UNCONNECTED)
    _write(spec, pod, request, page.status, last, spent)
    return Response(reply=page, processing=spent)


def _attempt(
    spec: PlatformSpec, pod: IngressPod, request: Request, app: AppPod
) -> Attempt:
    """Send a request to one pod; return it as the ingress would log it."""
    ingress = spec.ingress
    inner = replace(request, source=pod.node, patience=1e9, by_pod=not pod.host_network)
    response = to_pod(spec, app, inner)
    late = response.problem == "timeout" or response.processing > ingress.read_timeout
    if late:
        connecting = response.phase == "connect" and response.problem is not None
        wait = ingress.connect_timeout if connecting else ingress.read_timeout
        return Attempt(pod=app, seconds=wait, status=504, connected=not connecting)
    if response.reply is None:
        # HAProxy waits a second before it retries (its manual, "retries").
        wait = 1.0 if ingress.kind == "haproxy" else 0.0
        return Attempt(pod=app, seconds=wait, status=502, connected=False)
    if ingress.unusable and spec.rng.random() < ingress.unusable:
        return Attempt(pod=app, seconds=response.processing, status=502)
    status = response.reply.status
    if spec.conditions.unusable and spec.rng.random() < spec.conditions.unusable:
        return Attempt(pod=app, seconds=response.processing, status=502)
    return Attempt(
        pod=app, seconds=response.processing, status=status, reply=response.reply
    )


def _passed(spec: PlatformSpec, reply: Reply, last: Attempt) -> Reply:
    """Pass a pod's response on, with the changes of each kind of ingress."""
    kind = spec.ingress.kind
    if kind == "ingress-nginx":
        kept = tuple((n, v) for n, v in reply.headers if n.lower() != "server")
        return replace(reply, headers=kept)
    if kind == "envoy":
        took = ("x-envoy-upstream-service-time", f"{last.seconds * 1000:.0f}")
        bare = tuple((n, v) for n, v in reply.lowered().headers if n != "server")
        return replace(reply, headers=(*bare, took, ("server", "envoy")))
    return reply.lowered() if kind == "haproxy" else reply


def _own_response(
    spec: PlatformSpec,
    pod: IngressPod,
    request: Request,
    status: int,
    page: Reply | None = None,
) -> Response:
    """Respond without a pod; nginx sends an unknown host to its default backend."""
    asked = status == 404 and spec.ingress.kind == "ingress-nginx"
    line = Line(
        request_id=request.request_id,
        at=request.at,
        node=pod.node,
        pod=pod.name,
        status=status,
        upstream="upstream-default-backend" if asked else _upstream(spec),
        address="127.0.0.1:8181" if asked else None,
        upstream_status=404 if asked else None,
        length=146 if asked else None,
        seconds=0.001,
        upstream_seconds=0.001 if asked else None,
    )
    spec.log.append(line)
    return Response(reply=page or pages.own_page(spec.ingress.kind, status))


def _upstream(spec: PlatformSpec) -> str:
    return f"{spec.namespace}-{spec.service}-80"


def _write(  # noqa: PLR0913, PLR0917 - one argument for each part of the line
    spec: PlatformSpec,
    pod: IngressPod,
    request: Request,
    status: int,
    last: Attempt,
    seconds: float,
) -> None:
    """Write a line; length 0: no pod responded, none: the client had left."""
    app, gone = last.pod, not last.status
    length = len(last.reply.body.encode()) if last.reply else 0
    address = f"[{app.address}]" if ":" in app.address else app.address
    spec.log.append(
        Line(
            request_id=request.request_id,
            at=request.at + seconds,
            node=pod.node,
            pod=pod.name,
            status=status,
            upstream=_upstream(spec),
            address=f"{address}:{app.port}",
            upstream_status=None if gone else last.status,
            length=None if gone else length,
            seconds=seconds,
            upstream_seconds=last.seconds,
        )
    )
