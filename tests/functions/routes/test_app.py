"""Routes: the handler, with a receiver on loopback."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests.functions.template import RESOURCES
from tests.parallax.routes.notices import PLACE
from tests.parallax.routes.standin import StandIn, standing


def app(
    load: Callable[..., ModuleType], cloud: Any, receiver: StandIn, **places: str
) -> ModuleType:
    """Load routes with one receiver of Standard Webhooks."""
    name = f"{cloud.journal}-routes"
    secret = json.dumps(PLACE | {"webhook_url": f"{receiver.url}/hook"})
    manager = cloud.client("secretsmanager")
    manager.create_secret(Name=name, SecretString=secret)
    given = {
        "INCIDENTS_TABLE": cloud.incidents,
        "DEAD_LETTERS_URL": cloud.dead_letters,
        "ROUTES": ",webhook,,",
        "ROUTES_SECRET_ARN": name,
        "ROUTES_ALLOW_PRIVATE": "true",
    }
    return load("routes", **(given | places))


def test_a_test_alert_shows_what_the_receiver_answered(load: Any, cloud: Any) -> None:
    """It begins and ends, so that no alert stays open at the receiver."""
    with standing("webhook") as receiver:
        routes = app(load, cloud, receiver)
        answers = routes.handler({"test": "webhook"}, None)
        assert answers == {
            "firing": "accepted, HTTP 200",
            "resolved": "accepted, HTTP 200",
        }
        events = receiver.accepted
        assert [event["data"]["turn"] for event in events] == ["firing", "resolved"]
        assert len({event["data"]["group"] for event in events}) == 1
        receiver.status, receiver.answer = 401, b"no such hook"
        answers = routes.handler({"test": "webhook"}, None)
        assert answers["firing"] == "not accepted: HTTP 401: no such hook"


def test_a_route_that_is_off_cannot_be_tested(load: Any, cloud: Any) -> None:
    """The error lists those of the stack."""
    with standing("webhook") as receiver:
        routes = app(load, cloud, receiver)
        with pytest.raises(ValueError, match="expected one of: webhook"):
            routes.handler({"test": "slack"}, None)


def test_loopback_is_no_receiver_unless_it_is_allowed(load: Any, cloud: Any) -> None:
    """Neither http nor an address that is not public."""
    with standing("webhook") as receiver:
        routes = app(load, cloud, receiver, ROUTES_ALLOW_PRIVATE="false")
        answers = routes.handler({"test": "webhook"}, None)
        assert answers["firing"].startswith("not accepted: the URL of the receiver")
        assert receiver.requests == 0


def test_the_queue_waits_longer_than_the_function_works() -> None:
    """No message is delivered twice at the same time; one message is one batch."""
    function = RESOURCES["RoutesFunction"]["Properties"]
    queue = RESOURCES["RoutesQueue"]["Properties"]
    (mapping,) = (event["Properties"] for event in function["Events"].values())
    assert mapping["BatchSize"] == 1
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert queue["VisibilityTimeout"] > 2 * function["Timeout"]
    assert queue["MessageRetentionPeriod"] > 24 * 3600
    assert queue["FifoQueue"] is True
    assert "RedrivePolicy" not in queue


def test_nothing_exists_without_a_route() -> None:
    """A stack without one pays nothing for it."""
    parts = [name for name in RESOURCES if name.startswith("Routes")]
    assert len(parts) == 6
    assert {RESOURCES[name]["Condition"] for name in parts} == {"HasRoutes"}
