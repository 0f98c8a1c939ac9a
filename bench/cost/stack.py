"""Stack: the size of a simulated stack, its targets file and its parameters.

In: a size, the servers. Out: a template with the values for them.
It does not: create resources.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.cost.project import BALANCER
from bench.cost.servers import LOOPBACK, Servers
from bench.cost.template import REGION, Template

REPEAT = 0.1
"""Seconds between the repeats of an investigation in the bench."""
WARM_MINUTES = 3
SETTLED = 5
"""Minutes after a skip in which agents and rounds find their pace again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A stack: its targets, nodes and clusters; how many targets fail.

    `minutes` are measured, after `warm` minutes that are not. The first `failing`
    targets fail once `fails_after` minutes have passed. In the first `muted` minutes no
    stream record is delivered: all readings are new then, and each would be judged.
    `skipped` minutes pass at once, `SETTLED` minutes before those that are measured: a
    failure is then that much older.
    """

    targets: int
    nodes: int
    clusters: int = 1
    failing: int = 0
    warm: int = WARM_MINUTES
    minutes: int = 10
    muted: int = 0
    skipped: int = 0
    fails_after: int = WARM_MINUTES

    def names(self, cluster: int) -> tuple[str, ...]:
        """Return the targets of one cluster."""
        numbers = range(cluster, self.targets, self.clusters)
        return tuple(_name(number) for number in numbers)

    def nodes_of(self, cluster: int) -> int:
        """Return how many nodes one cluster has."""
        return len(range(cluster, self.nodes, self.clusters))


def configured(size: Size, servers: Servers, folder: Path) -> Template:
    """Write the targets file, and return the template with its parameters."""
    os.environ["SSL_CERT_FILE"] = str(servers.authority)
    os.environ["AWS_DEFAULT_REGION"] = REGION
    shown = [
        _target(size, number, servers.https_port) for number in range(size.targets)
    ]
    text = yaml.safe_dump({"targets": shown}, sort_keys=False)
    file = folder / "targets.yaml"
    file.write_text(text, encoding="utf-8")
    return Template(
        {
            "TargetsFile": str(file),
            "HetznerEndpoint": f"http://{LOOPBACK}:{servers.hetzner_port}/v1",
            # No request leaves this machine.
            "ControlUrl": "",
            "Resolvers": LOOPBACK,
            "RepeatSeconds": str(REPEAT),
        }
    )


def _name(number: int) -> str:
    return f"shop-{number:05d}"


def _target(size: Size, number: int, port: int) -> dict[str, Any]:
    return {
        "name": _name(number),
        "url": f"https://{LOOPBACK}:{port}/{number}",
        "allow_private_addresses": True,
        "reached": {
            "load_balancer": BALANCER,
            "cluster": f"cluster-{number % size.clusters}",
            "namespace": "shop",
            "service": _name(number),
            "ingress_namespace": "ingress-nginx",
            "ingress_service": "ingress-nginx-controller",
        },
    }
