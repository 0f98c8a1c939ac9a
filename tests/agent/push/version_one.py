"""Version one: an ingest as it was before heartbeats, for tests.

In: requests of an agent. Out: the responses that ingest gave at that time (recorded by
its own code, `parallax.ingest.acceptance` of version 0.1): 400 for another schema, 202
for reports with the fields of schema v1.
"""

import gzip
import json
from typing import Any

from tests.agent.conftest import IngestHandler, IngestServer

REJECTED = (
    "unknown schema 'io.parallax.observations.v2'; "
    "expected 'io.parallax.observations.v1'"
)
NEEDED = {"schema", "k8s.cluster.name", "k8s.node.name", "sent_at", "reports"}
NEEDED_REPORT = {"target", "k8s.cluster.name", "k8s.node.name", "sent_at", "interval"}
"""The fields without a default; unknown fields were ignored."""


class VersionOneHandler(IngestHandler):
    """Answers as ingest of version 0.1 did."""

    server: "VersionOne"

    def do_POST(self) -> None:  # noqa: N802 - the library's name
        """Accept schema v1 only."""
        packed = self.rfile.read(int(self.headers["Content-Length"]))
        body: dict[str, Any] = json.loads(gzip.decompress(packed))
        self.server.bodies.append(body)
        if body.get("schema") != "io.parallax.observations.v1":
            self.respond(400, {"message": REJECTED})
        elif not body.keys() >= NEEDED or not all(
            report.keys() >= NEEDED_REPORT and "reading" in report
            for report in body["reports"]
        ):
            self.respond(400, {"message": "reports.0: Field required"})
        else:
            self.respond(202, {"message": "stored", **self.server.extra})

    def respond(self, code: int, fields: dict[str, object]) -> None:
        """Send a JSON body."""
        self.answer(code, json.dumps(fields).encode())


class VersionOne(IngestServer):
    """An ingest of version 0.1 that keeps every body."""

    handler = VersionOneHandler

    def __init__(self, port: int = 0) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.extra: dict[str, object] = {}
        super().__init__(port)

    @property
    def stored(self) -> list[dict[str, Any]]:
        """The bodies of schema v1, the oldest first."""
        return [b for b in self.bodies if b["schema"].endswith("v1")]
