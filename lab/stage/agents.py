"""Agents: one real agent process for each node of the case.

In: the lab's facts, the ingest URL, the key. Out: running processes.
It does not: configure an agent in any way that a cluster could not. Each gets the
environment variables of the DaemonSet's manifest.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.facts import NodeFacts
from lab.stage.run import Facts

PROGRAM = ("-m", "parallax_agent")


class Agents:
    """The agents of a lab."""

    def __init__(self, facts: Facts, folder: Path, interval: int) -> None:
        self.facts = facts
        self.interval = interval
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        """Node -> its agent."""
        self._ingest_url = ""

    def start(self, ingest_url: str, key: str) -> None:
        """Start one agent for each node."""
        self._ingest_url = ingest_url
        self._key_file.write_text(key)
        self._key_file.chmod(0o600)
        for node in self.facts.nodes:
            self.start_one(node)

    @property
    def _key_file(self) -> Path:
        return self.folder / "agent.key"

    def start_one(self, node: NodeFacts, program: Sequence[str] = PROGRAM) -> None:
        """Start the agent of a node; `program` are the arguments of Python."""
        with (self.folder / f"agent-{node.name}.log").open("ab") as log:
            self.processes[node.name] = subprocess.Popen(
                [sys.executable, *program],
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(self.folder),
                    "KUBECONFIG": str(node.kubeconfig),
                    "PARALLAX_AGENT_CLUSTER": self.facts.cluster,
                    "PARALLAX_AGENT_INTERVAL": str(self.interval),
                    "PARALLAX_AGENT_KEY_FILE": str(self._key_file),
                    "PARALLAX_AGENT_NODE": node.name,
                    "PARALLAX_AGENT_SOURCE_ADDRESS": node.address,
                    "PARALLAX_INGEST_URL": self._ingest_url,
                    "PARALLAX_TARGETS": str(self.facts.targets_file),
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> None:
        """Terminate each agent; kill those that do not end within 8 s."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
