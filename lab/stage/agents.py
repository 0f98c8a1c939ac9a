"""Agents: one real agent process for each node of the case.

In: the lab's facts, the ingest URL, the key. Out: running processes.
It does not: configure an agent in any way that a cluster could not. Each gets the
environment variables of the DaemonSet's manifest.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from lab.stage.run import Facts


class Agents:
    """The agents of a lab."""

    def __init__(self, facts: Facts, folder: Path, interval: int) -> None:
        self.facts = facts
        self.interval = interval
        self.folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._logs: list[IO[bytes]] = []

    def start(self, ingest_url: str, key: str) -> None:
        """Start one agent for each node."""
        key_file = self.folder / "agent.key"
        key_file.write_text(key)
        key_file.chmod(0o600)
        for node in self.facts.nodes:
            log = (self.folder / f"agent-{node.name}.log").open("wb")
            self._logs.append(log)
            self._processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "parallax_agent"],
                    env={
                        "PATH": os.environ["PATH"],
                        "HOME": str(self.folder),
                        "KUBECONFIG": str(node.kubeconfig),
                        "PARALLAX_AGENT_CLUSTER": self.facts.cluster,
                        "PARALLAX_AGENT_INTERVAL": str(self.interval),
                        "PARALLAX_AGENT_KEY_FILE": str(key_file),
                        "PARALLAX_AGENT_NODE": node.name,
                        "PARALLAX_AGENT_SOURCE_ADDRESS": node.address,
                        "PARALLAX_INGEST_URL": ingest_url,
                        "PARALLAX_TARGETS": str(self.facts.targets_file),
                    },
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            )

    def stop(self) -> None:
        """Terminate each agent; kill those that do not end within 8 s."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for log in self._logs:
            log.close()
