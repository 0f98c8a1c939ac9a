"""Running: runs the agent's image, restricted like the manifests' pod."""

import json
import queue
import shutil
import subprocess
import threading
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

IMAGE = "parallax-agent:check"
DOCKER = shutil.which("docker") or "docker"
PYTHON = "/agent/bin/python"
LIMIT = 120
"""Seconds after which a container that says nothing hangs; no test comes near it."""
LOCKED_DOWN = (
    *("--read-only", "--tmpfs", "/tmp:size=1m,mode=1777"),  # noqa: S108 - the pod's
    *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--volume", "/dev/null:/bin/sh:ro", "--volume", "/dev/null:/bin/bash:ro"),
)


def docker(*arguments: str, check: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a Docker command to its end."""
    return subprocess.run(  # noqa: S603 - our own arguments
        [DOCKER, *arguments],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=check,
    )


def run(*command: str, entrypoint: str) -> subprocess.CompletedProcess[str]:
    """Run another program of the image, restricted and without a network."""
    place = ("--network", "none", "--entrypoint", entrypoint)
    return docker("run", "--rm", *LOCKED_DOWN, *place, IMAGE, *command)


class Container:
    """The agent in its container, from start to end."""

    def __init__(
        self, settings: Mapping[str, str], files: Iterable[Path], *network: str
    ) -> None:
        self.name = f"parallax-agent-{uuid.uuid4().hex[:12]}"
        self.log: list[dict[str, Any]] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        mounts = [f"--volume={file}:{file}:ro" for file in files]
        options = [f"--env={name}={value}" for name, value in settings.items()]
        self._process = subprocess.Popen(  # noqa: S603 - our own arguments
            [
                *(DOCKER, "run", "--name", self.name),
                *(*LOCKED_DOWN, *network, *mounts, *options, IMAGE),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put(None)

    def next_line(self) -> dict[str, Any] | None:
        """Wait for the log's next line; None: the log has ended."""
        line = self._lines.get(timeout=LIMIT)
        if line is None:
            return None
        self.log.append(json.loads(line))
        return self.log[-1]

    def wait_for(self, message: str) -> None:
        """Wait for a log line with this message."""
        while (line := self.next_line()) is not None:
            if line["message"] == message:
                return
        raise AssertionError(f"{message!r} was not logged: {self.log}")

    def exit_code(self) -> int:
        """Read the log to its end, and return the exit code."""
        while self.next_line() is not None:
            pass
        return self._process.wait(LIMIT)

    def status(self) -> dict[str, str]:
        """Return the kernel's status of the agent's process."""
        read = "print(open('/proc/1/status').read())"
        text = docker("exec", self.name, PYTHON, "-c", read, check=True).stdout
        return {
            k: v.strip() for k, _, v in (t.partition(":") for t in text.split("\n"))
        }

    def terminate(self) -> None:
        """Send the signal that a kubelet sends first."""
        docker("kill", "--signal", "TERM", self.name, check=True)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the container in any state."""
        docker("rm", "--force", self.name)
        self._process.wait(LIMIT)
        self._reader.join(LIMIT)
