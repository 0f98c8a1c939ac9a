"""Edge: the verbs of name server, CDN, balancer and the nodes' firewall.

In: a verb's arguments from a fault's file. Out: a changed world.
It does not: undo; `World.clear` sets everything back at once.
"""

from typing import TYPE_CHECKING

from lab.programs.wait import until
from lab.world.answers import answers
from lab.world.verbs.arguments import Arguments, Verb

if TYPE_CHECKING:
    from lab.world.running import World


async def balancer(world: "World", arguments: Arguments) -> None:
    """Change the balancer's services, targets and ways: see `Balancer.change`.

    A health check's `port` may be the role of an app: its NodePort. The targets may be
    `without-ingress`: the nodes on which no ingress pod runs now.
    """
    if arguments.get("targets") == "without-ingress":
        running = world.cluster.controller.nodes
        left = [n.name for n in world.case.nodes if n.name not in running]
        arguments = arguments | {"targets": left}
    check = dict(arguments.get("health_check", {}))
    if isinstance(check.get("port"), str):
        check["port"] = world.case.app(check["port"]).node_port
        arguments = arguments | {"health_check": check}
    await world.edge.change_balancer(arguments)


async def firewall(world: "World", arguments: Arguments) -> None:
    """Add a rule at the nodes: `from`, `to`, `port`, `action` drop or reject.

    `from`: balancer, nodes or an address; `to`: nodes, most (all but the first), a
    node (its name or its number from 1) or an address; `port`: ingress (the NodePorts
    that the balancer uses, for health as well), the role of an app (its own port) or a
    number; `share`: for how many of 100 new connections.
    """
    sources = ", ".join(_addresses(world, arguments["from"]))
    goals = ", ".join(_addresses(world, arguments["to"]))
    ports = ", ".join(map(str, _ports(world, arguments["port"])))
    action = arguments.get("action", "drop")
    ways = f"ip saddr {{ {sources} }} ip daddr {{ {goals} }} tcp dport {{ {ports} }}"
    share = arguments.get("share", 100)
    # By the client's port: what is sent again for one connection meets the same fate.
    some = f" jhash tcp sport mod 100 < {share}" if share < 100 else ""  # noqa: PLR2004
    world.edge.firewall.append(f"{ways}{some} {action}")
    await world.edge.apply_firewall()


def _addresses(world: "World", word: str | int) -> list[str]:
    case = world.case
    if isinstance(word, int):
        return [str(case.nodes[word - 1].address)]
    nodes = {n.name: str(n.address) for n in case.nodes}
    if word == "balancer":
        return [str(case.balancer.private_address)]
    if word in {"nodes", "most"}:
        return list(nodes.values())[word == "most" :]
    return [nodes.get(word, word)]


def _ports(world: "World", word: str | int) -> list[int]:
    if word == "ingress":
        services = world.case.balancer.services
        used = {s.destination_port for s in services}
        return sorted(used | {s.health_check.port for s in services})
    return [word if isinstance(word, int) else world.case.app(word).port]


async def cdn(world: "World", arguments: Arguments) -> None:
    """Make the CDN store errors for `error_seconds` (0: none), or ask `origin_port`."""
    await world.edge.cdn.use(**arguments)


async def hetzner(world: "World", arguments: Arguments) -> None:
    """Make the Hetzner API `answer` a status code (403, 429, 500), or tell no `detail`.

    APIs of before hcloud 2.27 don't tell why a health check failed.
    """
    api = world.edge.hetzner
    api.answer = arguments.get("answer")
    api.detail = arguments.get("detail", True)


async def dns(world: "World", arguments: Arguments) -> None:
    """Let an `app`'s name have an `address` at the zone's own server.

    `old`: where the old balancer answers; `dead`: where nothing does; `right`.

    `ttl`: how long a resolver may keep it. `learned_by`: which resolvers ask anew (all,
    none, second); the others keep what they hold.
    """
    names, places = world.edge.names, world.case.addresses
    app = world.case.app(arguments["app"])
    words = {"old": str(places.old), "dead": str(places.dead)}
    words["right"] = names.right(app)
    word: str = arguments["address"]
    await names.tell(app.host, words.get(word, word), arguments.get("ttl"))
    all_of_them = list(names.resolvers)
    learners = {"all": all_of_them, "second": all_of_them[1:], "none": []}
    for resolver in learners[arguments.get("learned_by", "all")]:
        await names.learn(app.host, resolver)


async def ask(world: "World", arguments: Arguments) -> None:
    """Ask an `app`'s public URL until it answers the status code `until`."""
    url = world.url(world.case.app(arguments["app"]))
    await answers(world.session, url, lambda code: code == arguments["until"])


async def health(world: "World", arguments: Arguments) -> None:
    """Wait until the balancer finds every target so: `becomes` (un)healthy.

    With `node`, a number from 1, wait for that one target.
    """
    wanted = {arguments["becomes"]}
    only = world.case.nodes[arguments["node"] - 1].name if "node" in arguments else None

    async def holds() -> bool:
        found = (await world.edge.balancer.health()).items()
        words = {told.status for (_, name), told in found if only in {None, name}}
        return words == wanted

    await until(holds)


async def monitor(world: "World", arguments: Arguments) -> None:
    """Take the monitor's own way to what is `hidden`: hosts, resolvers, or both."""
    world.edge.hidden = frozenset(arguments["hidden"])
    await world.edge.apply_firewall()


VERBS: tuple[Verb, ...] = (
    balancer,
    firewall,
    cdn,
    hetzner,
    dns,
    ask,
    health,
    monitor,
)
