"""Stage: lab, emulator, the deployed template and the agents, set up together.

In: a case and a run folder. Out: everything running inside the namespace the
caller stands in, and an inbox that listens.
It does not: build the template (that needs the package index; see
`lab.emulator.build`) or enter the namespace (see `lab.namespace`).
"""

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lab.case import Case
from lab.demo.agents import Agents
from lab.demo.inbox import Inbox
from lab.emulator import CREDENTIALS, ENDPOINT, ROOT, Emulator, client
from lab.run import Facts, Lab, LabError
from parallax.journal import DynamoJournal
from parallax.model.target import Target
from parallax.targets import load

TARGETS_FILE = ROOT / "layers/targets/python/lab.yaml"
LOGS = ROOT / ".lab" / "logs"
"""Where the logs of the last run stay."""
ONE_AT_A_TIME = ROOT / ".lab" / "lock"
TIMING = {"SettleSeconds": "20", "QuietSeconds": "5", "EvidenceSeconds": "60"}
"""Shorter than in the field, where a rollout takes minutes and not seconds."""


class Stage:
    """The whole of Parallax and the world it watches, on this machine."""

    def __init__(self, case: Case, folder: Path, tell: Callable[[str], None]) -> None:
        self.case = case
        self.folder = folder
        self.tell = tell
        self.lab = Lab(case, folder)
        self.agents: Agents | None = None
        self.emulator: Emulator | None = None
        self.outputs: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        """Start everything; on failure, stop what had been started."""
        self._claim()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything, also after Ctrl-C."""
        if kind is KeyboardInterrupt:
            self.tell("interrupted: taking everything down")
        self.stop()

    def _claim(self) -> None:
        """Refuse a second stage in this clone: both would deploy one targets file."""
        ONE_AT_A_TIME.parent.mkdir(exist_ok=True)
        self._lock = ONE_AT_A_TIME.open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise LabError(
                "a demo, `make up` or `make test` is under way in this clone: "
                "wait for it, or `make down`"
            ) from None

    def _start(self) -> None:
        facts = self._start_lab()
        key = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        self.tell("AWS emulator: starting, and deploying template.yaml with SAM")
        self.emulator = Emulator(self.folder, {"SSL_CERT_FILE": str(facts.ca_file)})
        self.emulator.start()
        # What looks at the tables from here uses the product's own code.
        os.environ.update(CREDENTIALS | {"AWS_ENDPOINT_URL": ENDPOINT})
        TARGETS_FILE.write_text(facts.targets_file.read_text())
        self.outputs = self.emulator.deploy(
            TIMING
            | {
                "AlertEmail": "oncall@example.com",
                "AgentKey": key,
                "HetznerToken": facts.hetzner_token,
                "HetznerEndpoint": facts.hetzner_endpoint,
                "TargetsFile": TARGETS_FILE.name,
            }
        )
        self.inbox = Inbox(
            self.outputs["FindingsQueueUrl"], self.outputs["AlertsTopicArn"]
        )
        self.tell(f"agents: one on each of {len(facts.nodes)} nodes")
        self.agents = Agents(facts, self.folder)
        self.agents.start(self._reachable(self.outputs["IngestUrl"]), key)

    def _start_lab(self) -> Facts:
        self.tell(
            "lab: HAProxy, nginx, Varnish, DNS, pods, Hetzner and Kubernetes APIs"
        )
        self.lab.start()
        return self.lab.facts

    @staticmethod
    def _reachable(url: str) -> str:
        """Turn a function URL into the path under which the emulator serves it."""
        identity = url.split("://", 1)[1].split(".", 1)[0]
        return f"http://127.0.0.1:4566/_aws/lambda-url/{identity}"

    @property
    def targets(self) -> tuple[Target, ...]:
        """The targets of the case, as the functions know them."""
        return load(self.lab.facts.targets_file)

    @property
    def journal(self) -> DynamoJournal:
        """The journal, to look at; nothing is written here."""
        return DynamoJournal(self.outputs["JournalTable"])

    def wake(self, function: str, event: object = None) -> dict[str, Any]:
        """Invoke one function now, as its schedule would, and return its answer."""
        answer = client("lambda").invoke(
            FunctionName=self.outputs[f"{function}FunctionName"],
            Payload=json.dumps(event or {}).encode(),
        )
        return json.loads(answer["Payload"].read())

    def stop(self) -> None:
        """End agents, emulator and lab, in this order; of the folder, keep the logs."""
        if self.agents:
            self.agents.stop()
        if self.emulator:
            self.emulator.stop()
        self.lab.stop()
        TARGETS_FILE.unlink(missing_ok=True)
        self._keep_logs()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()

    def _keep_logs(self) -> None:
        shutil.rmtree(LOGS, ignore_errors=True)
        LOGS.mkdir(parents=True)
        for log in self.folder.glob("*.log"):
            shutil.copy2(log, LOGS)
