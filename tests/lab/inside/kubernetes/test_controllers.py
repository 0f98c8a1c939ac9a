"""Controllers: which ports an EndpointSlice has."""

from typing import Any

import pytest

from lab.case import load
from lab.inside.controller import Controller
from lab.inside.kubernetes.object_names import slice_name
from lab.inside.kubernetes.store import Store
from lab.inside.objects import controllers
from lab.inside.objects import recorded as objects
from lab.inside.objects.ingress import controller_objects
from lab.inside.proxy import ready_endpoints


def published(target_port: int | str, **declared: object) -> Any:
    """Return the ports of the api's EndpointSlice, its pods declaring a port."""
    case, store = load(), Store()
    app = case.apps[0]
    service = objects.app_service(case, app)
    service["spec"]["ports"][0]["targetPort"] = target_port
    for resource, item in (
        *objects.fixed(case),
        *controller_objects(case, Controller(case)),
    ):
        store.put(resource, item)
    store.put("services", service)
    pod = objects.app_pod(case, app, case.nodes[0])
    pod["spec"]["containers"][0]["ports"][0] |= declared
    store.put("pods", pod)
    controllers.reconcile(case, store)
    item = store.get("endpointslices", (case.namespace, slice_name(app.name)))
    assert item is not None
    assert len(item["endpoints"]) == 1
    led_to = ready_endpoints(store, case.namespace, app.name, "http")
    assert len(led_to) == bool(item["ports"])
    return item["ports"]


@pytest.mark.parametrize(
    ("target_port", "declared", "number"),
    [
        (9999, {}, 9999),
        ("web", {"name": "web"}, 8080),
        ("web", {}, None),
        ("web", {"name": "http"}, None),
        ("web", {"name": "web", "protocol": "UDP"}, None),
    ],
)
def test_a_port_is_published_by_number_or_by_a_name_that_pods_declare(
    target_port: int | str, declared: dict[str, object], number: int | None
) -> None:
    """A number is taken as it is; a name needs a container's port of its protocol."""
    found = published(target_port, **declared)
    assert found == (number and [{"name": "http", "protocol": "TCP", "port": number}])
