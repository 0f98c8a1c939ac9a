"""`parallax targets [FILE]`: check a targets file and show its targets.

In: a targets file, by default the one that the functions would use.
Out: a block of lines for each target, not shortened, or JSON. For a wrong file every
problem with file and line, and exit status 2.
It does not: send a probe.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parallax.cli.terminal import fail, show_json

UNWRAPPED = frozenset({"url", "runbook"})
"""A wrapped URL cannot be copied."""

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parallax.model.target import Target


def run(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="Targets file. [default: $PARALLAX_TARGETS, else targets.yaml]",
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check a targets file; show its targets, or every problem in it."""
    from parallax.targets import TargetsError, find, load

    try:
        path = file or find()
        targets = load(path, disabled=True)
    except TargetsError as error:
        fail(str(error))
    if as_json:
        show_json({"file": f"{path}", "targets": [_fields(one) for one in targets]})
        return
    from rich.text import Text

    from parallax.cli.page import Line, show

    count = f"{len(targets)} target{'' if len(targets) == 1 else 's'}"
    off = sum(not target.enabled for target in targets)
    count += f", {off} disabled" if off else ""
    show([Line(Text(f"{path}: {count}"), 2)])
    for target in targets:
        show([Line(Text()), Line(Text(target.name, "bold"))])
        for name, value in _facts(target):
            show(
                [Line(Text(f"  {name:<14} {value}"), None if name in UNWRAPPED else 17)]
            )


def _fields(target: "Target") -> dict[str, Any]:
    """Return a target as a snapshot has it, without the secrets in its URLs."""
    from parallax.model.web_url import without_secret_values
    from parallax.model.wire import encode

    runbook = target.runbook and without_secret_values(target.runbook)
    return encode(
        replace(target, url=without_secret_values(target.url), runbook=runbook)
    )


def _facts(target: "Target") -> "Iterator[tuple[str, str]]":
    """Yield the settings of one target, and the defaults that matter."""
    from parallax.cli.rule_lines import rule_lines
    from parallax.cli.window_lines import window_lines
    from parallax.model.web_url import without_secret_values

    reached = target.reached
    yield "url", without_secret_values(target.url)
    yield from rule_lines(target)
    yield "cdn", "in front of the load balancer" if reached.cdn else "none"
    yield "load balancer", reached.load_balancer or "not set"
    if reached.project:
        yield "project", reached.project
    yield "cluster", reached.cluster or "not set"
    ingress = _joined(reached.ingress_namespace, reached.ingress_service)
    yield "ingress", ingress or "not set"
    service = _joined(reached.namespace, reached.service)
    yield "service", service or "from the Ingress rule"
    yield "timeout", f"{target.timeout_seconds:g} s"
    yield "interval", _interval(target)
    yield "severity", target.severity.value
    if target.slo is not None:
        yield "slo", f"{target.slo:g} % of 30 days"
    if target.public:
        yield "status page", target.public.title
    if target.labels:
        yield "labels", ", ".join(f"{key}={value}" for key, value in target.labels)
    if target.runbook:
        yield "runbook", without_secret_values(target.runbook)
    if not target.enabled:
        yield "enabled", "no: it is neither probed nor judged"
    if target.allow_private_addresses:
        yield "addresses", "private addresses allowed"
    for line in window_lines(target, datetime.now(UTC)):
        yield "maintenance", line


def _interval(target: "Target") -> str:
    """Return the interval, and the parameter that a short one needs."""
    from parallax.targets.interval import text
    from parallax.targets.shard import HALF_MINUTE

    short = "; 1m unless the stack's parameter HalfMinuteProbes is true"
    return text(target.interval) + (short if target.interval <= HALF_MINUTE else "")


def _joined(namespace: str | None, name: str | None) -> str:
    return "/".join(filter(None, (namespace, name)))
