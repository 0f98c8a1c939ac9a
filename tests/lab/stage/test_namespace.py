"""Namespace: nothing remains, however the lab ends."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab.stage import namespace

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[3]


def _lab(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the lab's command line."""
    return subprocess.run(  # noqa: S603 - the lab, by a list of our own
        [sys.executable, "-m", "lab", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def _processes(folder: Path) -> list[str]:
    """Return the command lines that name a run folder."""
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = path.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(folder) in text:
            found.append(text)
    return found


def _outside() -> list[str]:
    """Return the machine's resolver settings and mounts."""
    names = ("/etc/resolv.conf", "/etc/nsswitch.conf", "/proc/self/mounts")
    return [Path(name).read_text() for name in names]


def test_a_run_ends_with_its_commands_status_and_no_trace(tmp_path: Path) -> None:
    """Exit status passed on; no process, mount or resolver setting remains."""
    before, folder = _outside(), tmp_path / "run"
    done = _lab("run", "--folder", str(folder), "--", "sh", "-c", "exit 7")
    assert done.returncode == 7, done.stderr
    assert _outside() == before
    assert not folder.exists()
    assert _processes(folder) == []


def test_killing_the_first_process_ends_everything(tmp_path: Path) -> None:
    """SIGKILL for process 1 leaves nothing but the run folder."""
    before, folder = _outside(), tmp_path / "run"
    assert _lab("up", "--folder", str(folder)).returncode == 0
    pid = int((folder / "unshare.pid").read_text())
    first = namespace.first_process(pid)
    assert len(_processes(folder)) > 5
    handle = os.pidfd_open(first)
    os.kill(first, signal.SIGKILL)
    assert select.select([handle], [], [], 10)[0]
    os.close(handle)
    assert [p for p in _processes(folder) if "unshare" not in p] == []
    assert _outside() == before


def test_a_lab_refuses_to_start_outside(tmp_path: Path) -> None:
    """Outside its namespace it must not add addresses to the machine."""
    if namespace.inside():
        pytest.skip("this run stands inside a lab")
    code = (
        "from pathlib import Path\n"
        "from lab.case import load\n"
        "from lab.stage.run import Lab\n"
        f"Lab(load(), Path({str(tmp_path)!r})).start()"
    )
    done = subprocess.run(  # noqa: S603 - the lab, by a list of our own
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "only inside its own network namespace" in done.stderr
