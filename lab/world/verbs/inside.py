"""Inside: the verbs of pods, ingress, overlay and the Kubernetes API.

In: a verb's arguments from a fault's file. Out: a changed world.
It does not: undo a change; `World.clear` resets everything at once.
"""

from typing import TYPE_CHECKING, Any

from lab.inside.pods import Behavior
from lab.world.verbs.arguments import Arguments, Verb

if TYPE_CHECKING:
    from lab.inside.controller import Controller
    from lab.world.running import World


async def scale(world: "World", arguments: Arguments) -> None:
    """Run an `app` on all nodes or on none: `to` all or none."""
    app = world.case.app(arguments["app"])
    await world.cluster.scale(app, on=arguments["to"] == "all")


async def service(world: "World", arguments: Arguments) -> None:
    """Let an `app`'s Service have another `target_port`: a number or a name."""
    app = world.case.app(arguments["app"])
    await world.cluster.lead(app, arguments["target_port"])


async def pods(world: "World", arguments: Arguments) -> None:
    """Set the `behavior` of an `app`'s pods (on some `nodes`).

    A `slow` pod responds after `seconds`.
    """
    app = world.case.app(arguments["app"])
    nodes = _nodes(world, arguments.get("nodes", ()))
    behavior, seconds = Behavior(arguments["behavior"]), arguments.get("seconds", 0)
    await world.cluster.behave(app, behavior, nodes, seconds)


async def ingress(world: "World", arguments: Arguments) -> None:
    """Change the ingress controller's settings; each key is one setting.

    `proxy_protocol` true or false; `settings`: entries of its ConfigMap;
    `policy`: the Service's externalTrafficPolicy; `health_check_node_port`: makes it
    a LoadBalancer with that port; `nodes`: the nodes that run a pod;
    `misspell`: the role of an app whose Ingress gets a typo in its host;
    `paths`: role -> the only path that its Ingress has;
    `annotate`: role -> annotations without their prefix;
    `stale`: role -> the nodes whose pod has not loaded that app's Ingress.
    """
    controller = world.cluster.controller
    for key, value in arguments.items():
        SETTINGS[key](world, controller, value)
    await world.inside.apply_ingress_settings()


def _set_proxy_protocol(_: "World", controller: "Controller", on: Any) -> None:  # noqa: ANN401 - from YAML
    controller.settings["use-proxy-protocol"] = str(bool(on)).lower()


def _set_settings(_: "World", controller: "Controller", entries: Any) -> None:  # noqa: ANN401 - from YAML
    controller.settings |= {key: str(text) for key, text in entries.items()}


def _set_policy(_: "World", controller: "Controller", policy: Any) -> None:  # noqa: ANN401 - from YAML
    controller.policy = policy


def _set_health_port(_: "World", controller: "Controller", port: Any) -> None:  # noqa: ANN401 - from YAML
    controller.health_node_port = port


def _set_nodes(world: "World", controller: "Controller", nodes: Any) -> None:  # noqa: ANN401 - from YAML
    controller.nodes = _nodes(world, nodes)


def _misspell(world: "World", controller: "Controller", role: Any) -> None:  # noqa: ANN401 - from YAML
    app = world.case.app(role)
    controller.ingress_hosts[app.name] = f"{app.host[1]}{app.host[0]}{app.host[2:]}"


def _set_paths(world: "World", controller: "Controller", by_role: Any) -> None:  # noqa: ANN401 - from YAML
    for role, path in by_role.items():
        controller.paths[world.case.app(role).name] = path


def _annotate(world: "World", controller: "Controller", by_role: Any) -> None:  # noqa: ANN401 - from YAML
    for role, annotations in by_role.items():
        texts = {name: str(text) for name, text in annotations.items()}
        controller.annotate(world.case.app(role), texts)


def _set_stale(world: "World", controller: "Controller", by_role: Any) -> None:  # noqa: ANN401 - from YAML
    for role, nodes in by_role.items():
        controller.stale[world.case.app(role).name] = _nodes(world, nodes)


SETTINGS = {
    "proxy_protocol": _set_proxy_protocol,
    "settings": _set_settings,
    "policy": _set_policy,
    "health_check_node_port": _set_health_port,
    "nodes": _set_nodes,
    "misspell": _misspell,
    "paths": _set_paths,
    "annotate": _annotate,
    "stale": _set_stale,
}


def _nodes(world: "World", listed: list[str | int]) -> tuple[str, ...]:
    """Return names of nodes; a number counts the case's nodes from 1."""
    names = [n.name for n in world.case.nodes]
    return tuple(names[n - 1] if isinstance(n, int) else n for n in listed)


async def overlay(world: "World", arguments: Arguments) -> None:
    """Break the network between the pods of different nodes: `broken` true."""
    world.inside.overlay_broken = arguments["broken"]
    await world.inside.route()


async def kube_proxy(world: "World", arguments: Arguments) -> None:
    """Let kube-proxy be `dead` on some nodes: names, or numbers from 1."""
    world.inside.unproxied |= set(_nodes(world, arguments["dead"]))
    await world.inside.route()


async def policy(world: "World", arguments: Arguments) -> None:
    """Let a NetworkPolicy keep everybody but their own nodes away from an `app`."""
    world.inside.isolated.add(world.case.app(arguments["app"]).name)
    await world.inside.route()


async def background_load(world: "World", arguments: Arguments) -> None:
    """Send other requests: to an `app` or any `host`, a `path`, `per_second`.

    They are plain HTTP, which costs less. If TLS ends at the ingress they use TLS too:
    a tcp service forwards them from the balancer's address, as it does users' requests.
    """
    role = arguments.get("app")
    host = arguments["host"] if role is None else world.case.app(role).host
    address, path = world.case.balancer.address, arguments.get("path", "/")
    at_ingress = world.case.tls_owner == "ingress"
    plain = 80 in world.case.listen_ports and not at_ingress  # noqa: PLR2004 - HTTP's port
    scheme = "http" if plain else "https"
    url = f"{scheme}://{address}{path}"
    world.inside.background_load.start(url, host, arguments["per_second"])


async def kubernetes(world: "World", arguments: Arguments) -> None:
    """Make the API `forget` its changes: older watches get 410 Gone."""
    if arguments["forget"]:
        world.cluster.store.compact()


VERBS: tuple[Verb, ...] = (
    scale,
    service,
    pods,
    ingress,
    overlay,
    policy,
    kube_proxy,
    background_load,
    kubernetes,
)
