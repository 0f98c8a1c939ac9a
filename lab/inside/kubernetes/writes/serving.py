"""Serving: a writable Kubernetes API on the loopback interface, for helm and kubectl.

In: a certificate, the kinds. Out: a server in a thread, its store, and a kubeconfig.
It does not: accept plain HTTP, over which kubectl sends no token.
"""

import asyncio
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from aiohttp import web

from lab.inside.kubernetes.api import Account, Api, Handler
from lab.inside.kubernetes.store import Store
from lab.inside.kubernetes.writes.changes import Changes
from lab.inside.kubernetes.writes.discovery import Document, documents
from lab.inside.kubernetes.writes.kinds import BUILT_IN, Kind

TOKEN = "lab-admin"  # noqa: S105 - valid at this server only
NAMESPACES = ("default", "kube-system")


def application(store: Store, kinds: Iterable[Kind]) -> web.Application:
    """Return the API: reads of the lab's server, and writes."""
    kinds = tuple(kinds)
    groups: dict[str, dict[str, str]] = {}
    for kind in kinds:
        groups.setdefault(kind.group, {})[kind.resource] = kind.name
    app = Api(store, {TOKEN: Account("admin")}, kinds=groups).application()
    for path, document in documents(kinds).items():
        app.router.add_get(path, _responding(document))
    app.router.add_get("/openapi/v2", _no_schemas)
    for kind in kinds:
        changes = Changes(store, kind)
        scope = "/namespaces/{namespace}" if kind.namespaced else ""
        path = f"/{kind.group}{scope}/{kind.resource}"
        app.router.add_post(path, changes.create)
        app.router.add_put(f"{path}/{{name}}", changes.replace)
        app.router.add_patch(f"{path}/{{name}}", changes.patch)
        app.router.add_delete(f"{path}/{{name}}", changes.delete)
    return app


async def _no_schemas(_: web.Request) -> web.Response:
    """Respond with an empty document, which is what empty protobuf is.

    helm requests it for a kind that no group announces.
    """
    return web.Response()


def _responding(document: Document) -> Handler:
    async def respond(_: web.Request) -> web.Response:
        return web.json_response(document)

    return respond


@contextmanager
def served(
    tls: ssl.SSLContext, kinds: Iterable[Kind] = BUILT_IN
) -> Iterator[tuple[Store, str]]:
    """Serve with two empty namespaces; yield the store and the URL.

    `tls` has a certificate for `localhost`.
    """
    store = Store()
    for name in NAMESPACES:
        store.put("namespaces", {"metadata": {"name": name}})
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(application(store, kinds), shutdown_timeout=0.1)

    async def start() -> str:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        return f"https://localhost:{runner.addresses[0][1]}"

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield store, asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def write_kubeconfig(path: Path, url: str, ca_file: Path) -> None:
    """Write a kubeconfig that selects the server and checks its certificate."""
    cluster = {"server": url, "certificate-authority": str(ca_file)}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "lab",
        "clusters": [{"name": "lab", "cluster": cluster}],
        "users": [{"name": "lab", "user": {"token": TOKEN}}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "lab"}}],
    }
    path.write_text(yaml.safe_dump(config))
