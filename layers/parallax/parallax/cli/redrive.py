"""`parallax redrive`: replay the dead letters of a stack.

In: a stack's name, and steps. The usual variables of AWS set region and credentials.
Out: a line for each letter and totals, or JSON. Exit status: 0 no letter remains,
1 some remain, 2 usage error, or AWS is unreachable or fails a request.
It does not: delete a letter before its function succeeded.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.complete import steps
from parallax.cli.terminal import fail, fail_at_aws, show_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parallax.redrive import Redrive, Result

ALL = "all"
REMAIN = 1
"""Exit status if a letter remains."""
LINE_CHARACTERS = 400
"""A reason may be a whole traceback; `--json` prints all of it."""


def run(
    *,
    stack: Annotated[
        str, typer.Option("--stack", metavar="NAME", help="Name of the deployed stack.")
    ] = "parallax",
    step: Annotated[
        str,
        typer.Option(
            metavar="STEP",
            help="Process only the dead letters of this step: probe, inspect, "
            "diagnose, notify, publish, routes, exporter, or all.",
            autocompletion=steps,
        ),
    ] = ALL,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list the letters.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option("--max", metavar="N", min=1, help="Stop after this many letters."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Process a stack's dead letters again; those that fail remain."""
    from botocore.exceptions import (  # pyright: ignore[reportMissingTypeStubs] - it has none
        BotoCoreError,
        ClientError,
    )

    from parallax.redrive import STEPS, Redrive, StackError, find_stack

    if step not in (*STEPS, ALL):
        fail(f"--step {step}: unknown step; expected {', '.join(STEPS)} or {ALL}")
    results: list[Result] = []
    interrupted = False
    try:
        deployed = find_stack(stack)
        if step != ALL:
            deployed.need(step)
        steps = STEPS if step == ALL else (step,)
        redrive = Redrive(deployed, steps, dry_run=dry_run, limit=limit)
        try:
            _follow(redrive, results, as_json=as_json)
        except KeyboardInterrupt:
            interrupted = True
    except StackError as error:
        fail(str(error))
    except (BotoCoreError, ClientError) as error:
        fail_at_aws(error)
    _finish(redrive, results, interrupted=interrupted, as_json=as_json)


def _follow(redrive: "Redrive", results: "list[Result]", *, as_json: bool) -> None:
    """Collect the results; print each one at once, as JSON only at the end."""
    with closing(redrive.run()) as run:
        for result in run:
            results.append(result)
            typer.echo(_line(result), err=as_json)


def _finish(
    redrive: "Redrive", results: "list[Result]", *, interrupted: bool, as_json: bool
) -> None:
    """Print the total, and exit with 1 if a letter remains."""
    from collections import Counter

    from parallax.redrive import GONE

    total = Counter(result.outcome for result in results)
    steps = Counter(result.step or "-" for result in results)
    notes = list(_notes(redrive, interrupted=interrupted))
    if as_json:
        letters = [_fields(result) for result in results]
        document = {"letters": letters, "total": total, "steps": steps, "notes": notes}
        show_json(document)
    else:
        counts = ", ".join(f"{count} {outcome}" for outcome, count in total.items())
        typer.echo(f"{_letters(len(results))}: {counts}" if results else "no letters")
        if len(steps) > 1:
            by_step = ", ".join(f"{step} {count}" for step, count in steps.items())
            typer.echo(f"by step: {by_step}")
        for note in notes:
            typer.echo(note)
    if notes or any(result.outcome not in GONE for result in results):
        raise typer.Exit(REMAIN)


def _notes(redrive: "Redrive", *, interrupted: bool) -> "Iterator[str]":
    """Yield why letters may remain that have no line."""
    from parallax.redrive import HIDDEN_SECONDS

    if interrupted:
        yield "interrupted: the other letters remain"
    if redrive.more:
        yield f"stopped after {_letters(redrive.tried)} (--max): more remain"
    if redrive.cut_off:
        yield "the run took too long to read all letters: run it again"
    if redrive.hidden:
        yield (
            f"{_letters(redrive.hidden)} not visible: received by another run, or by a"
            f" run that was killed less than {HIDDEN_SECONDS // 60} minutes ago"
        )


def _letters(count: int) -> str:
    return f"{count} letter{'' if count == 1 else 's'}"


def _line(result: "Result") -> str:
    """Return a letter as one line that cannot control the terminal."""
    from parallax.model.plain import plain_line

    sent = f"{result.sent_at:%Y-%m-%d %H:%M:%S}" if result.sent_at else "-"
    texts = [text for text in (result.detail, result.reason) if text]
    head = f"{result.step or '-':<9} {sent} UTC  {result.outcome}: {result.form}"
    return plain_line(": ".join([head, *texts]))[:LINE_CHARACTERS]


def _fields(result: "Result") -> dict[str, str | None]:
    """Return a letter as the fields of its JSON."""
    sent_at = result.sent_at
    return {
        "step": result.step,
        "queue": result.queue,
        "message_id": result.message_id,
        "sent_at": sent_at.isoformat() if sent_at else None,
        "form": result.form,
        "reason": result.reason,
        "outcome": result.outcome,
        "detail": result.detail,
    }
