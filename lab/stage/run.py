"""Run: the lab as a `with` block, for use from Python.

In: a case and a run folder, inside the lab's namespace. Out: a running lab.
It does not: enter the namespace (`lab.stage.namespace`), or remove the run folder.
"""

import contextlib
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, override

import yaml

from lab.case import Case
from lab.facts import Facts, NodeFacts, agent_token, facts_of
from lab.stage.kubeconfig import write_kubeconfig
from lab.stage.lifecycle import Lifecycle
from lab.world.control import READY, send_command

__all__ = ["Facts", "Lab", "LabError", "NodeFacts", "remove"]

STOP_SECONDS = 8.0
LONGEST_FOLDER = 80
"""Characters. It holds Unix sockets, whose paths have at most 107 bytes."""


class LabError(RuntimeError):
    """The lab cannot run; the text states why, and which log to read."""


class Lab(Lifecycle):
    """One lab: everything between a public name and a pod."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        self.folder = folder.resolve()
        self.facts: Facts = facts_of(case, self.folder)
        self._process: subprocess.Popen[str] | None = None
        self._log: IO[str] | None = None

    @override
    def start(self) -> None:
        """Start everything; return when every target is healthy. Raises LabError."""
        if len(str(self.folder)) > LONGEST_FOLDER:
            raise LabError(
                f"{self.folder}: the path of a run folder may have at most "
                f"{LONGEST_FOLDER} characters"
            )
        _require_namespace()
        self.folder.mkdir(parents=True, exist_ok=True)
        for stale in self.folder.glob("ingress-*.log"):
            stale.unlink()
        self._write_files()
        case_file = self.folder / "case.yaml"
        case_file.write_text(yaml.safe_dump(self.case.model_dump(mode="json")))
        log = self.folder / "world.log"
        self._log = log.open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lab.world.serve", str(case_file), str(self.folder)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        if self._process.stdout and self._process.stdout.readline().strip() != READY:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise LabError(f"the lab did not start (see {log}):\n{tail}")

    def _write_files(self) -> None:
        """Write the targets file, and a kubeconfig for each node's agent."""
        self.case.write_targets(self.facts.targets_file)
        url = self.facts.kubernetes_url
        for node, facts in zip(self.case.nodes, self.facts.nodes, strict=True):
            write_kubeconfig(facts.kubeconfig, url, agent_token(node))

    def inject(self, fault_id: str) -> None:
        """Inject a fault, and return when it is visible outside.

        An earlier fault is cleared first. Raises `lab.world.control.ControlError`.
        """
        send_command(self.folder, "inject", fault_id)

    def clear(self) -> None:
        """Clear the fault, and return when everything is healthy again."""
        send_command(self.folder, "clear")

    @override
    def stop(self) -> None:
        """Stop everything. The run folder stays."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process is not None and process.stdout:
            process.stdout.close()
        if self._log:
            self._log.close()


def remove(folder: Path) -> None:
    """Remove a run folder, and `.lab` above it if that is empty then."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.resolve().parent.name == ".lab":
        with contextlib.suppress(OSError):
            folder.resolve().parent.rmdir()


def _require_namespace() -> None:
    """Refuse to add addresses outside a network namespace that has only `lo`."""
    links = Path("/proc/self/net/dev").read_text().splitlines()[2:]
    names = {line.split(":")[0].strip() for line in links}
    from_kernel = {"tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0"}
    from_kernel |= {"ip_vti0", "ip6_vti0", "ip6gre0", "lo"}
    if names - from_kernel:
        raise LabError(
            "the lab runs only inside its own network namespace: "
            "use `python -m lab run -- CMD`, or lab.stage.namespace.enter"
        )
