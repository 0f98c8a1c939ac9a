"""Edge: the verbs of name server, CDN, balancer and the nodes' firewall.

In: a verb's arguments from a fault's file. Out: a changed world.
It does not: undo a change; `World.clear` resets everything at once.
"""

from typing import TYPE_CHECKING

from lab.programs.wait import until
from lab.world.public_url import await_status
from lab.world.verbs.arguments import Arguments, Verb

if TYPE_CHECKING:
    from lab.world.running import World


async def balancer(world: "World", arguments: Arguments) -> None:
    """Change the balancer's services, targets and networks: see `Balancer.change`.

    A health check's `port` may be the role of an app, for its NodePort; `pod/<role>` is
    the port of its pods on the host's network. `targets` may
    be `without-ingress`: the nodes that run no ingress pod now. `destination_port` may
    be `ingress-https`: the ingress's NodePort for https.
    """
    if arguments.get("destination_port") == "ingress-https":
        _, port = world.case.ingress.node_ports
        arguments = arguments | {"destination_port": port}
    if arguments.get("targets") == "without-ingress":
        running = world.cluster.controller.nodes
        others = [n.name for n in world.case.nodes if n.name not in running]
        arguments = arguments | {"targets": others}
    check = dict(arguments.get("health_check", {}))
    if isinstance(check.get("port"), str):
        place, _, role = check["port"].rpartition("/")
        app = world.case.app(role)
        check["port"] = app.port if place == "pod" else app.node_port
        arguments = arguments | {"health_check": check}
    await world.edge.change_balancer(arguments)
    await world.follow_balancer()


async def firewall(world: "World", arguments: Arguments) -> None:
    """Add a rule at the nodes: `from`, `to`, `port`, `action` drop or reject.

    `from`: balancer, nodes or an address; `to`: nodes, most (all but the first), a
    node (its name or its number from 1) or an address; `port`: ingress (the NodePorts
    that the balancer uses, health checks included), the role of an app (its own port)
    or a number; `share`: the percentage of new connections.
    """
    sources = ", ".join(_addresses(world, arguments["from"]))
    targets = ", ".join(_addresses(world, arguments["to"]))
    ports = ", ".join(map(str, _ports(world, arguments["port"])))
    action = arguments.get("action", "drop")
    match = f"ip saddr {{ {sources} }} ip daddr {{ {targets} }} tcp dport {{ {ports} }}"
    share = arguments.get("share", 100)
    # By the client's port, so that retransmissions of a connection get the same action.
    some = f" jhash tcp sport mod 100 < {share}" if share < 100 else ""  # noqa: PLR2004
    world.edge.firewall.append(f"{match}{some} {action}")
    await world.edge.apply_firewall()


def _addresses(world: "World", place: str | int) -> list[str]:
    case = world.case
    if isinstance(place, int):
        return [str(case.nodes[place - 1].address)]
    nodes = {n.name: str(n.address) for n in case.nodes}
    if place == "balancer":
        return [str(case.balancer.private_address)]
    if place in {"nodes", "most"}:
        return list(nodes.values())[place == "most" :]
    return [nodes.get(place, place)]


def _ports(world: "World", place: str | int) -> list[int]:
    if place == "ingress":
        services = world.case.balancer.services
        used = {s.destination_port for s in services}
        return sorted(used | {s.health_check.port for s in services})
    return [place if isinstance(place, int) else world.case.app(place).port]


async def cdn(world: "World", arguments: Arguments) -> None:
    """Make the CDN cache errors for `error_seconds`, or use an `origin_port`.

    `refuses`: the status code that it responds itself to all clients but browsers.
    """
    await world.edge.cdn.use(**arguments)


async def hetzner(world: "World", arguments: Arguments) -> None:
    """Make the Hetzner API respond with a status code, or without `detail`.

    `answer`: 403, 429 or 500. `detail: false`: as before hcloud 2.27, the API does not
    return why a health check failed.
    """
    api = world.edge.hetzner
    api.answer = arguments.get("answer")
    api.detail = arguments.get("detail", True)


async def dns(world: "World", arguments: Arguments) -> None:
    """Set the `address` of an `app`'s name at the authoritative name server.

    `old`: the old balancer's; `dead`: one where nothing responds; `right`: the case's;
    `none`: the record is deleted.

    `ttl`: how long a resolver may cache it. `learned_by`: which resolvers refresh their
    cache (all, none, second).
    """
    names, places = world.edge.names, world.case.addresses
    app = world.case.app(arguments["app"])
    addresses = {"old": str(places.old), "dead": str(places.dead)}
    addresses["right"] = names.right(app)
    named: str = arguments["address"]
    address = None if named == "none" else addresses.get(named, named)
    await names.set_record(app.host, address, arguments.get("ttl"))
    every = list(names.resolvers)
    refreshed = {"all": every, "second": every[1:], "none": []}
    for resolver in refreshed[arguments.get("learned_by", "all")]:
        await names.refresh(app.host, resolver)


async def delegation(world: "World", arguments: Arguments) -> None:
    """Let the resolvers query all zones at another server.

    `to`: `old`, whose name server refuses queries for the zones.
    """
    places = {"old": str(world.case.addresses.old)}
    await world.edge.names.delegate(places[arguments["to"]])


async def certificate(world: "World", arguments: Arguments) -> None:
    """Give who ends TLS a certificate for all names but that of the app `without`.

    With `of: cdn` the CDN gets it; else who ends TLS for users without a CDN.
    """
    left_out = world.case.app(arguments["without"]).host
    hosts = [a.host for a in world.case.apps if a.host != left_out]
    if arguments.get("of") == "cdn":
        world.issue("cdn", hosts or [f"other.{world.case.zones[0]}"])
        world.edge.cdn.present(right=False)
        return
    world.issue(world.case.tls_owner, hosts or [f"other.{world.case.zones[0]}"])
    await world.edge.change_balancer({})
    await world.inside.route()


async def request(world: "World", arguments: Arguments) -> None:
    """Request an `app`'s public URL until the status code is `until`."""
    url = world.url(world.case.app(arguments["app"]))
    await await_status(world.session, url, lambda code: code == arguments["until"])


async def health(world: "World", arguments: Arguments) -> None:
    """Wait until every target has the status `becomes`: healthy or unhealthy.

    With `node`, a number from 1, wait for that target only.
    """
    wanted = {arguments["becomes"]}
    only = world.case.nodes[arguments["node"] - 1].name if "node" in arguments else None

    async def holds() -> bool:
        results = (await world.edge.balancer.health()).items()
        statuses = {r.status for (_, name), r in results if only in {None, name}}
        return statuses == wanted

    await until(holds)


async def monitor(world: "World", arguments: Arguments) -> None:
    """Drop the monitor's packets to what is `hidden`: hosts, resolvers, or both."""
    world.edge.unreachable = frozenset(arguments["hidden"])
    await world.edge.apply_firewall()


VERBS: tuple[Verb, ...] = (
    balancer,
    firewall,
    cdn,
    hetzner,
    dns,
    delegation,
    certificate,
    request,
    health,
    monitor,
)
