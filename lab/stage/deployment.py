"""Stage: lab, emulator, the deployed template and the agents, set up together.

In: a case and a run folder. Out: everything running inside the namespace the
caller stands in, and an inbox that listens.
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
from lab.stage.lifecycle import Held
from lab.stage.run import Facts, Lab, LabError
from lab.stage.timing import SHOWN, Pace
from parallax.incidents import DynamoIncidents
from parallax.journal import DynamoJournal
from parallax.model.target import Target
from parallax.targets import load

TARGETS_FILE = ROOT / "layers/targets/python/lab.yaml"
LOGS = ROOT / ".lab" / "logs"
"""Where the logs of the last run stay."""
ONE_AT_A_TIME = ROOT / ".lab" / "lock"


class Stage(Held):
    """The whole of Parallax and the world it watches, on this machine."""

    def __init__(
        self,
        case: Case,
        folder: Path,
        tell: Callable[[str], None],
        pace: Pace = SHOWN,
    ) -> None:
        self.case = case
        self.pace = pace
        self.folder = folder
        self.tell = tell
        self.lab = Lab(case, folder)
        self.agents: Agents | None = None
        self.emulator: Emulator | None = None
        self.outputs: Mapping[str, str] = {}
        self._lock: IO[str] | None = None

    @override
    def start(self) -> None:
        """Start everything."""
        self._claim()
        facts = self._start_lab()
        key = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        self._start_emulator(facts, key)
        self.tell(f"agents: one on each of {len(facts.nodes)} nodes")
        self.agents = Agents(facts, self.folder, self.pace.agent_seconds)
        self.agents.start(self._reachable(self.outputs["IngestUrl"]), key)

    @override
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything; say so where somebody pressed Ctrl-C."""
        if kind is KeyboardInterrupt:
            self.tell("interrupted: taking everything down")
        super().__exit__(kind, error, trace)

    def _claim(self) -> None:
        """Refuse a second stage in this clone: both would deploy one targets file."""
        ONE_AT_A_TIME.parent.mkdir(exist_ok=True)
        lock = ONE_AT_A_TIME.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise LabError(
                "a demo, `make up` or `make test` is under way in this clone: "
                "wait for it, or `make down`"
            ) from None
        self._lock = lock

    def _start_emulator(self, facts: Facts, key: str) -> None:
        self.tell("AWS emulator: starting, and deploying template.yaml with SAM")
        self.emulator = Emulator(self.folder, {"SSL_CERT_FILE": str(facts.ca_file)})
        self.emulator.start()
        # What looks at the tables from here uses the product's own code.
        os.environ.update(CREDENTIALS | {"AWS_ENDPOINT_URL": ENDPOINT})
        TARGETS_FILE.write_text(facts.targets_file.read_text())
        self.outputs = self.emulator.deploy(
            dict(self.pace.parameters)
            | {
                "AlertEmail": "oncall@example.com",
                "AgentKey": key,
                "HetznerToken": facts.hetzner_token,
                "HetznerEndpoint": facts.hetzner_endpoint,
                # Days of looks pass in a demo's hour.
                "HetznerCallsPerHour": "100000",
                "ControlUrl": facts.control_url,
                "Resolvers": ",".join(facts.resolvers),
                "TargetsFile": TARGETS_FILE.name,
                # The emulator's CloudFormation refuses an alarm with metric math.
                "MetricMathAlarms": "false",
            }
        )
        self.inbox = Inbox(
            self.outputs["FindingsQueueUrl"], self.outputs["AlertsTopicArn"]
        )

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

    @property
    def incidents(self) -> DynamoIncidents:
        """The incidents, to look at; nothing is written here."""
        return DynamoIncidents(self.outputs["IncidentsTable"])

    def wake(self, function: str, event: object = None) -> dict[str, Any]:
        """Invoke one function now, as its schedule would, and return its answer."""
        answer = client("lambda").invoke(
            FunctionName=self.outputs[f"{function}FunctionName"],
            Payload=json.dumps(event or {}).encode(),
        )
        return json.loads(answer["Payload"].read())

    @override
    def stop(self) -> None:
        """End agents, emulator and lab, in this order; of the folder, keep the logs.

        What another stage holds is left alone.
        """
        if self._lock is None:
            return
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
