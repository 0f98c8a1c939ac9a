"""A recorded Kubernetes API for the agent's tests: lists, watches, followed logs.

In: bodies that a real API server 1.36 served (`recorded/`). Out: real HTTP, with
pages, resource versions, streams of changes, and the recorded 401, 403 and 404.
It leaves out: label selectors, writes, and every field selector but a name or a type.
"""

import json
import queue
import re
import ssl
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parallax.model.wire import Json
from tests.agent.servers import Quiet, Server, json_of

RECORDED = Path(__file__).parent / "recorded"
TOKEN = "recorded-token"
FIRST_VERSION = 500
_LIST = re.compile(
    r"/(?:api/v1|apis/[^/]+/v1(?:alpha1)?)(?:/namespaces/(?P<namespace>[^/]+))?/(?P<kind>[a-z]+)"
)
_LOG = re.compile(r"/api/v1/namespaces/[^/]+/pods/(?P<name>[^/]+)/log")
EXTENSIONS = {
    "gateways",
    "httproutes",
    "listenersets",
    "ingressroutes",
    "middlewares",
    "httpproxies",
    "virtualservices",
    "virtualservers",
}
"""Kinds that the API does not know until a test sets them."""


def _field(item: Any, path: str) -> Any:
    """Return the field that a field selector names, e.g. `status.phase`."""
    for key in path.split("."):
        item = item.get(key) or {}
    return item or None


class KubernetesHandler(Quiet):
    """Answers lists, watches, and followed logs."""

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        """Respond to one GET."""
        asked = urlsplit(self.path)
        self.server.requests.append((self.command, self.path))
        if self.headers["Authorization"].lower() != f"bearer {self.server.token}":
            self.error(401)
        elif match := _LOG.fullmatch(asked.path):
            self.log(match["name"])
        elif match := _LIST.fullmatch(asked.path):
            query = {k: v[-1] for k, v in parse_qs(asked.query).items()}
            self.list_or_watch(match["kind"], match["namespace"], query)
        else:
            self.error(404)

    def error(self, code: int) -> None:
        """Respond with the recorded error, or one of its shape."""
        file = RECORDED / "errors" / f"{code}.json"
        made = {"kind": "Status", "code": code, "message": f"made for {code}"}
        body = file.read_bytes() if file.exists() else json_of(made)
        self.answer(code, body, retry_after=self.server.retry_after)

    def list_or_watch(
        self, kind: str, namespace: str | None, query: dict[str, str]
    ) -> None:
        """Respond to a list or a watch, of one namespace or of all."""
        watching = query.get("watch") == "true"
        everywhere = {} if namespace else self.server.errors_everywhere
        unopened = self.server.watch_errors if watching else {}
        errors = self.server.errors | everywhere | unopened
        if kind in EXTENSIONS and kind not in self.server.replaced:
            self.error(404)
        elif kind in errors:
            self.error(errors[kind])
        elif watching:
            self.watch(kind, namespace, int(query["resourceVersion"]))
        else:
            self.list(kind, namespace, query)

    def list(self, kind: str, namespace: str | None, query: dict[str, str]) -> None:
        """Send one page."""
        if "continue" in query and self.server.lose_continue:
            self.server.lose_continue = False
            self.error(410)
            return
        body = self.server.body(kind)
        field, _, value = query.get("fieldSelector", "").partition("=")
        items = [
            item
            for item in body["items"]
            if namespace in {None, item["metadata"].get("namespace")}
            and value in {"", _field(item, field)}
        ]
        start = int(query.get("continue", 0))
        end = start + min(int(query["limit"]), self.server.largest_page)
        body["metadata"] = {"resourceVersion": str(self.server.version)}
        if end < len(items):
            body["metadata"]["continue"] = str(end)
        self.answer(200, json_of(body | {"items": items[start:end]}))

    def watch(self, kind: str, namespace: str | None, version: int) -> None:
        """Stream the changes since a version, until stopped."""
        events = self.server.changes_since(kind, version)
        self.stream("application/json")
        while (event := events.get()) is not None:
            if isinstance(event, bytes):
                self.chunk(event)
                if event == ENDED:
                    return
                continue
            place = event["object"].get("metadata", {}).get("namespace")
            if namespace in {None, place} or place is None:
                self.chunk(json_of(event) + b"\n")
        self.close_connection = True
        self.connection.close()

    def log(self, pod: str) -> None:
        """Stream a pod's log, chunk by chunk, until stopped (None)."""
        self.server.log_queries.append(parse_qs(urlsplit(self.path).query))
        stream = self.server.logs.get(pod)
        if stream is None:
            self.error(self.server.errors.get("log", 404))
            return
        self.stream("text/plain")
        while (chunk := stream.get()) is not None:
            self.chunk(chunk)
        self.wfile.write(b"0\r\n\r\n")

    def stream(self, kind: str) -> None:
        """Begin a chunked response."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()

    def chunk(self, part: bytes) -> None:
        """Send one chunk."""
        self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")


type Event = Json | bytes | None
"""An event, raw bytes of a stream, or None: the connection drops."""
ENDED = b""
"""The server ends the stream in good order."""


class KubernetesServer(Server):
    """The recorded API: choose a state, replace a body, or let a resource fail.

    What is set while watches are open is seen by lists alone; `change` is seen by
    both, and `drop` ends the open streams, so that they are opened again.
    """

    def __init__(self, port: int = 0, context: ssl.SSLContext | None = None) -> None:
        self.state = "all-ready"
        self.token = TOKEN
        self.replaced: dict[str, Any] = {}
        self.errors: dict[str, int] = {}
        self.errors_everywhere: dict[str, int] = {}
        self.watch_errors: dict[str, int] = {}
        self.largest_page = 500
        self.endless = True
        self.lose_continue = False
        self.retry_after: str | None = None
        self.logs: dict[str, queue.Queue[bytes | None]] = {}
        self.log_queries: list[dict[str, list[str]]] = []
        self.version = FIRST_VERSION
        self.oldest = FIRST_VERSION
        self._changes: list[tuple[int, str, Json]] = []
        self._open: dict[str, list[queue.Queue[Event]]] = {}
        self._lock = threading.Lock()
        super().__init__(KubernetesHandler, port, context=context)

    def body(self, kind: str) -> Json:
        """Return a recorded body; a resource without recording is empty."""
        if kind in self.replaced:
            return json.loads(json.dumps(self.replaced[kind]))
        if kind == "configmaps":
            return {"items": [self.body("ingress-nginx-controller")]}
        file = RECORDED / self.state / f"{kind}.json"
        if not file.exists():
            file = RECORDED / "all-ready" / f"{kind}.json"
        if not file.exists():
            return {"kind": "List", "apiVersion": "v1", "items": []}
        return json.loads(file.read_text())

    def change(self, kind: str, word: str, item: Json) -> None:
        """Add, modify or delete an object: ADDED, MODIFIED, DELETED."""
        body = self.body(kind)
        meta = item["metadata"]
        key = meta.get("namespace"), meta["name"]
        others = [
            i
            for i in body["items"]
            if (i["metadata"].get("namespace"), i["metadata"]["name"]) != key
        ]
        body["items"] = others if word == "DELETED" else [*others, item]
        with self._lock:
            self.replaced[kind] = body
            self.version += 1
            item = item | {"metadata": meta | {"resourceVersion": str(self.version)}}
            self._changes.append((self.version, kind, {"type": word, "object": item}))
            self._send(kind, self._changes[-1][2])

    def send(self, kind: str, event: Event) -> None:
        """Send an event to the open watches alone; None drops them."""
        with self._lock:
            self._send(kind, event)

    def drop(self) -> None:
        """Drop every open watch."""
        with self._lock:
            for kind in self._open:
                self._send(kind, None)

    def forget(self) -> None:
        """Forget earlier versions: a watch from there gets 410."""
        with self._lock:
            self.version += 1
            self.oldest = self.version
            self._changes.clear()

    def watching(self, kind: str) -> int:
        """Return how many watches of a kind are open."""
        return len(self._open.get(kind, ()))

    def changes_since(self, kind: str, version: int) -> queue.Queue[Event]:
        """Return a watch's queue, with the changes that it missed."""
        events: queue.Queue[Event] = queue.Queue()
        with self._lock:
            self._open.setdefault(kind, []).append(events)
            if not self.endless:
                events.put(ENDED)
            if version < self.oldest:
                status = {"kind": "Status", "code": 410, "reason": "Expired"}
                events.put({"type": "ERROR", "object": status})
            for changed, which, event in self._changes:
                if which == kind and changed > version:
                    events.put(event)
        return events

    def _send(self, kind: str, event: Event) -> None:
        for events in self._open.get(kind, ()):
            events.put(event)
        if event is None:
            self._open[kind] = []

    def stop(self) -> None:
        """Stop listening and drop open streams, as a process that ends does."""
        super().stop()
        self.drop()

    def kubeconfig(self, folder: Path, token: str = TOKEN) -> Path:
        """Write a kubeconfig for this server."""
        return kubeconfig(self.url, folder, token)


def kubeconfig(url: str, folder: Path, token: str = TOKEN) -> Path:
    """Write a kubeconfig for a server."""
    file = folder / "kubeconfig"
    text = json_of(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "lab",
            "clusters": [{"name": "lab", "cluster": {"server": url}}],
            "users": [{"name": "agent", "user": {"token": token}}],
            "contexts": [
                {"name": "lab", "context": {"cluster": "lab", "user": "agent"}}
            ],
        }
    )
    file.write_bytes(text)
    return file
