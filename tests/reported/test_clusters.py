"""Specification by reported clusters: what `parallax-agent explain` says about them.

A case is a cluster's objects, `clusters/<name>.yaml`, and its lesson,
`clusters/<name>.lesson.yaml`: `why` in words, `source` (where the shape is from),
`reached` (the names of the target, if there is a targets file), and regular expressions
that the explanation must (`says`) or must not (`says_not`) match, line breaks removed.
The API serves only the kinds that a case has objects of.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from parallax_agent import command
from tests.agent.kubernetes_api import EXTENSIONS, KubernetesServer

FOLDER = Path(__file__).parent / "clusters"
LESSON = ".lesson.yaml"
NAMES = sorted(path.name.removesuffix(LESSON) for path in FOLDER.glob(f"*{LESSON}"))
PLURALS = {
    "ConfigMap": "configmaps",
    "DaemonSet": "daemonsets",
    "Deployment": "deployments",
    "EndpointSlice": "endpointslices",
    "Gateway": "gateways",
    "HTTPProxy": "httpproxies",
    "HTTPRoute": "httproutes",
    "Ingress": "ingresses",
    "IngressClass": "ingressclasses",
    "IngressRoute": "ingressroutes",
    "ListenerSet": "listenersets",
    "Middleware": "middlewares",
    "Node": "nodes",
    "Pod": "pods",
    "Service": "services",
    "VirtualServer": "virtualservers",
    "VirtualService": "virtualservices",
}
TARGET = {"name": "shop", "url": "https://shop.example/"}


def explanation(lesson: dict[str, Any], folder: Path) -> list[str]:
    """Return the arguments that explain a case's host, with its targets file."""
    words = ["explain", "shop.example", "--node", "one"]
    if "reached" in lesson:
        file = folder / "targets.yaml"
        targets = [TARGET | {"reached": lesson["reached"]}]
        file.write_text(yaml.safe_dump({"targets": targets}))
        words += ["--targets", str(file)]
    return words


@pytest.mark.parametrize("name", NAMES)
def test_a_reported_cluster_is_explained_as_it_teaches(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The way in, its port, what was not read, and what to do."""
    lesson = yaml.safe_load((FOLDER / f"{name}{LESSON}").read_text())
    objects = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())["items"]
    served = lesson.get("served", PLURALS)
    server = KubernetesServer()
    for kind, plural in PLURALS.items():
        items = [o for o in objects if o["kind"] == kind and kind in served]
        if items or plural not in EXTENSIONS:
            server.replaced[plural] = {"kind": f"{kind}List", "items": items}
    try:
        words = explanation(lesson, tmp_path)
        command.main([*words, "--kubeconfig", str(server.kubeconfig(tmp_path))])
    finally:
        server.stop()
    text = " ".join(capsys.readouterr().out.split())
    for clue in lesson.get("says", ()):
        assert re.search(clue, text), (clue, text)
    for claim in lesson.get("says_not", ()):
        assert not re.search(claim, text), (claim, text)
