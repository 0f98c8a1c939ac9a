"""Edge: the verbs of name server, CDN, balancer and the nodes' firewall.

In: a verb's arguments from a fault's file. Out: a changed world.
It does not: undo; `World.clear` sets everything back at once.
"""

from typing import TYPE_CHECKING

from lab.verbs.answers import answers
from lab.verbs.arguments import Arguments, Verb
from lab.wait import until

if TYPE_CHECKING:
    from lab.world import World


async def balancer(world: "World", arguments: Arguments) -> None:
    """Change the balancer's services (Hetzner's keys, merged), or its `targets`.

    A health check's `port` may be the role of an app: its NodePort.
    """
    check = dict(arguments.get("health_check", {}))
    if isinstance(check.get("port"), str):
        check["port"] = world.case.app(check["port"]).node_port
        arguments = arguments | {"health_check": check}
    world.edge.balancer.change(arguments)
    await world.edge.reload_balancer()


async def firewall(world: "World", arguments: Arguments) -> None:
    """Add a rule at the nodes: `from`, `to`, `port`, `action` drop or reject.

    `from`: balancer, nodes or an address; `to`: nodes, a node (its name or its number
    from 1) or an address;
    `port`: ingress, the role of an app (its own port) or a number.
    """
    sources = ", ".join(_addresses(world, arguments["from"]))
    goals = ", ".join(_addresses(world, arguments["to"]))
    port = _port(world, arguments["port"])
    action = arguments.get("action", "drop")
    rule = f"ip saddr {{ {sources} }} ip daddr {{ {goals} }} tcp dport {port} {action}"
    world.edge.firewall.append(rule)
    await world.edge.apply_firewall()


def _addresses(world: "World", word: str | int) -> list[str]:
    case = world.case
    if isinstance(word, int):
        return [str(case.nodes[word - 1].address)]
    nodes = {n.name: str(n.address) for n in case.nodes}
    if word == "balancer":
        return [str(case.balancer.private_address)]
    return list(nodes.values()) if word == "nodes" else [nodes.get(word, word)]


def _port(world: "World", word: str | int) -> int:
    if word == "ingress":
        return world.case.ingress.http_node_port
    return word if isinstance(word, int) else world.case.app(word).port


async def cdn(world: "World", arguments: Arguments) -> None:
    """Make the CDN store errors for `error_seconds`; 0: pass them, store nothing."""
    await world.edge.cdn.use(**arguments)


async def hetzner(world: "World", arguments: Arguments) -> None:
    """Make the Hetzner API `answer` a status code: 403, 429, 500."""
    world.edge.hetzner.answer = arguments["answer"]


async def dns(world: "World", arguments: Arguments) -> None:
    """Let the name of an `app` resolve to an `address` at the zone's own server."""
    names = world.edge.names
    names.records[world.case.app(arguments["app"]).host] = arguments["address"]
    await names.apply()
    await names.learn_all()


async def ask(world: "World", arguments: Arguments) -> None:
    """Ask an `app`'s public URL until it answers the status code `until`."""
    url = world.url(world.case.app(arguments["app"]))
    await answers(world, url, lambda code: code == arguments["until"])


async def health(world: "World", arguments: Arguments) -> None:
    """Wait until the balancer finds every target so: `becomes` (un)healthy.

    With `node`, a number from 1, wait for that one target.
    """
    wanted = {arguments["becomes"]}
    nodes = [n.name for n in world.case.nodes]
    if "node" in arguments:
        nodes = [nodes[arguments["node"] - 1]]

    async def holds() -> bool:
        found = (await world.edge.balancer.health()).items()
        return {word for (_, node), word in found if node in nodes} == wanted

    await until(holds)


VERBS: tuple[Verb, ...] = (balancer, firewall, cdn, hetzner, dns, ask, health)
