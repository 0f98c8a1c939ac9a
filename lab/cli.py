"""The lab's command line: run a command inside the lab, or keep the lab up.

In: a case, a fault, a command. Out: the command's exit status.
It does not: run Parallax; `lab.demo` does.
"""

import os
import select
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from lab.case import DEFAULT, CaseError, load
from lab.fault import FaultError, fault_ids, load_fault, look_alike_ids
from lab.stage import install, namespace
from lab.stage.run import Lab, LabError, remove
from lab.world.control import ControlError, send_command

FOLDER = Path(__file__).parent.parent / ".lab" / "up"
PID = "unshare.pid"
LOG = "up.log"
ERRORS = (CaseError, ControlError, FaultError, LabError, namespace.NamespaceError)

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
out = Console(stderr=True, highlight=False)
CaseOption = Annotated[Path, typer.Option("--case", help="the platform's case file")]
FaultOption = Annotated[str | None, typer.Option("--fault", help="a fault to inject")]
FolderOption = Annotated[Path, typer.Option("--folder", help="the run folder")]
KeepOption = Annotated[bool, typer.Option("--keep", help="keep the run folder")]
PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command(context_settings=PASS_THROUGH)
def run(
    context: typer.Context,
    case: CaseOption = DEFAULT,
    fault: FaultOption = None,
    folder: FolderOption = FOLDER,
    keep: KeepOption = False,  # noqa: FBT002 - a flag, in typer
) -> None:
    """Run a command inside a new lab, then stop everything."""
    _require_programs()
    if not context.args:
        raise typer.BadParameter("missing command; usage: python -m lab run -- CMD ...")
    arguments = ["--folder", str(folder), *(["--fault", fault] if fault else [])]
    arguments += ["--keep"] if keep else []
    load(case)
    inner = [sys.executable, "-m", "lab", "hold", "--case", str(case), *arguments]
    namespace.enter([*inner, "--", *context.args])


@app.command(context_settings=PASS_THROUGH, hidden=True)
def hold(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    context: typer.Context,
    case: CaseOption = DEFAULT,
    fault: FaultOption = None,
    folder: FolderOption = FOLDER,
    keep: KeepOption = False,  # noqa: FBT002 - a flag, in typer
    ready_fd: Annotated[int, typer.Option()] = -1,
) -> None:
    """Run a lab as process 1, for a command or until a signal ends it."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    code = 0
    lab = Lab(load(case), folder)
    try:
        with lab:
            if fault:
                lab.inject(fault)
            if ready_fd >= 0:
                os.write(ready_fd, b"ready")
                os.close(ready_fd)
            if context.args:
                environment = os.environ | {"SSL_CERT_FILE": str(lab.facts.ca_file)}
                done = subprocess.run(context.args, env=environment, check=False)
                code = done.returncode
            else:
                signal.pause()
    except KeyboardInterrupt:
        code = 130
    finally:
        if not keep:
            remove(folder)
    raise typer.Exit(code)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@app.command()
def up(case: CaseOption = DEFAULT, folder: FolderOption = FOLDER) -> None:
    """Keep a lab up in the background."""
    _require_programs()
    load(case)
    if _running(folder):
        raise LabError(
            f"a lab is already up in {folder}; stop it: `python -m lab down`"
        )
    folder.mkdir(parents=True, exist_ok=True)
    reads, writes = os.pipe()
    arguments = ["--case", str(case.resolve()), "--folder", str(folder.resolve())]
    arguments += ["--ready-fd", str(writes)]
    inner = [sys.executable, "-m", "lab", "hold", "--keep", *arguments]
    process = namespace.start(inner, (writes,), folder / LOG)
    os.close(writes)
    (folder / PID).write_text(str(process.pid))
    if os.read(reads, 16) != b"ready":
        process.wait()
        tail = (folder / LOG).read_text(errors="replace")[-2000:]
        raise LabError(f"the lab did not start: {tail}")
    out.print(
        "[green]up[/]. Run a command inside: python -m lab exec -- curl -i https://…"
    )


@app.command()
def down(folder: FolderOption = FOLDER) -> None:
    """Stop the lab that is up, and everything inside it."""
    first = _first(folder)
    os.kill(first, signal.SIGTERM)
    handle = os.pidfd_open(first)
    try:
        if not _ends(handle):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    finally:
        os.close(handle)
    remove(folder)


def _ends(handle: int, seconds: float = 15.0) -> bool:
    return bool(select.select([handle], [], [], seconds)[0])


@app.command(name="exec", context_settings=PASS_THROUGH)
def execute(context: typer.Context, folder: FolderOption = FOLDER) -> None:
    """Run a command inside the lab that is up."""
    arguments = namespace.join_command(_first(folder), context.args)
    environment = os.environ | {
        "SSL_CERT_FILE": str(folder.resolve() / "ca.pem"),
        "CURL_CA_BUNDLE": str(folder.resolve() / "ca.pem"),
        namespace.MARK: "1",
    }
    os.execvpe(arguments[0], arguments, environment)  # noqa: S606 - a list, no shell


@app.command()
def inject(fault: str, folder: FolderOption = FOLDER) -> None:
    """Inject a fault into the lab that is up; return when it is visible outside."""
    send_command(folder.resolve(), "inject", fault)


@app.command()
def clear(folder: FolderOption = FOLDER) -> None:
    """Clear the fault; return when everything is healthy."""
    send_command(folder.resolve(), "clear")


@app.command()
def faults(case: CaseOption = DEFAULT) -> None:
    """List the faults of a case with their effects and the targets they hit."""
    platform = load(case)
    console = Console(highlight=False)
    for fault_id in (*fault_ids(platform), *look_alike_ids(platform)):
        fault = load_fault(fault_id, platform)
        hits = ", ".join(fault.expected)
        line = Text.assemble((fault_id, "bold"), f"  hits {hits}" if hits else "")
        # An id is copied into a command, so it stays on one line at any width.
        console.print(line, soft_wrap=True)
        console.print(_indented(fault.description, console.width), markup=False)


def _indented(text: str, width: int) -> str:
    indent = " " * 4
    lines = textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)
    return f"{lines}\n"


def _running(folder: Path) -> bool:
    try:
        _first(folder)
    except (LabError, namespace.NamespaceError):
        return False
    return True


def _first(folder: Path) -> int:
    try:
        return namespace.first_process(int((folder / PID).read_text()))
    except OSError as error:
        raise LabError(
            f"no lab is up in {folder}; start one: `python -m lab up`"
        ) from error


def _require_programs() -> None:
    packages = install.missing()
    if packages:
        line = install.command_line(packages)
        raise LabError(f"programs are missing; run: sudo {line}")


def main() -> None:
    """Run the command line; an error is one line without a traceback."""
    try:
        app(prog_name="python -m lab")
    except ERRORS as error:
        out.print(f"[red]✗[/] {error}", soft_wrap=True)
        sys.exit(1)
