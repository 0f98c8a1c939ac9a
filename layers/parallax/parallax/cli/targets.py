"""`parallax targets [FILE]`: read a targets file and show what it says.

In: a targets file, by default the one that the functions would find.
Out: a block of lines a target, nothing cut. A wrong file: every problem with
file and line, exit 2.
It does not: probe anything.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.terminal import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parallax.model.target import Target


def run(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="Default: $PARALLAX_TARGETS, else targets.yaml."
        ),
    ] = None,
) -> None:
    """Show what a targets file says, or what is wrong with it."""
    from parallax.targets import TargetsError, find, load

    try:
        found = file or find()
        targets = load(found)
    except TargetsError as error:
        refuse(str(error))
    from rich.text import Text

    from parallax.cli.page import Line, show

    count = f"{len(targets)} target{'' if len(targets) == 1 else 's'}"
    show([Line(Text(f"{found}: {count}"), 2)])
    for target in targets:
        show([Line(Text()), Line(Text(target.name, "bold"))])
        for name, value in _facts(target):
            # Whole: a URL that is folded cannot be copied.
            show([Line(Text(f"  {name:<14} {value}"), None if name == "url" else 17)])


def _facts(target: "Target") -> "Iterator[tuple[str, str]]":
    """Yield what the file says of one target; what it leaves out only if it counts."""
    reached, healthy = target.reached, target.healthy
    yield "url", target.url
    codes = ", ".join(f"{code}" for code in healthy.status_codes)
    contains = f", body contains {healthy.body_contains!r}"
    yield "healthy", codes + (contains if healthy.body_contains else "")
    yield "cdn", "before the load balancer" if reached.cdn else "none"
    yield "load balancer", reached.load_balancer or "not named"
    yield "cluster", reached.cluster or "not named"
    ingress = _joined(reached.ingress_namespace, reached.ingress_service)
    yield "ingress", ingress or "not named"
    service = _joined(reached.namespace, reached.service)
    yield "service", service or "as the Ingress says"
    yield "timeout", f"{target.timeout_seconds:g} s"
    if target.allow_private_addresses:
        yield "addresses", "private ones too"
    for window in target.maintenance:
        starts, ends = (
            f"{window.starts_at:%Y-%m-%d %H:%M %Z}",
            f"{window.ends_at:%Y-%m-%d %H:%M %Z}",
        )
        yield "maintenance", f"{starts} to {ends}: {window.reason}"


def _joined(namespace: str | None, name: str | None) -> str:
    return "/".join(filter(None, (namespace, name)))
