"""The demo's command line: play a fault, or keep the stage up.

In: a case, a fault. Out: progress and mails, or one JSON document; exit status 0 only
if the cause of the finding is the injected one. It does not: install anything (`make`
does), or need the network once the template is built.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lab.case import DEFAULT, CaseError, load
from lab.cli import PID
from lab.demo.letters import MAILS, save_mails, saved_page
from lab.demo.play import Outcome, play
from lab.demo.record import record as save_snapshots
from lab.demo.screen import Screen
from lab.fault import FaultError, load_fault
from lab.stage import namespace
from lab.stage.deployment import LOGS, Stage
from lab.stage.emulator import ROOT, EmulatorError, build
from lab.stage.pages import listen
from lab.stage.run import LabError
from lab.stage.snapshots import with_snapshot

PLAYED = ROOT / ".lab" / "demo"
PAGE = ROOT / ".lab" / "incident.html"
UP = ROOT / ".lab" / "up"
NO_FAULT = "none"
ERRORS = (
    CaseError,
    EmulatorError,
    FaultError,
    LabError,
    TimeoutError,
    namespace.NamespaceError,
)

app = typer.Typer(add_completion=False, help=__doc__)
CaseOption = Annotated[Path, typer.Option("--case", help="the cluster to build")]
FaultOption = Annotated[str, typer.Option("--fault", help="a fault's id, or none")]
JsonOption = Annotated[bool, typer.Option("--json", help="print only the finding")]
PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True}
err = Console(stderr=True, highlight=False)


@app.command("play")
def play_command(
    fault: FaultOption,
    case: CaseOption = DEFAULT,
    json_only: JsonOption = False,  # noqa: FBT002 - a flag, in typer
) -> None:
    """Play an incident: healthy targets, fault, evidence, finding, mail."""
    platform = load(case)
    chosen = None if fault == NO_FAULT else load_fault(fault, platform)
    if not namespace.inside():
        _build(err if json_only else Console(highlight=False))
        listen()
        namespace.enter([sys.executable, "-m", "lab.demo", *sys.argv[1:]])
    _end_on_signals()
    console = Console(stderr=json_only, highlight=False)
    title = f"Parallax on {platform.name}: {fault}"
    with (
        Screen(title, console) as screen,
        Stage(platform, PLAYED, screen.log) as stage,
    ):
        outcome = play(stage, chosen, screen)
        page = saved_page(outcome.mails, stage.pages, PAGE)
        if json_only:  # the bucket stops with the stage
            outcome.findings = [with_snapshot(f) for f in outcome.findings]
        screen.log("stopping everything")
    _print_outcome(outcome, screen, json_only=json_only)
    if page and not json_only:
        screen.page(page)
    raise typer.Exit(0 if outcome.right else 1)


def _print_outcome(outcome: Outcome, screen: Screen, *, json_only: bool) -> None:
    """Print the JSON document, or the mails and the result."""
    firing = [f for f in outcome.findings if f["data"]["turn"] == "firing"]
    if json_only:
        print(json.dumps(firing[0] if firing else None, indent=2))
        return
    for mail in outcome.mails[:1]:
        screen.phone(mail)
        screen.mail(mail)
    for mail in outcome.mails[1:]:
        screen.console.print(f"another mail: {mail.subject}", style="cyan")
    if outcome.right:
        named = ", ".join(sorted(set(outcome.named.values()))) or "no alarm"
        screen.console.print(f"[bold green]✓ {named}[/]: the cause that was injected")
    else:
        screen.console.print(
            f"[bold red]✗ expected {outcome.expected or 'no alarm'}, "
            f"got {outcome.named or 'no alarm'} and {len(outcome.mails)} mails[/]; "
            f"logs: {LOGS}"
        )


@app.command(context_settings=PASS_THROUGH)
def run(context: typer.Context, case: CaseOption = DEFAULT) -> None:
    """Run a command in the stage's namespace (for tests)."""
    load(case)
    if not namespace.inside():
        namespace.enter([sys.executable, "-m", "lab.demo", *sys.argv[1:]])
    _end_on_signals()
    environment = os.environ | {"PARALLAX_LAB_CASE": str(case.resolve())}
    raise typer.Exit(
        subprocess.run(context.args, env=environment, check=False).returncode
    )


@app.command()
def record(
    case: CaseOption = DEFAULT,
    faults: Annotated[str, typer.Option(help="ids with commas; empty: all")] = "",
) -> None:
    """Play every fault and save its snapshot in events/diagnose/."""
    platform = load(case)
    if not namespace.inside():
        _build(err)
        namespace.enter([sys.executable, "-m", "lab.demo", *sys.argv[1:]])
    _end_on_signals()
    with Stage(platform, PLAYED, err.print) as stage:
        only = tuple(one for one in faults.split(",") if one)
        save_snapshots(stage, ROOT / "events", err, only)


@app.command()
def up(case: CaseOption = DEFAULT) -> None:
    """Keep lab, emulator, functions and agents running in the background."""
    load(case)
    UP.mkdir(parents=True, exist_ok=True)
    if (UP / PID).exists():
        raise LabError("a stage is already up; stop it with `make down`")
    _build(err)
    reads, writes = os.pipe()
    arguments = ["--case", str(case.resolve()), "--ready-fd", str(writes)]
    holder = [sys.executable, "-m", "lab.demo", "hold", *arguments]
    listener = listen()
    process = namespace.start(holder, (writes, listener), UP / "stage.log")
    os.close(listener)
    os.close(writes)
    (UP / PID).write_text(str(process.pid))
    if os.read(reads, 16) != b"ready":
        process.wait()
        (UP / PID).unlink()
        raise LabError(f"the stage did not start: see {LOGS}")
    err.print(
        "[green]up[/]. Inject a fault: [bold].venv/bin/python -m lab inject "
        "cache-replays-error[/]; clear it: … clear; run a command inside: "
        "… exec -- curl -i https://…\n"
        f"Mails arrive in {(UP / MAILS).relative_to(ROOT)}/. The link in a mail opens "
        "the incident's page in your browser.\n"
        "Inside, the AWS emulator is at http://127.0.0.1:4566. "
        "Stop everything: [bold]make down[/]."
    )


@app.command(hidden=True)
def hold(case: CaseOption, ready_fd: Annotated[int, typer.Option()] = -1) -> None:
    """Run the stage as process 1 of the namespace, until a signal ends it."""
    _end_on_signals()
    try:
        with Stage(load(case), UP, err.print) as stage:
            os.write(ready_fd, b"ready")
            os.close(ready_fd)
            save_mails(stage.inbox, UP / MAILS)
    except KeyboardInterrupt:
        err.print("stopping")


@app.command()
def down() -> None:
    """Stop what `up` started."""
    from lab.cli import down as end  # noqa: PLC0415 - the same steps, another folder

    if not (UP / PID).exists():
        err.print("no stage is up")
        return
    end(UP)
    (UP / PID).unlink(missing_ok=True)
    err.print("[green]down[/]: everything is stopped")


def _build(console: Console) -> None:
    with console.status("building the functions and the layer with SAM"):
        build()
    console.print("built with SAM: the functions and two layers")


def _end_on_signals() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def main() -> None:
    """Run the command line; an error is one line without a traceback."""
    try:
        app(prog_name="python -m lab.demo")
    except ERRORS as error:
        err.print(f"[red]✗[/] {error}", soft_wrap=True)
        if isinstance(error, EmulatorError | TimeoutError):
            err.print(f"logs of this run: {LOGS}", soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
