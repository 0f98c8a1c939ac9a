"""Seen: requests to the balancer, to pods and to both APIs of a lab.

In: a lab that is up. Out: responses. It does not: change anything.
"""

import json
from typing import Any

from lab.facts import HETZNER_PORT, HETZNER_TOKEN, agent_token
from tests.lab.conftest import Answer, Up


def is_haproxy_page(answer: Answer) -> bool:
    """Whether a response is HAProxy's own page of 107 bytes."""
    return (
        answer.code == 503
        and answer.headers["content-length"] == "107"
        and "No server is available to handle this request." in answer.body
    )


def balancer(up: Up) -> dict[str, Any]:
    """Read the balancer from the lab's Hetzner API."""
    url = f"http://{up.case.addresses.hetzner}:{HETZNER_PORT}/v1/load_balancers"
    answer = up.get(url, "-H", f"Authorization: Bearer {HETZNER_TOKEN}")
    return json.loads(answer.body)["load_balancers"][0]


def verdicts(state: dict[str, Any], port: int = 443) -> dict[int, tuple[Any, ...]]:
    """Return server id -> status, detail and status code of a listen port."""
    leaves = [leaf for t in state["targets"] for leaf in t.get("targets", [t])]
    words = ("status", "detail", "http_status_code")
    return {
        leaf["server"]["id"]: tuple(found.get(word) for word in words)
        for leaf in leaves
        for found in leaf["health_status"]
        if found["listen_port"] == port
    }


def direct(up: Up, role: str) -> Answer:
    """Request an app at the balancer's own address."""
    host = up.case.app(role).host
    way = f"{host}:443:{up.case.balancer.address}"
    return up.get(f"https://{host}/", "--resolve", way)


def kubernetes(up: Up, path: str) -> dict[str, Any]:
    """Read from the lab's Kubernetes API as an agent does."""
    places = up.case.addresses
    url = f"http://{places.kubernetes}:6443/{path}"
    bearer = f"Authorization: Bearer {agent_token(up.case.nodes[0])}"
    return json.loads(up.get(url, "-H", bearer).body)


def hangs(up: Up, source: object, place: str) -> bool:
    """Whether a request from a source address times out."""
    words = ("curl", "-so", "/dev/null", "-w", "%{errormsg}", "--max-time", "1")
    output = up.run(*words, "--interface", str(source), f"http://{place}/")
    return "timed out" in output


def by_ingress(up: Up, node: int, address: str | None = None) -> int:
    """Request the api at an ingress NodePort or another address, from a node."""
    source = str(up.case.nodes[node].address)
    place = address or f"{source}:{up.case.ingress.http_node_port}"
    host = f"Host: {up.case.app('api').host}"
    return up.get(f"http://{place}/", "--interface", source, "-H", host).code
