"""Probes: a response as the model's `Probe`.

In: a response, and who sent the request. Out: a `Probe`.
It does not: send.
"""

from datetime import UTC, datetime, timedelta

from bench.accuracy.platform.request import Response
from parallax.model.probe import ErrorType, Phases, Probe, Role

BEGAN = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
"""The start of the judged run: second 0 of every case."""
KEPT = 2048
SEGMENT = 1200
"""Bytes of a page that arrive before it is cut."""


def when(seconds: float) -> datetime:
    """Return an instant of a case."""
    return BEGAN + timedelta(seconds=seconds)


def probe(  # noqa: PLR0913 - one argument for each thing that differs
    response: Response,
    *,
    role: Role,
    request_id: str,
    url: str,
    host: str,
    at: datetime,
    port: int,
    limit: float,
    resolve: float | None = None,
    tls: bool = False,
    healthy: tuple[int, ...] = (200,),
    node: str | None = None,
    pod: str | None = None,
    peer_node: str | None = None,
    proxy_protocol: bool = False,
) -> Probe:
    """Return the probe that received this response."""
    reply, problem, phase = response.reply, response.problem, response.phase
    if reply is not None and response.processing >= limit:
        reply, problem, phase = None, "timeout", "processing"
    cut = reply is not None and problem is not None
    connected = not (problem and phase in {"connect", "resolve"})
    shaken = connected and not (problem and phase == "tls")
    waited = limit if problem == "timeout" and not cut else response.processing
    phases = Phases(
        resolve=resolve,
        connect=(limit if problem == "timeout" else response.connect)
        if not connected and phase == "connect"
        else (response.connect if connected else None),
        tls=(0.015 if shaken else waited) if tls and connected else None,
        processing=waited if shaken else None,
        transfer=(limit if cut else 0.0002) if reply else None,
    )
    spent = (phases.resolve, phases.connect, phases.tls, phases.processing)
    body = reply.body if reply else ""
    body = body[:SEGMENT] if cut else body
    return Probe(
        role=role,
        request_id=request_id,
        url=url,
        started_at=at,
        healthy=reply is not None and reply.status in healthy and not cut,
        duration=min(sum(x or 0 for x in spent), limit),
        server_address=host,
        peer_address=response.peer,
        peer_port=port,
        phases=phases,
        status_code=reply.status if reply else None,
        reason=reply.reason if reply else None,
        headers=reply.headers if reply else (),
        body=body[:KEPT],
        body_bytes=len(body.encode()),
        body_truncated=len(body) > KEPT or cut,
        certificate=response.certificate,
        error_type=ErrorType(problem) if problem else None,
        error_phase=phase if problem else None,
        error_detail=response.detail,
        node=node,
        pod=pod,
        peer_node=peer_node,
        proxy_protocol=proxy_protocol,
    )
