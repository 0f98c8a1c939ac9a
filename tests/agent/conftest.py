"""Real servers for the agent's tests: a recorded Kubernetes API, and an ingest.

The API server answers real HTTP with bodies that a real API server 1.36
served (`recorded/`), by namespace and with the recorded 401, 403 and 404. It
leaves out: watches, paging, selectors, writes.
"""

import base64
import gzip
import json
import queue
import re
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from standardwebhooks import Webhook

from parallax.model.push import Push
from parallax.model.target import Healthy, Reached, Target
from parallax.model.wire import Json, decode_json

RECORDED = Path(__file__).parent / "recorded"
TOKEN = "recorded-token"
KEY = "whsec_" + base64.b64encode(b"a key of the tests, 32 bytes long").decode()
_LIST = re.compile(
    r"/(?:api/v1|apis/[^/]+/v1)(?:/namespaces/(?P<namespace>[^/]+))?/(?P<kind>[a-z]+)"
)
_CONFIG_MAP = re.compile(r"/api/v1/namespaces/[^/]+/configmaps/(?P<name>[^/]+)")
_LOG = re.compile(r"/api/v1/namespaces/[^/]+/pods/(?P<name>[^/]+)/log")


class Quiet(BaseHTTPRequestHandler):
    """A handler that says nothing on the terminal and speaks HTTP/1.1."""

    protocol_version = "HTTP/1.1"
    server: Any

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library has it
        """Stay silent."""

    def answer(self, code: int, body: bytes, kind: str = "application/json") -> None:
        """Send one whole answer."""
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """A server in a thread of its own, on a loopback port of its own."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self, handler: type[Quiet], port: int = 0, address: str = "127.0.0.1"
    ) -> None:
        self.requests: list[tuple[str, str]] = []
        super().__init__((address, port), handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """The server's URL."""
        return f"http://127.0.0.1:{self.server_port}"

    def stop(self) -> None:
        """Stop listening; open streams end with the process."""
        self.shutdown()
        self.server_close()


class KubernetesHandler(Quiet):
    """Answers lists, one ConfigMap, and followed logs."""

    def do_GET(self) -> None:
        """Answer one GET."""
        path = urlsplit(self.path).path
        self.server.requests.append((self.command, self.path))
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.error(401)
        elif match := _LOG.fullmatch(path):
            self.log(match["name"])
        elif match := _CONFIG_MAP.fullmatch(path):
            self.config_map(match["name"])
        elif match := _LIST.fullmatch(path):
            self.list(match["kind"], match["namespace"])
        else:
            self.error(404)

    def error(self, code: int) -> None:
        """Answer with the recorded error, or one of its shape."""
        file = RECORDED / "errors" / f"{code}.json"
        made = {"kind": "Status", "code": code, "message": f"made for {code}"}
        self.answer(code, file.read_bytes() if file.exists() else json_of(made))

    def list(self, kind: str, namespace: str | None) -> None:
        """Answer a list, of one namespace or of all."""
        everywhere = {} if namespace else self.server.errors_everywhere
        if code := self.server.errors.get(kind) or everywhere.get(kind):
            self.error(code)
            return
        body = self.server.body(kind)
        if namespace:
            body["items"] = [
                i for i in body["items"] if i["metadata"]["namespace"] == namespace
            ]
        self.answer(200, json_of(body))

    def config_map(self, name: str) -> None:
        """Answer the controller's ConfigMap."""
        if "configmaps" in self.server.errors:
            self.error(self.server.errors["configmaps"])
        elif name == "ingress-nginx-controller":
            self.answer(200, json_of(self.server.body(name)))
        else:
            self.error(404)

    def log(self, pod: str) -> None:
        """Stream a pod's log, chunk by chunk, until told to end (None)."""
        self.server.log_queries.append(parse_qs(urlsplit(self.path).query))
        stream = self.server.logs.get(pod)
        if stream is None:
            self.error(self.server.errors.get("log", 404))
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        while (chunk := stream.get()) is not None:
            self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")


class KubernetesServer(Server):
    """The recorded API: choose a state, replace a body, or let a resource fail."""

    def __init__(self) -> None:
        self.state = "all-ready"
        self.replaced: dict[str, Any] = {}
        self.errors: dict[str, int] = {}
        self.errors_everywhere: dict[str, int] = {}
        self.logs: dict[str, queue.Queue[bytes | None]] = {}
        self.log_queries: list[dict[str, list[str]]] = []
        super().__init__(KubernetesHandler)

    def body(self, kind: str) -> Json:
        """Return a recorded body; the cluster has no Deployments."""
        if kind in self.replaced:
            return json.loads(json.dumps(self.replaced[kind]))
        file = RECORDED / self.state / f"{kind}.json"
        if not file.exists():
            file = RECORDED / "all-ready" / f"{kind}.json"
        if not file.exists():
            return {"kind": "DeploymentList", "apiVersion": "apps/v1", "items": []}
        return json.loads(file.read_text())

    def kubeconfig(self, folder: Path, token: str = TOKEN) -> Path:
        """Write a kubeconfig that leads here."""
        file = folder / "kubeconfig"
        text = json_of(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "lab",
                "clusters": [{"name": "lab", "cluster": {"server": self.url}}],
                "users": [{"name": "agent", "user": {"token": token}}],
                "contexts": [
                    {"name": "lab", "context": {"cluster": "lab", "user": "agent"}}
                ],
            }
        )
        file.write_bytes(text)
        return file


class IngestHandler(Quiet):
    """Checks the signature as `ingest` does and keeps what it took."""

    def do_POST(self) -> None:
        """Answer one push with the next answer planned, else 202."""
        packed = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.sizes.append(len(packed))
        body = gzip.decompress(packed)
        self.server.requests.append(("POST", self.path))
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
        well = json.dumps(self.server.told).encode()
        self.answer(planned, well if planned == 202 else b"as planned", "text/plain")


class IngestServer(Server):
    """An `ingest` that answers as planned."""

    def __init__(self, port: int = 0, answers: Sequence[int] = ()) -> None:
        self.answers = list(answers)
        self.keys = [KEY]
        self.taken: queue.Queue[Push] = queue.Queue()
        self.ids: list[str] = []
        self.sizes: list[int] = []
        self.told: dict[str, object] = {"message": "stored"}
        super().__init__(IngestHandler, port)


def json_of(value: object) -> bytes:
    """Return a value as JSON bytes."""
    return json.dumps(value).encode()


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
