"""Network: the addresses of the case and the name service, inside the namespace.

In: the case. Out: addresses on `lo`, `/etc/resolv.conf` and `/etc/nsswitch.conf`
covered by bind mounts. It does not: change the machine's files; the mounts belong to
the namespace and end with it.
"""

from pathlib import Path

from lab.case import Case
from lab.programs.program import command

LOW_PORTS = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
"""A setting of the network namespace: the first port that needs no privilege."""
NSSWITCH = "passwd: files\ngroup: files\nhosts: files dns\n"


async def add_addresses(case: Case) -> None:
    """Add every address of the case to `lo`, and a local route for each ClusterIP."""
    places = case.addresses
    wanted = {str(a) for a in places.model_dump().values()}
    wanted |= {str(case.balancer.address), str(case.balancer.private_address)}
    wanted |= {str(server.address) for server in case.servers}
    for node in case.nodes:
        wanted |= {str(node.pod_address)}
        wanted |= {case.pod_address(app, node) for app in case.apps}
    lines = ["link set lo up"]
    lines += [f"addr replace {address}/32 dev lo" for address in sorted(wanted)]
    cluster_ips = [case.ingress.cluster_ip, *(a.cluster_ip for a in case.apps)]
    lines += [f"route replace local {address}/32 dev lo" for address in cluster_ips]
    LOW_PORTS.write_text("0")  # noqa: ASYNC240 - a kernel setting, no disk access
    await command("ip", "-batch", "-", text="\n".join(lines) + "\n")


async def bind_resolver(case: Case, folder: Path) -> None:
    """Cover the machine's resolver settings with the lab's.

    Also nsswitch.conf: otherwise glibc would query systemd-resolved over a socket.
    """
    resolv = f"nameserver {case.addresses.resolver}\noptions timeout:2 attempts:1\n"
    for name, text in (("resolv.conf", resolv), ("nsswitch.conf", NSSWITCH)):
        (folder / name).write_text(text)
        await command("mount", "--bind", str(folder / name), f"/etc/{name}")
