"""Emulator: one AWS emulator for all mutants of a run.

In: a folder for its state. Out: its endpoint, until the end of the run.
It does not: clean up between mutants; each process has names of its own.
"""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / ".tools/ministack/bin/ministack"
SECONDS = 60.0


@contextmanager
def emulator(state: Path) -> Iterator[str]:
    """Yield the endpoint of a ministack that ends with the context."""
    state.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    own = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": port, "STATE_DIR": str(state)}
    own |= {"MINISTACK_REGION": "eu-central-1", "HOME": str(state)}
    process = subprocess.Popen(  # noqa: S603 - our own tool
        [PROGRAM],
        cwd=state,
        env=own | {"PATH": os.environ["PATH"], "TMPDIR": str(state)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _await(f"{endpoint}/_ministack/health")
        yield endpoint
    finally:
        process.terminate()
        process.wait(timeout=10)


def _await(url: str) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(f"the AWS emulator did not answer at {url}")
