"""Cluster: what kubelets and controllers do, on the lab's own pods.

In: the case, the store, and what faults ask (scale, behave). Out: pods that run,
and objects that say how they are: pods, EndpointSlices, DaemonSets, events.
It does not: route (`lab.proxy` does) or proxy (nginx does). A kubelet here asks a
pod's readiness twice a second, where a real one does every ten.
"""

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from lab.case import App, Case
from lab.controller import Controller
from lab.kubernetes import controllers, objects
from lab.kubernetes.logs import Log
from lab.kubernetes.steered import ingress_pod, steered
from lab.kubernetes.store import Item, Key, Store
from lab.parts import Kind
from lab.pods import Behavior, Pod

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LOOK_SECONDS = 0.5
AGE = timedelta(hours=1)
"""How long the pods have run when the lab stands."""
INGRESS_HEALTH_PORTS: dict[Kind, int] = {"nginx": 10254, "traefik": 8080}


class Cluster:
    """The nodes' pods and the objects that tell of them."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        self.folder = folder
        self.store = Store()
        self.logs: dict[Key, Log] = {}
        self.pods: dict[Key, Pod] = {}
        self.controller = Controller(case)
        self.changed: Callable[[], Awaitable[None]] | None = None
        """Called after endpoints changed; `lab.inside` routes anew then."""
        self._access_logs: dict[str, Log] = {}
        self._looking = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Make the objects, start the pods, begin to look after them."""
        for resource, item in objects.fixed(self.case):
            self.store.put(resource, item)
        for app in self.case.apps:
            await self.scale(app, on=True)
        await self.set_controller()
        self._tasks.append(asyncio.create_task(self._look_on()))

    async def stop(self) -> None:
        """End the pods."""
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
                self._tell(key, "DaemonSet", app.name, born=True)
            elif not on and key in self.pods:
                ended.append(self.pods.pop(key))
                self.logs.pop(key)
                self.store.delete("pods", key)
                self._tell(key, "DaemonSet", app.name, born=False)
        await self.look()
        for pod in ended:
            await pod.stop()

    def _tell(self, key: Key, kind: str, owner: str, *, born: bool) -> None:
        reason, text = ("Create", "Created") if born else ("Delete", "Deleted")
        told = f"Successful{reason}", f"{text} pod: {key[1]}"
        self.store.put("events", controllers.event(key[0], kind, owner, told))

    async def behave(
        self,
        app: App,
        behavior: Behavior,
        nodes: tuple[str, ...] = (),
        seconds: float = 0.0,
    ) -> None:
        """Tell an app's pods (those on some nodes, or all) how to answer."""
        for pod in self.pods.values():
            if pod.app == app.name and (not nodes or pod.node in nodes):
                await pod.behave(behavior, seconds)
        await self.look()

    async def lead(self, app: App, target_port: int | str) -> None:
        """Let an app's Service lead to a port of the pods, by number or by name."""
        item = objects.app_service(self.case, app)
        item["spec"]["ports"][0]["targetPort"] = target_port
        self.store.put("services", self._as_it_was_born("services", item))
        await self.look()

    async def set_controller(self) -> None:
        """Bring pods and objects of the ingress up to date with its settings.

        nginx follows when the endpoints change; `lab.inside` routes in any case.
        """
        for resource, item in steered(self.case, self.controller):
            self.store.put(resource, self._as_it_was_born(resource, item))
        owner = objects.ingress_owner(self.case)
        for node in self.case.nodes:
            item = ingress_pod(self.case, node, self.controller)
            key = self.case.ingress.namespace, item["metadata"]["name"]
            runs = self.store.get("pods", key) is not None
            if node.name in self.controller.nodes and not runs:
                self.store.put("pods", item)
                self.logs[key] = self._access_log(node.name)
                self._tell(key, *owner, born=True)
            elif node.name not in self.controller.nodes and runs:
                self.store.delete("pods", key)
                self.logs.pop(key)
                self._tell(key, *owner, born=False)
        await self.look()

    def _as_it_was_born(self, resource: str, item: Item) -> Item:
        """Keep an object's times, so that what did not change makes no event."""
        meta = item["metadata"]
        before = self.store.get(resource, (meta.get("namespace", ""), meta["name"]))
        if before is None:
            return item
        meta["creationTimestamp"] = before["metadata"]["creationTimestamp"]
        if resource in {"nodes", "deployments", "replicasets"}:
            item["status"] = before["status"]
        return item

    def _access_log(self, node: str) -> Log:
        """Return the log that the ingress pod of a node writes, followed from now."""
        if node not in self._access_logs:
            log = self._access_logs[node] = Log(self.folder / f"ingress-{node}.log")
            self._tasks.append(asyncio.create_task(log.follow_file()))
        return self._access_logs[node]

    async def _look_on(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Ask every pod's readiness, then bring the objects up to date."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        items = self.store.items("pods")
        answers = await asyncio.gather(*(self._is_ready(item) for item in items))
        for item, ready in zip(items, answers, strict=True):
            meta = item["metadata"]
            # While it was asked, its pod may have been deleted.
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

    def grow_old(self) -> None:
        """Date what there is back: a cluster is older than those who look at it."""
        for resource in ("pods", "endpointslices"):
            for item in list(self.store.items(resource)):
                self.store.put(resource, objects.older(item, AGE))

    async def ready(self) -> bool:
        """Whether every pod is ready now."""
        await self.look()
        return all(objects.is_ready(item) for item in self.store.items("pods"))


async def _listens(address: str, port: int) -> bool:
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(1):
            _, writer = await asyncio.open_connection(address, port)
            writer.close()
            return True
    return False
