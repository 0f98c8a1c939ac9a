"""Real servers for the agent's tests: a recorded Kubernetes API, and an ingest."""

import base64
import gzip
import json
import os
import queue
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from parallax.model.key_id import HEADER
from parallax.model.push import Push
from parallax.model.target import Healthy, Reached, Target
from parallax.model.wire import decode_json
from tests.agent.kubernetes_api import KubernetesServer
from tests.agent.servers import Quiet, Server

TARGETS = """\
targets:
  - name: platform-api
    url: https://platform-api.keybuzz.io/
    reached:
      cluster: keybuzz
      namespace: keybuzz
"""

KEY = "whsec_" + base64.b64encode(b"a key of the tests, 32 bytes long").decode()


class IngestHandler(Quiet):
    """Checks the signature as `ingest` does and keeps what it took."""

    def do_POST(self) -> None:  # noqa: N802 - the library's name
        """Answer one push with the next answer planned, else 202."""
        packed = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.sizes.append(len(packed))
        body = gzip.decompress(packed)
        self.server.requests.append(("POST", self.path))
        self.server.key_ids.append(self.headers[HEADER])
        planned = self.server.answers.pop(0) if self.server.answers else 202
        if planned == 202:
            planned = 401
            for key in self.server.keys:
                try:
                    Webhook(key).verify(body, dict(self.headers))
                    planned = 202
                except Exception:  # noqa: BLE001, S112 - the next key may fit
                    continue
        if planned == 202:
            self.server.taken.put(decode_json(Push, body))
            self.server.ids.append(self.headers["webhook-id"])
        well = json.dumps(self.server.response).encode()
        self.answer(planned, well if planned == 202 else b"as planned", "text/plain")


class IngestServer(Server):
    """An `ingest` that answers as planned."""

    handler: type[Quiet] = IngestHandler

    def __init__(
        self,
        port: int = 0,
        answers: Sequence[int] = (),
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.answers = list(answers)
        self.keys = [KEY]
        self.taken: queue.Queue[Push] = queue.Queue()
        self.ids: list[str] = []
        self.sizes: list[int] = []
        self.key_ids: list[str | None] = []
        self.response: dict[str, object] = {"message": "stored"}
        super().__init__(self.handler, port, context=context)


@pytest.fixture
def kubernetes_api() -> Iterator[KubernetesServer]:
    """Serve the recorded API."""
    server = KubernetesServer()
    yield server
    server.stop()


@pytest.fixture
def ingest() -> Iterator[IngestServer]:
    """Serve an ingest."""
    server = IngestServer()
    yield server
    server.stop()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """Write the signing key."""
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    return file


@pytest.fixture
def environment(
    kubernetes_api: KubernetesServer,
    ingest: IngestServer,
    key_file: Path,
    tmp_path: Path,
) -> dict[str, str]:
    """Return an environment in which the agent runs."""
    targets = tmp_path / "targets.yaml"
    targets.write_text(TARGETS)
    # Nothing answers at the recorded addresses, so no probe must leave the machine.
    nothing = {"items": []}
    kubernetes_api.replaced |= {"nodes": nothing, "endpointslices": nothing}
    body = kubernetes_api.body("services")
    for item in body["items"]:
        item["spec"]["clusterIP"] = "None"
    kubernetes_api.replaced["services"] = body
    return {
        "PATH": os.environ["PATH"],
        "PARALLAX_AGENT_NODE": "worker-01",
        "PARALLAX_AGENT_CLUSTER": "keybuzz",
        "PARALLAX_AGENT_INTERVAL": "1",
        "PARALLAX_AGENT_KEY_FILE": str(key_file),
        "PARALLAX_INGEST_URL": ingest.url,
        "PARALLAX_TARGETS": str(targets),
        "KUBECONFIG": str(kubernetes_api.kubeconfig(tmp_path)),
    }


@pytest.fixture
def api_target() -> Target:
    """Return the incident's API target."""
    return Target(
        name="platform-api",
        url="https://platform-api.keybuzz.io/health?deep=1",
        healthy=Healthy(status_codes=(200,)),
        reached=Reached(
            load_balancer="lb",
            cluster="keybuzz",
            namespace="keybuzz",
            ingress_namespace="ingress-nginx",
            ingress_service="ingress-nginx-controller",
        ),
    )
