"""Cli page: docs/cli.md, made from the commands themselves.

In: the commands of `parallax`, their exit statuses, `cli_intro.md`. Out: Markdown.
It does not: write a file. An example that needs neither AWS nor the internet is run;
the others were recorded, in `examples`.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from shlex import split

from typer.main import get_command
from typer.testing import CliRunner

from parallax.cli import app
from parallax.cli.documents import schemas
from parallax.cli.exit_statuses import MEANINGS, STATUSES

ROOT = Path(__file__).parents[2]
INTRO = Path(__file__).with_name("cli_intro.md")
RECORDED = Path(__file__).parent / "examples"
WIDTH = "80"
"""Columns of the terminal whose help is shown."""
RUN = {
    "attribute": "attribute tests/captures/haproxy/503_all_servers_down.http",
    "judge": "judge events/diagnose/lb-health-check-wrong-port.json",
    "mail": "mail events/diagnose/lb-health-check-wrong-port.json",
    "causes": "causes lb-no-target",
    "targets": "targets targets.yaml",
    "cost": "cost --targets 20 --nodes 10",
    "completion": "completion fish",
}
LINES = 24
"""Lines of an example that are shown."""


def cli_page() -> str:
    """Return docs/cli.md."""
    names = list(commands())
    parts = [INTRO.read_text().replace("../../docs/", ""), *_statuses(names)]
    for name in names:
        parts += ["", *_command(name)]
    return "\n".join(parts) + "\n"


def commands() -> dict[str, str]:
    """Return the help text of each command, in the order of `parallax --help`."""
    root: object = get_command(app)
    named = getattr(root, "commands")  # noqa: B009 - typer's group has no public type
    return {name: _help(name) for name in named}


def _help(name: str) -> str:
    """Return what `parallax NAME --help` prints in a terminal of 80 columns."""
    runner = CliRunner(env={"COLUMNS": WIDTH, "TERMINAL_WIDTH": WIDTH})
    return runner.invoke(app, [name, "--help"], prog_name="parallax").stdout.rstrip()


def _statuses(names: list[str]) -> Iterator[str]:
    yield "| status | of every command |"
    yield "|---|---|"
    yield from (f"| {status} | {text} |" for status, text in STATUSES.items())
    yield ""
    yield "| command | 0 | 1 | 2 |"
    yield "|---|---|---|---|"
    for name in names:
        own = MEANINGS.get(name, {})
        cells = (own.get(status, "-" if status else "success") for status in range(3))
        yield f"| [`{name}`](#parallax-{name}) | {' | '.join(cells)} |"


def _command(name: str) -> Iterator[str]:
    yield f"## `parallax {name}`"
    yield ""
    yield from _block(commands()[name].splitlines())
    if name in schemas():
        yield ""
        path = f"schema/cli/{name}.v1.schema.json"
        yield f"The schema of `--json` is [{path}]({path})."
    shown = _example(name)
    if shown:
        yield ""
        yield from _block(shown)


def _example(name: str) -> list[str]:
    """Return the lines of a command's example; none: it has none."""
    path = RECORDED / f"{name}.txt"
    if path.exists():
        return path.read_text().splitlines()
    if name not in RUN:
        return []
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        result = CliRunner().invoke(app, split(RUN[name]))
    finally:
        os.chdir(before)
    lines = [line.rstrip() for line in result.output.rstrip().splitlines()]
    more = ["…"] if len(lines) > LINES else []
    return [f"$ parallax {RUN[name]}", *lines[:LINES], *more]


def _block(lines: list[str]) -> Iterator[str]:
    yield "```text"
    yield from lines
    yield "```"
