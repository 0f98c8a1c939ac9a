"""Deployment: Parallax deployed beside the lab: emulator, template and agents.

In: a case and a run folder. Out: everything running inside the caller's namespace,
and an inbox that receives findings and mails.
It does not: build the template (that needs the package index; see
`lab.stage.emulator.build`) or enter the namespace (see `lab.stage.namespace`).
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
from typing import IO, Any, override

from lab.case import Case
from lab.stage.agents import Agents
from lab.stage.emulator import CREDENTIALS, ENDPOINT, ROOT, Emulator, client
from lab.stage.inbox import Inbox
from lab.stage.lifecycle import Lifecycle
from lab.stage.pages import Pages
from lab.stage.run import Facts, Lab, LabError
from lab.stage.timing import FOR_DEMO, Timing
from parallax.incidents.table import DynamoIncidents
from parallax.journal.dynamodb import DynamoJournal
from parallax.model.target import Target
from parallax.targets import load

TARGETS_FILE = ROOT / "layers/targets/python/lab.yaml"
LOGS = ROOT / ".lab" / "logs"
"""The logs of the last run."""
LOCK = ROOT / ".lab" / "lock"


class Stage(Lifecycle):
    """All of Parallax and the platform that it monitors, on this machine."""

    def __init__(
        self,
        case: Case,
        folder: Path,
        report: Callable[[str], None],
        timing: Timing = FOR_DEMO,
    ) -> None:
        self.case = case
        self.timing = timing
        self.folder = folder
        self.report = report
        self.lab = Lab(case, folder)
        self.agents: Agents | None = None
        self.emulator: Emulator | None = None
        self.pages = Pages.inherited()
        self.outputs: Mapping[str, str] = {}
        self._lock: IO[str] | None = None

    @override
    def start(self) -> None:
        """Start everything."""
        self._claim()
        facts = self._start_lab()
        key = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        self._start_emulator(facts, key)
        self.report(f"starting the agents: one on each of {len(facts.nodes)} nodes")
        self.agents = Agents(facts, self.folder, self.timing.agent_seconds)
        self.agents.start(self.door(self.reachable(self.outputs["IngestUrl"])), key)

    @override
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything; report it after Ctrl-C."""
        if kind is KeyboardInterrupt:
            self.report("interrupted: stopping everything")
        super().__exit__(kind, error, trace)

    def _claim(self) -> None:
        """Refuse a second stage in this clone: both would write one targets file."""
        LOCK.parent.mkdir(exist_ok=True)
        lock = LOCK.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise LabError(
                "another demo, `make up` or `make test` runs in this clone: "
                "wait until it ends, or run `make down`"
            ) from None
        self._lock = lock

    def _start_emulator(self, facts: Facts, key: str) -> None:
        self.report("starting the AWS emulator and deploying template.yaml with SAM")
        extra = {"SSL_CERT_FILE": str(facts.ca_file), **self.environment}
        self.emulator = Emulator(self.folder, extra)
        self.emulator.start()
        # The tables are read with the product's own code, which needs these.
        os.environ.update(CREDENTIALS | {"AWS_ENDPOINT_URL": ENDPOINT})
        TARGETS_FILE.write_text(facts.targets_file.read_text())
        self.outputs = self.emulator.deploy(
            dict(self.timing.parameters)
            | {
                "AlertEmail": "oncall@example.com",
                "AgentKey": key,
                "HetznerToken": facts.hetzner_token,
                "HetznerEndpoint": facts.hetzner_endpoint,
                # The demo calls `inspect` more often than a schedule would.
                "HetznerCallsPerHour": "100000",
                "ControlUrl": facts.control_url,
                "Resolvers": ",".join(facts.resolvers),
                "TargetsFile": TARGETS_FILE.name,
                "LinksUrl": self.pages.url if self.pages else "",
            }
        )
        if self.pages:
            self.pages.start(self.reachable(self.outputs["ReportUrl"]))
        self.inbox = Inbox(
            self.outputs["FindingsQueueUrl"], self.outputs["AlertsTopicArn"]
        )

    def _start_lab(self) -> Facts:
        self.report(
            "starting the lab: HAProxy, nginx, Varnish, DNS, pods, Hetzner and "
            "Kubernetes APIs"
        )
        self.lab.start()
        return self.lab.facts

    environment: Mapping[str, str] = {}
    """What the emulator and the functions get beside the lab's own certificates."""

    def door(self, url: str) -> str:
        """Return the URL that the agents push to, for that of the function."""
        return url

    @staticmethod
    def reachable(url: str) -> str:
        """Return the URL at which the emulator serves a function URL."""
        identity = url.split("://", 1)[1].split(".", 1)[0]
        return f"http://127.0.0.1:4566/_aws/lambda-url/{identity}"

    @property
    def targets(self) -> tuple[Target, ...]:
        """The targets of the case, as the functions read them."""
        return load(self.lab.facts.targets_file)

    @property
    def journal(self) -> DynamoJournal:
        """The journal, for reading only."""
        return DynamoJournal(self.outputs["JournalTable"])

    @property
    def incidents(self) -> DynamoIncidents:
        """The incidents, for reading only."""
        return DynamoIncidents(self.outputs["IncidentsTable"])

    def invoke(self, function: str, event: object = None) -> dict[str, Any]:
        """Invoke one function now, as its schedule would, and return its response."""
        answer = client("lambda").invoke(
            FunctionName=self.outputs[f"{function}FunctionName"],
            Payload=json.dumps(event or {}).encode(),
        )
        return json.loads(answer["Payload"].read())

    @override
    def stop(self) -> None:
        """Stop agents, emulator and lab, in this order; keep the logs.

        Nothing is stopped if another stage has the lock.
        """
        if self._lock is None:
            return
        if self.agents:
            self.agents.stop()
        if self.pages:
            self.pages.stop()
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
