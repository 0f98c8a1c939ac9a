"""Cluster: the work of kubelets and controllers, on the lab's own pods.

In: the case, the store, and the changes of faults (scale, behave). Out: running pods,
and the objects that describe them: pods, EndpointSlices, DaemonSets, events.
It does not: route (`proxy` does) or proxy requests (nginx does). A pod's readiness is
checked twice a second; a real kubelet checks it every ten seconds by default.
"""

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from lab.case import App, Case
from lab.inside.controller import Controller
from lab.inside.kubernetes.logs import Log
from lab.inside.kubernetes.store import Item, Key, Store
from lab.inside.objects import controllers
from lab.inside.objects import recorded as objects
from lab.inside.objects.ingress import controller_objects, ingress_pod
from lab.inside.pods import Behavior, Pod
from lab.parts import Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

READINESS_SECONDS = 0.5
AGE = timedelta(hours=1)
"""The age of the pods when the lab has started."""
INGRESS_HEALTH_PORTS: dict[Kind, int] = {
    "nginx": 10254,
    "traefik": 8080,
    "haproxy": 1042,
}


class Cluster:
    """The nodes' pods and the objects that describe them."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        self.folder = folder
        self.store = Store()
        self.logs: dict[Key, Log] = {}
        self.pods: dict[Key, Pod] = {}
        self.controller = Controller(case)
        self.changed: Callable[[], Awaitable[None]] | None = None
        """Called after endpoints changed; `servers` updates the routes then."""
        self._access_logs: dict[str, Log] = {}
        self._reading = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Create the objects, start the pods, and begin to check their readiness."""
        for resource, item in objects.fixed(self.case):
            self.store.put(resource, item)
        for app in self.case.apps:
            await self.scale(app, on=True)
        await self.set_controller()
        self._tasks.append(asyncio.create_task(self._keep_reading()))

    async def stop(self) -> None:
        """Stop the pods."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for pod in self.pods.values():
            await pod.stop()

    async def scale(self, app: App, *, on: bool) -> None:
        """Run an app's pod on every node, or on none.

        As in a cluster, a pod leaves its Service before its process ends.
        """
        ended: list[Pod] = []
        for node in self.case.nodes:
            item = objects.app_pod(self.case, app, node)
            key = self.case.namespace, item["metadata"]["name"]
            if on and key not in self.pods:
                place = self.case.pod_address(app, node), app.port
                pod = Pod(key[1], app.name, node.name, place)
                await pod.start()
                self.pods[key], self.logs[key] = pod, pod.log
                self.store.put("pods", item)
                self._record_event(key, "DaemonSet", app.name, created=True)
            elif not on and key in self.pods:
                ended.append(self.pods.pop(key))
                self.logs.pop(key)
                self.store.delete("pods", key)
                self._record_event(key, "DaemonSet", app.name, created=False)
        await self.update()
        for pod in ended:
            await pod.stop()

    def _record_event(self, key: Key, kind: str, owner: str, *, created: bool) -> None:
        reason, text = ("Create", "Created") if created else ("Delete", "Deleted")
        content = f"Successful{reason}", f"{text} pod: {key[1]}"
        self.store.put("events", controllers.event(key[0], kind, owner, content))

    async def behave(
        self,
        app: App,
        behavior: Behavior,
        nodes: tuple[str, ...] = (),
        seconds: float = 0.0,
    ) -> None:
        """Set how an app's pods (those on some nodes, or all) respond."""
        for pod in self.pods.values():
            if pod.app == app.name and (not nodes or pod.node in nodes):
                await pod.behave(behavior, seconds)
        await self.update()

    async def lead(self, app: App, target_port: int | str) -> None:
        """Let an app's Service lead to a port of the pods, by number or by name."""
        item = objects.app_service(self.case, app)
        item["spec"]["ports"][0]["targetPort"] = target_port
        self.store.put("services", self._with_old_times("services", item))
        await self.update()

    async def set_controller(self) -> None:
        """Update the ingress's pods and objects to its settings.

        nginx follows when the endpoints change; `servers` always updates the routes.
        """
        for resource, item in controller_objects(self.case, self.controller):
            self.store.put(resource, self._with_old_times(resource, item))
        owner = objects.ingress_owner(self.case)
        for node in self.case.nodes:
            item = ingress_pod(self.case, node, self.controller)
            key = self.case.ingress.namespace, item["metadata"]["name"]
            runs = self.store.get("pods", key) is not None
            if node.name in self.controller.nodes and not runs:
                self.store.put("pods", item)
                self.logs[key] = self._access_log(node.name)
                self._record_event(key, *owner, created=True)
            elif node.name not in self.controller.nodes and runs:
                self.store.delete("pods", key)
                self.logs.pop(key)
                self._record_event(key, *owner, created=False)
        await self.update()

    def _with_old_times(self, resource: str, item: Item) -> Item:
        """Keep an object's times, so that an unchanged object causes no watch event."""
        meta = item["metadata"]
        before = self.store.get(resource, (meta.get("namespace", ""), meta["name"]))
        if before is None:
            return item
        meta["creationTimestamp"] = before["metadata"]["creationTimestamp"]
        if resource in {"nodes", "deployments", "replicasets"}:
            item["status"] = before["status"]
        return item

    def _access_log(self, node: str) -> Log:
        """Return the log of a node's ingress pod, followed from now on."""
        if node not in self._access_logs:
            log = self._access_logs[node] = Log(self.folder / f"ingress-{node}.log")
            self._tasks.append(asyncio.create_task(log.follow_file()))
        return self._access_logs[node]

    async def _keep_reading(self) -> None:
        while True:
            await asyncio.sleep(READINESS_SECONDS)
            await self.update()

    async def update(self) -> None:
        """Check every pod's readiness, then update the objects."""
        async with self._reading:
            await self._update()

    async def _update(self) -> None:
        items = self.store.items("pods")
        results = await asyncio.gather(*(self._is_ready(item) for item in items))
        for item, ready in zip(items, results, strict=True):
            meta = item["metadata"]
            # During the check the pod may have been deleted.
            if now := self.store.get("pods", (meta["namespace"], meta["name"])):
                self.store.put("pods", controllers.with_readiness(now, ready=ready))
        before = self.store.version
        controllers.reconcile(self.case, self.store)
        if self.changed and self.store.version != before:
            await self.changed()

    async def _is_ready(self, item: Item) -> bool:
        meta, status = item["metadata"], item["status"]
        pod = self.pods.get((meta["namespace"], meta["name"]))
        if pod is not None:
            return pod.ready
        port = INGRESS_HEALTH_PORTS[self.case.ingress.kind]
        return await _listens(status["podIP"], port)

    def backdate(self) -> None:
        """Move all times back, since a cluster is older than its monitoring."""
        for resource in ("pods", "endpointslices"):
            for item in list(self.store.items(resource)):
                self.store.put(resource, objects.older(item, AGE))

    async def ready(self) -> bool:
        """Whether every pod is ready now."""
        await self.update()
        return all(objects.is_ready(item) for item in self.store.items("pods"))


async def _listens(address: str, port: int) -> bool:
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(1):
            _, writer = await asyncio.open_connection(address, port)
            writer.close()
            return True
    return False
