"""Ingress: how the controller answers: by itself, or with what a pod says.

In: a `PlatformSpec`, an ingress pod, a request. Out: what came back; a line in the log.
It does not: choose the ingress pod; `nodes` does.
Source: ingress-nginx's template and log format (reference signatures.md, section 2).
"""

from dataclasses import dataclass, replace

from bench.accuracy.platform import pages
from bench.accuracy.platform.pages import Reply
from bench.accuracy.platform.parts import AppPod, IngressPod, Line
from bench.accuracy.platform.request import CLOSED, LATE, SILENT, Ask, Got, cut, to_pod
from bench.accuracy.platform.spec import PlatformSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How one pod answered the ingress; `status` is nginx's word for it."""

    pod: AppPod
    seconds: float
    status: int
    connected: bool = True
    reply: Reply | None = None


def to_ingress(
    spec: PlatformSpec, pod: IngressPod, ask: Ask, *, came_by: str, secure: bool
) -> Got:
    """Ask one ingress pod, from the node that the packet came by."""
    if cut(spec, came_by, pod.node, host_network=pod.host_network):
        return SILENT
    refused = _at_the_door(spec, ask, secure=secure)
    return _serve(spec, pod, ask) if refused is None else refused


def _at_the_door(spec: PlatformSpec, ask: Ask, *, secure: bool) -> Got | None:
    """Return what comes of a connection that speaks another protocol."""
    ingress = spec.ingress
    nginx = ingress.kind == "ingress-nginx"
    if ingress.proxy_protocol and not ask.proxy:
        return CLOSED
    unexpected = ask.proxy and not ingress.proxy_protocol
    if unexpected and not secure:
        return Got(reply=pages.own_page("ingress-nginx", 400))
    if ask.tls and (unexpected or not secure):
        return replace(CLOSED, problem="tls", phase="tls")
    if secure and not ask.tls:
        page = pages.recorded("ingress-nginx/400_plain_http_to_https_port")
        return Got(reply=page) if nginx else CLOSED
    return None


def _serve(spec: PlatformSpec, pod: IngressPod, ask: Ask) -> Got:
    """Answer as the ingress does: its own page, or what a pod says."""
    ingress = spec.ingress
    if ask.host not in ingress.hosts:
        return _by_itself(spec, pod, ask, 404)
    if pod.answers is not None:
        return _by_itself(spec, pod, ask, pod.answers)
    deny = ingress.deny
    met = deny and (ask.source == "balancer" or deny.inside)
    if deny and met and spec.rng.random() < deny.share:
        return _by_itself(spec, pod, ask, deny.status)
    ready = spec.endpoints()
    if not ready:
        return _by_itself(spec, pod, ask, 503)
    first = spec.turn(f"app:{pod.name}", len(ready))
    tries = range(min(ingress.tries, len(ready)))
    return _proxy(spec, pod, ask, [ready[(first + n) % len(ready)] for n in tries])


def _proxy(spec: PlatformSpec, pod: IngressPod, ask: Ask, tried: list[AppPod]) -> Got:
    """Try pods one after the other, as `proxy_next_upstream error timeout` does."""
    spent = 0.001
    last = _attempt(spec, pod, ask, tried[0])
    for number, app in enumerate(tried):
        last = _attempt(spec, pod, ask, app) if number else last
        spent += last.seconds
        if spent > ask.patience:
            left = Attempt(pod=app, seconds=ask.patience, status=0)
            _write(spec, pod, ask, 499, left, ask.patience)
            return replace(LATE, processing=ask.patience)
        if last.reply is not None:
            _write(spec, pod, ask, last.status, last, spent)
            return Got(reply=_passed(spec, last.reply, last), processing=spent)
    kind = spec.ingress.kind
    unconnected = not last.connected and kind in {"envoy", "haproxy"}
    page = pages.own_page(kind, 503 if unconnected else last.status)
    if unconnected and kind == "envoy":
        page = replace(page, body=pages.UNCONNECTED)
    _write(spec, pod, ask, page.status, last, spent)
    return Got(reply=page, processing=spent)


def _attempt(spec: PlatformSpec, pod: IngressPod, ask: Ask, app: AppPod) -> Attempt:
    """Ask one pod, and say how the ingress would log it."""
    ingress = spec.ingress
    got = to_pod(spec, app, replace(ask, source=pod.node, patience=1e9))
    late = got.problem == "timeout" or got.processing > ingress.read_timeout
    if late:
        connecting = got.phase == "connect" and got.problem is not None
        wait = ingress.connect_timeout if connecting else ingress.read_timeout
        return Attempt(pod=app, seconds=wait, status=504, connected=not connecting)
    if got.reply is None:
        # HAProxy waits a second before it tries again (signatures.md, section 3.1).
        wait = 1.0 if ingress.kind == "haproxy" else 0.0
        return Attempt(pod=app, seconds=wait, status=502, connected=False)
    status = got.reply.status
    return Attempt(pod=app, seconds=got.processing, status=status, reply=got.reply)


def _passed(spec: PlatformSpec, reply: Reply, last: Attempt) -> Reply:
    """Hand on a pod's answer with what each kind changes of it."""
    kind = spec.ingress.kind
    if kind == "ingress-nginx":
        kept = tuple((n, v) for n, v in reply.headers if n.lower() != "server")
        return replace(reply, headers=kept)
    if kind == "envoy":
        took = ("x-envoy-upstream-service-time", f"{last.seconds * 1000:.0f}")
        bare = tuple((n, v) for n, v in reply.lowered().headers if n != "server")
        return replace(reply, headers=(*bare, took, ("server", "envoy")))
    return reply.lowered() if kind == "haproxy" else reply


def _by_itself(spec: PlatformSpec, pod: IngressPod, ask: Ask, status: int) -> Got:
    """Answer without a pod; an unknown host goes to nginx's own default backend."""
    asked = status == 404 and spec.ingress.kind == "ingress-nginx"
    line = Line(
        request_id=ask.request_id,
        at=ask.at,
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
    return Got(reply=pages.own_page(spec.ingress.kind, status))


def _upstream(spec: PlatformSpec) -> str:
    return f"{spec.namespace}-{spec.service}-80"


def _write(  # noqa: PLR0913, PLR0917 - one argument for each part of the line
    spec: PlatformSpec,
    pod: IngressPod,
    ask: Ask,
    status: int,
    last: Attempt,
    seconds: float,
) -> None:
    """Write a line; length 0 where no pod answered, none where nobody waited."""
    app, gone = last.pod, not last.status
    length = len(last.reply.body.encode()) if last.reply else 0
    address = f"[{app.address}]" if ":" in app.address else app.address
    spec.log.append(
        Line(
            request_id=ask.request_id,
            at=ask.at + seconds,
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
