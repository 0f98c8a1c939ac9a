"""`parallax probe URL`: send one request and draw its phases.

In: a URL and where to connect. Out: phases, address, certificate, headers, and which
server wrote the response. Exit status 0 healthy, 1 not healthy, 2 usage error.
It does not: follow redirects, repeat, or investigate; the probe function does.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

import math
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from parallax.cli.terminal import fail, show_json
from parallax.model import web_url
from parallax.model.secret_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parallax.model.probe import Probe

STATUS_CODES = range(100, 600)
"""RFC 9110, section 15: the first digit is the class, 1 to 5."""


def run(  # noqa: PLR0913 - one parameter per option
    url: Annotated[str, typer.Argument(metavar="URL", help="An http or https URL.")],
    *,
    connect_to: Annotated[
        str | None,
        typer.Option(
            metavar="IP[:PORT]",
            help="Connect to this address; skip DNS.",
        ),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Use this name as Host header and SNI."),
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=0.1, help="Timeout of the whole request."),
    ] = 10.0,
    expect: Annotated[
        list[int] | None,
        typer.Option(
            metavar="CODE",
            help="Status code that counts as healthy, 100 to 599, no class such as"
            " 2xx; repeatable. [default: 200]",
        ),
    ] = None,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Allow addresses that are not public."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Send one request; show each phase and which server responded."""
    import asyncio

    from parallax.model.probe import Role
    from parallax.model.target import Healthy
    from parallax.probe import ProbeRequest, fetch

    if wrong := web_url.problem(url):
        fail(wrong)
    _check(expect or (), timeout)
    address, port = _endpoint(connect_to) if connect_to else (None, None)
    request = ProbeRequest(
        role=Role.FIRST,
        url=url,
        healthy=Healthy(status_codes=tuple(expect or (200,))),
        address=address,
        port=port,
        host=host,
        timeout=timeout,
        allow_private=allow_private,
    )
    try:
        probe = asyncio.run(fetch(request))
    except ValueError as error:
        fail(f"{quoted(url)}: {error}")
    _print_json(probe) if as_json else _show(probe)
    raise typer.Exit(0 if probe.healthy else 1)


def _check(codes: "Iterable[int]", timeout: float) -> None:
    """Exit with an error for an impossible status code or an infinite timeout."""
    for code in codes:
        if code not in STATUS_CODES:
            fail(f"--expect {code}: expected a status code from 100 to 599")
    if not math.isfinite(timeout):
        fail(f"--timeout {timeout}: expected a number of seconds")


def _endpoint(text: str) -> tuple[str, int | None]:
    """Parse `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1` or `[2001:db8::1]:443`."""
    try:
        return str(ip_address(text)), None
    except ValueError:
        pass
    try:
        parts = urlsplit(f"//{text}")
        return str(ip_address(parts.hostname or "")), parts.port
    except ValueError:
        fail(f"--connect-to {quoted(text)}: expected an IP address, or IP:PORT")


def _print_json(probe: "Probe") -> None:
    from parallax.model.wire import encode
    from parallax.writers import attribute_probe

    document = encode(probe) | {"attribution": encode(attribute_probe(probe))}
    show_json(document)


def _show(probe: "Probe") -> None:
    from rich.text import Text

    from parallax.cli import attribute, drawing
    from parallax.cli.page import Line, columns, show
    from parallax.model.probe import ErrorType
    from parallax.writers import attribute_probe

    show(drawing.probe_lines(probe, columns()))
    if probe.error_type is ErrorType.ADDRESS_NOT_ALLOWED:
        show([Line(Text("to probe this address anyway, use --allow-private"))])
    attribution = attribute_probe(probe)
    if attribution is not None:
        show([Line(Text()), *attribute.lines(attribution)])
