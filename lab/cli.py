"""The lab's command line: run something inside it, or keep it up to look around.

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

from lab import install, namespace
from lab.case import DEFAULT, CaseError, load
from lab.control import ControlError, tell
from lab.fault import FaultError, fault_ids, load_fault, look_alike_ids
from lab.run import Lab, LabError, remove

FOLDER = Path(__file__).parent.parent / ".lab" / "up"
PID = "unshare.pid"
LOG = "up.log"
TROUBLE = (CaseError, ControlError, FaultError, LabError, namespace.NamespaceError)

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
out = Console(stderr=True, highlight=False)
CaseOption = Annotated[Path, typer.Option("--case", help="the platform's case file")]
FaultOption = Annotated[str | None, typer.Option("--fault", help="inject this first")]
FolderOption = Annotated[Path, typer.Option("--folder", help="the run folder")]
KeepOption = Annotated[bool, typer.Option("--keep", help="keep the run folder")]
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command(context_settings=PASS_ON)
def run(
    context: typer.Context,
    case: CaseOption = DEFAULT,
    fault: FaultOption = None,
    folder: FolderOption = FOLDER,
    keep: KeepOption = False,  # noqa: FBT002 - typer's way of a flag
) -> None:
    """Run a command inside a fresh lab, then end everything."""
    _must_have_programs()
    if not context.args:
        raise typer.BadParameter("what to run? python -m lab run -- CMD ...")
    words = ["--folder", str(folder), *(["--fault", fault] if fault else [])]
    words += ["--keep"] if keep else []
    load(case)
    inner = [sys.executable, "-m", "lab", "hold", "--case", str(case), *words]
    namespace.enter([*inner, "--", *context.args])


@app.command(context_settings=PASS_ON, hidden=True)
def hold(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    context: typer.Context,
    case: CaseOption = DEFAULT,
    fault: FaultOption = None,
    folder: FolderOption = FOLDER,
    keep: KeepOption = False,  # noqa: FBT002 - typer's way of a flag
    ready_fd: Annotated[int, typer.Option()] = -1,
) -> None:
    """Be process 1: hold a lab up for a command, or until told to end."""
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
    _must_have_programs()
    load(case)
    if _running(folder):
        raise LabError(f"a lab is up already in {folder}: `python -m lab down` ends it")
    folder.mkdir(parents=True, exist_ok=True)
    reads, writes = os.pipe()
    words = ["--case", str(case.resolve()), "--folder", str(folder.resolve())]
    words += ["--ready-fd", str(writes)]
    inner = [sys.executable, "-m", "lab", "hold", "--keep", *words]
    process = namespace.start(inner, (writes,), folder / LOG)
    os.close(writes)
    (folder / PID).write_text(str(process.pid))
    if os.read(reads, 16) != b"ready":
        process.wait()
        tail = (folder / LOG).read_text(errors="replace")[-2000:]
        raise LabError(f"the lab did not come up: {tail}")
    out.print("[green]up[/]. Look around: python -m lab exec -- curl -i https://…")


@app.command()
def down(folder: FolderOption = FOLDER) -> None:
    """End the lab that is up, and all that runs inside it."""
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


@app.command(name="exec", context_settings=PASS_ON)
def execute(context: typer.Context, folder: FolderOption = FOLDER) -> None:
    """Run a command inside the lab that is up."""
    words = namespace.join_command(_first(folder), context.args)
    environment = os.environ | {
        "SSL_CERT_FILE": str(folder.resolve() / "ca.pem"),
        "CURL_CA_BUNDLE": str(folder.resolve() / "ca.pem"),
        namespace.MARK: "1",
    }
    os.execvpe(words[0], words, environment)  # noqa: S606 - a list, no shell


@app.command()
def inject(fault: str, folder: FolderOption = FOLDER) -> None:
    """Bring about a fault in the lab that is up; returns when it shows."""
    tell(folder.resolve(), "inject", fault)


@app.command()
def clear(folder: FolderOption = FOLDER) -> None:
    """End the fault; returns when all is well."""
    tell(folder.resolve(), "clear")


@app.command()
def faults(case: CaseOption = DEFAULT) -> None:
    """List the faults of a case: what each does, and which targets it hits."""
    platform = load(case)
    console = Console(highlight=False)
    for fault_id in (*fault_ids(platform), *look_alike_ids(platform)):
        fault = load_fault(fault_id, platform)
        hits = ", ".join(fault.expected)
        line = Text.assemble((fault_id, "bold"), f"  hits {hits}" if hits else "")
        # An id goes into a command: it stands on one line, whatever the width.
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
        raise LabError(f"no lab is up in {folder}: `python -m lab up`") from error


def _must_have_programs() -> None:
    lacking = install.missing()
    if lacking:
        line = install.command_line(lacking)
        raise LabError(f"programs are missing; run: sudo {line}")


def main() -> None:
    """Run the command line; troubles are one line, no traceback."""
    try:
        app(prog_name="python -m lab")
    except TROUBLE as error:
        out.print(f"[red]✗[/] {error}", soft_wrap=True)
        sys.exit(1)
