"""Drawing: a probe as lines for the terminal.

In: a `Probe`. Out: lines for `page`: the response, a waterfall of the phases, the
certificate, the headers. It does not: print, or judge beyond healthy or not.
"""

from collections.abc import Iterator
from datetime import timedelta

from rich.text import Text

from parallax.cli.page import Line
from parallax.model.probe import Certificate, Phases, Probe

WIDTH = 48
"""Most columns of the waterfall's bar."""
BESIDE = 28
"""Columns of a line beside its bar."""
NAME = 11
"""Columns of the name before the bar; the longest is `certificate`."""
DAYS_RED = 7
DAYS_YELLOW = 21
"""Remaining days of a certificate below which its color is yellow."""
PHASES = {
    "resolve": "blue",
    "connect": "cyan",
    "tls": "magenta",
    "processing": "yellow",
    "transfer": "green",
}


def probe_lines(probe: Probe, columns: int | None = None) -> Iterator[Line]:
    """Yield every line, top to bottom; in a narrow terminal the bars are short."""
    yield _headline(probe)
    yield Line(Text(f"  {'url':<{NAME}} {probe.url}", "dim"), None)
    if probe.peer_address is not None:
        address = probe.peer_address
        address = f"[{address}]" if ":" in address else address
        yield _named("peer", f"{address}:{probe.peer_port}")
    yield _named("request id", probe.request_id)
    yield from waterfall(probe.phases, probe.duration, columns)
    if probe.certificate is not None:
        yield _certificate(probe.certificate, probe)
    for name, value in probe.headers:
        yield Line(Text.assemble(("  " + name, "bold"), f": {value}"), 4)


def _named(name: str, value: str) -> Line:
    return Line(Text(f"  {name:<{NAME}} {value}", "dim"))


def _headline(probe: Probe) -> Line:
    color = "bold green" if probe.healthy else "bold red"
    word = "healthy" if probe.healthy else "not healthy"
    if probe.status_code is not None:
        result = f"{probe.status_code} {probe.reason or ''}".strip()
    else:
        result = "no response"
    if probe.error_type is not None:
        phase = f" in phase {probe.error_phase}" if probe.error_phase else ""
        detail = f": {probe.error_detail}" if probe.error_detail else ""
        result += f", {probe.error_type}{phase}{detail}"
    took = f"{probe.duration * 1000:.0f} ms"
    return Line(Text.assemble((word, color), f"  {result}  {took}"), 2)


def waterfall(
    phases: Phases, total: float, columns: int | None = None
) -> Iterator[Line]:
    """Yield a bar for each phase; it starts where the previous one ended."""
    at, width = 0.0, WIDTH
    if columns is not None:
        width = max(1, min(WIDTH, columns - BESIDE))
    for name, color in PHASES.items():
        seconds: float | None = getattr(phases, name)
        if seconds is None:
            yield Line(Text(f"  {name:<{NAME}} {'':{width}}        -", "dim"))
            continue
        scale = width / total if total > 0 else 0
        start = min(round(at * scale), width - 1)
        length = min(max(round(seconds * scale), 1), width - start)
        bar = f"{' ' * start}{'█' * length}".ljust(width)
        took = f" {seconds * 1000:8.1f} ms"
        yield Line(Text.assemble(f"  {name:<{NAME}} ", (bar, color), took))
        at += seconds


def _certificate(certificate: Certificate, probe: Probe) -> Line:
    left = (certificate.not_after - probe.started_at) // timedelta(days=1)
    color = "red" if left < DAYS_RED else "yellow" if left < DAYS_YELLOW else "green"
    text = Text.assemble(
        f"  {'certificate':<{NAME}} {certificate.subject} by {certificate.issuer}, ",
        (f"{left} days left", color),
        f" (until {certificate.not_after:%Y-%m-%d})",
    )
    return Line(text, NAME + 3)
