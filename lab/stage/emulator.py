"""Emulator: an AWS emulator on this machine, with Parallax's template deployed.

In: a run folder, the functions' extra environment, the output of `sam build`.
Out: a running ministack at 127.0.0.1:4566 (in the caller's network namespace), and
the stack's outputs. It does not: change the template, or configure the functions in
any way that AWS would not; all parameters go through `sam deploy`.
"""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import boto3
import httpx

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
ENDPOINT = "http://127.0.0.1:4566"
REGION = "eu-central-1"
STACK = "parallax"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}
"""The emulator accepts any; the machine's real credentials must never be used."""
START_SECONDS = 60.0
NOT_INHERITED = ("AWS_", "PYTHON", "VIRTUAL_ENV", "PARALLAX_")
"""Prefixes of the machine's variables that the functions must not inherit."""


class EmulatorError(RuntimeError):
    """The emulator or the deployment failed; the text names the log to read."""


def build() -> None:
    """Run `sam build`; it needs the package index, so it runs outside the namespace."""
    _sam(["build"], _clean_environment(), ROOT / ".lab" / "build.log")


class Emulator:
    """One ministack process with the deployed stack."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.log = folder / "emulator.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._out: IO[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it responds; functions inherit its environment."""
        state = self.folder / "emulator"
        state.mkdir(parents=True, exist_ok=True)
        environment = _clean_environment() | {
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "STATE_DIR": str(state),
            "TMPDIR": str(state),
            **self.environment,
        }
        self._out = self.log.open("ab")
        self._process = subprocess.Popen(
            [TOOLS / "ministack/bin/ministack"],
            env=environment,
            cwd=state,
            stdout=self._out,
            stderr=subprocess.STDOUT,
        )
        self._await_health()

    @property
    def pid(self) -> int:
        """The process's id, while it runs."""
        if self._process is None:
            raise EmulatorError("the AWS emulator does not run")
        return self._process.pid

    def _await_health(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process and self._process.poll() is not None:
                break
            try:
                if httpx.get(f"{ENDPOINT}/_ministack/health").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise EmulatorError(f"the AWS emulator did not start: see {self.log}")

    def deploy(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Deploy the built template unchanged, and return the stack's outputs."""
        overrides = [f"{key}={json.dumps(value)}" for key, value in parameters.items()]
        _sam(
            ["deploy", "--stack-name", STACK, "--parameter-overrides", *overrides],
            _clean_environment() | {"AWS_ENDPOINT_URL": ENDPOINT},
            self.folder / "deploy.log",
        )
        stacks = client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {o["OutputKey"]: o["OutputValue"] for o in stacks[0].get("Outputs", [])}

    def stop(self, seconds: float = 5.0) -> None:
        """Stop it; its state is in the run folder.

        With `PERSIST_STATE=1` it takes longer: it writes all tables and functions.
        """
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._out:
            self._out.close()


def client(service: str) -> Any:  # noqa: ANN401 - boto3 creates its clients at run time
    """Return a boto3 client of the emulator."""
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


def _clean_environment() -> dict[str, str]:
    """Return an environment without the machine's AWS settings and Python paths."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(NOT_INHERITED)}
    path = f"{ROOT / '.venv/bin'}:{TOOLS / 'bin'}:{os.environ.get('PATH', '')}"
    return inherited | CREDENTIALS | {"PATH": path, "SAM_CLI_TELEMETRY": "0"}


def _sam(arguments: list[str], environment: dict[str, str], log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        done = subprocess.run(
            [TOOLS / "bin/sam", *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise EmulatorError(f"`sam {arguments[0]}` failed (see {log}):\n{tail}")
