"""Objects as any cluster may contain them."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.ingest import bounds
from parallax.model.cluster import ClusterReading, NodeReport
from parallax.model.push import SCHEMA, Push
from parallax.model.target import Target
from parallax.model.wire import decode, encode
from parallax_agent.explain.explanation import as_text, build_explanation
from parallax_agent.hops import plan
from parallax_agent.hops.selection import VantagePoint
from parallax_agent.watch import objects
from parallax_agent.watch.resources import RESOURCES, prune
from tests.agent.conftest import KubernetesServer
from tests.agent.kubernetes_api import RECORDED
from tests.agent.read.test_target_path import path_from
from tests.agent.shapes import (
    NOW,
    Object,
    Shelf,
    gateway,
    http_route,
    meta,
    node,
    seen,
    service,
    slices,
)

HOSTS = ("platform-api.keybuzz.io", "gw.example")
IDENTITY = {("metadata",), ("metadata", "name"), ("metadata", "namespace")}
WORDS = ("NobodyKnows", "0001-01-01T00:00:00Z", "2026-11-23T14:00:00")
"""A word of tomorrow's API, Go's zero time, a time that somebody wrote by hand."""
type Place = tuple[str | int, ...]


def recorded(resource: str) -> list[Object]:
    """Return the recorded objects of a resource."""
    return json.loads((RECORDED / "all-ready" / f"{resource}.json").read_text())[
        "items"
    ]


def cluster() -> dict[str, list[Object]]:
    """Return the recorded cluster, with a Gateway and a Deployment."""
    found = {
        file.stem: recorded(file.stem)
        for file in (RECORDED / "all-ready").glob("*s.json")
    }
    named = {"gateway.networking.k8s.io/gateway-name": "eg"}
    labels = {"metadata": {"labels": {"app": "keybuzz-api"}}}
    deployment = {"spec": {"replicas": 1, "template": labels}, "status": {}}
    address = {"addresses": [{"type": "IPAddress", "value": "192.0.2.1"}]}
    found["deployments"] = [{"metadata": meta("keybuzz/blue"), **deployment}]
    found["httproutes"] = [http_route(("web", 1), ("b", 2), hosts=("gw.example",))]
    found["gateways"] = [gateway(("https", "HTTPS", 443, None), status=address)]
    found["services"] += [
        service("infra/envoy", ("https", 443, 30443), labels=named),
        service("shop/web", ("http", 80, None)),
    ]
    found["endpointslices"].append(slices("shop/web", "10.42.0.1"))
    return found


WHOLE = cluster()
EVERY = [
    (resource, at) for resource, items in WHOLE.items() for at in range(len(items))
]


def places(item: object, above: Place = ()) -> Iterator[Place]:
    """Yield the place of each value of an object, except its identity."""
    if isinstance(item, dict):
        pairs: Any = item.items()
    else:
        pairs = enumerate(item) if isinstance(item, list) else ()
    for key, value in pairs:
        if (*above, key) not in IDENTITY:
            yield (*above, key)
        yield from places(value, (*above, key))


def malformed(item: Object, place: Place, how: str) -> Object:
    """Return an object in which one value is missing or replaced."""
    found: Any = copy.deepcopy(item)
    inner, last = found, place[-1]
    for key in place[:-1]:
        inner = inner[key]
    if how == "absent":
        inner.pop(last)
    elif how == "null":
        inner[last] = None
    elif how == "empty":
        inner[last] = type(inner[last])()
    elif isinstance(inner[last], str):
        inner[last] = how
    return found


@given(
    which=st.sampled_from(EVERY),
    how=st.sampled_from(["absent", "null", "empty", *WORDS]),
    data=st.data(),
)
@settings(max_examples=300, deadline=None)
def test_any_value_may_be_missing_or_malformed(
    which: tuple[str, int], how: str, data: st.DataObject
) -> None:
    """The path is still read, probed, explained and sent."""
    resource, at = which
    place = data.draw(st.sampled_from(list(places(WHOLE[resource][at]))))
    every = WHOLE | {resource: list(WHOLE[resource])}
    every[resource][at] = malformed(every[resource][at], place, how)
    kept = {
        name: [prune(item, RESOURCES[name].shape) for item in items]
        for name, items in every.items()
        if name in RESOURCES
    }
    for host in HOSTS:
        path = seen(Shelf(**kept), f"https://{host}/", node="worker-01")
        target = Target(name=host, url=f"https://{host}/")
        plan.plan_requests(target, path, VantagePoint(node="worker-01", cycle=1))
        assert list(
            as_text(build_explanation(target, path, url_path="/", node="worker-01"))
        )
        encoded = json.loads(json.dumps(encode(path.reading)))
        assert decode(ClusterReading, encoded) == path.reading
        report = NodeReport(
            target=host,
            cluster="c",
            node="n",
            sent_at=NOW,
            interval=15.0,
            reading=path.reading,
        )
        push = Push(
            schema=SCHEMA, cluster="c", node="n", sent_at=NOW, reports=(report,)
        )
        assert list(bounds.problems(push)) == []


def test_a_malformed_object_affects_no_other(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """Over HTTP: objects with nulls in every place beside the target's own."""
    expected = path_from(kubernetes_api, tmp_path, api_target)
    for resource in WHOLE.keys() & RESOURCES.keys() - {"httproutes", "gateways"}:
        body = kubernetes_api.body(resource)
        for item in body["items"].copy():
            parts = item.keys() - {"metadata", "kind", "apiVersion"}
            for name, value in (("null", None), ("empty", {}), ("future", [{"a": 1}])):
                about = item["metadata"] | {"name": f"{name}.z", "labels": None}
                more = (
                    {"new": value} if name == "future" else dict.fromkeys(parts, value)
                )
                body["items"].append({"metadata": about, **more})
        kubernetes_api.replaced[resource] = body
    found = path_from(kubernetes_api, tmp_path, api_target)
    assert found.reading.problems == ()
    for name in ("service", "endpoints", "pods", "ingress_service", "ingress_name"):
        assert getattr(found.reading, name) == getattr(expected.reading, name)
    nodes = found.reading.nodes or ()
    assert [n for n in nodes if n.internal_ip] == list(expected.reading.nodes or ())


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2026-11-23T14:00:00Z", 2026),
        ("2026-11-23T14:00:00.123456789+02:00", 2026),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("2026-11-23T14:00:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_that_ingest_would_reject_is_none(
    text: str | None, year: int | None
) -> None:
    """A manual annotation must not block a node's reports."""
    found = objects.instant(text)
    assert (found and found.year) == year


def test_http_3_is_no_port() -> None:
    """UDP has https's number and a NodePort of its own."""
    item = service("kube-system/traefik", ("websecure", 443, 31443))
    quic = {"name": "websecure-http3", "port": 443, "protocol": "UDP", "nodePort": 1}
    item["spec"]["ports"].insert(0, quic)
    assert objects.service(item).node_ports == (31443,)


@pytest.mark.parametrize(
    ("ports", "asked", "found"),
    [
        ([{"name": "http", "port": 8080}], "http", 8080),
        ([{"name": "metrics", "port": 9090}], "http", None),
        ([{"name": "metrics", "port": 9090}], None, 9090),
        ([{"name": "http", "port": 1}, {"name": "b", "port": 2}], None, None),
        ([{"name": "", "port": 8080}], "", 8080),
        ([{"port": 8080}], "", 8080),
        ([{"name": "http", "port": 1, "protocol": "UDP"}], "http", None),
        ([{"name": "http"}], "http", None),
        ([], "http", None),
        (None, "http", None),
    ],
)
def test_the_port_goes_by_its_name(
    ports: list[Object] | None, asked: str | None, found: int | None
) -> None:
    """Pods without the port's name do not serve it; of several, none."""
    item = slices("shop/web", "10.42.0.1") | {"ports": ports}
    (one,) = objects.endpoints([item], port_name=asked)
    assert one.port == found


def test_a_minimal_endpoint() -> None:
    """Without node, conditions and pod it is an address, and ready."""
    item = slices("shop/web", "10.42.0.1") | {
        "endpoints": [{"addresses": ["10.9.9.9"]}]
    }
    (one,) = objects.endpoints([item], port_name="http")
    assert (one.address, one.ready, one.node, one.pod) == ("10.9.9.9", True, None, None)


@pytest.mark.parametrize("order", [1, -1])
def test_an_endpoint_in_two_slices_is_one(order: int) -> None:
    """While slices are rebalanced; it is ready if either is."""
    old, new = (slices("shop/web", "10.42.0.1", "10.42.1.1") for _ in range(2))
    old["endpoints"][0]["conditions"] = {"ready": False}
    found = objects.endpoints([old, new][::order], port_name="http")
    assert [(e.address, e.ready) for e in found] == [
        ("10.42.0.1", True),
        ("10.42.1.1", True),
    ]


def test_a_pod_that_ends_is_not_ready() -> None:
    """Terminating but still serving: new requests go to other pods."""
    item = slices("shop/web", "10.42.0.1")
    states = {"ready": False, "serving": True, "terminating": True}
    item["endpoints"][0]["conditions"] = states
    assert not objects.endpoints([item], port_name="http")[0].ready


def test_ended_pods_belong_to_no_service() -> None:
    """Evicted and finished pods have the labels and are not endpoints."""
    labels = {"app": "web"}
    pods = [
        {
            "metadata": meta(f"shop/{phase}", labels=labels),
            "spec": {},
            "status": {"phase": phase},
        }
        for phase in ("Pending", "Running", "Succeeded", "Failed", "Unknown")
    ]
    shelf = Shelf(
        services=[service("shop/web", ("http", 80, None))], pods=pods, nodes=[]
    )
    path = seen(shelf, namespace="shop", service="web")
    assert path.reading.pods
    assert {p.phase for p in path.reading.pods} == {"Pending", "Running", "Unknown"}


def test_nodes_of_one_family_or_without_an_address() -> None:
    """IPv6 alone counts; a host name does not; of two, the first counts."""
    encoded = [
        objects.node(node(name, *addresses)).internal_ip
        for name, addresses in (
            ("six", ["fd00::1"]),
            ("both", ["10.0.0.1", "fd00::1"]),
            ("none", []),
        )
    ]
    assert encoded == ["fd00::1", "10.0.0.1", None]


def test_a_workload_that_wants_nothing() -> None:
    """A DaemonSet without matching nodes is not rolling out."""
    item = {"metadata": meta("shop/agents"), "status": {"desiredNumberScheduled": 0}}
    found = objects.workload("DaemonSet", item)
    assert (found.desired, found.ready, found.updated) == (0, 0, 0)
