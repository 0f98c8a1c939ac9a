"""Specification of the topic's attributes: `parallax.notify.attributes`."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from parallax.groups.alert import alone
from parallax.model.alert import Alert
from parallax.model.finding import NotificationReason
from parallax.model.target import Severity
from parallax.notify.attributes import (
    LISTED,
    LONGEST,
    MOST,
    attributes,
    label_name,
)
from parallax.notify.routes import TopicRoute
from tests.parallax.hostile import poisoned
from tests.parallax.notify.mail.drawn import DRAWN, five_hundred, resolved, two
from tests.parallax.notify.published import alerts_of
from tests.parallax.sent_finding import FINDING
from tests.parallax.throttle import refused_for_good


def values(alert: Alert) -> dict[str, Any]:
    """Return the attributes' values, lists as lists."""
    return {
        name: json.loads(value["StringValue"])
        if value["DataType"] == "String.Array"
        else value["StringValue"]
        for name, value in attributes(alert).items()
    }


def test_a_subscription_can_filter_by_what_a_reader_is_responsible_for() -> None:
    """Targets, severity, cause, class, hop, place, group, cluster, labels."""
    assert values(two()) == {
        "severity": "critical",
        "target": ["platform-api", "shop-001"],
        "turn": "firing",
        "state": "firing",
        "cause": "lb-health-check-wrong-port",
        "class": "load_balancer",
        "cluster": ["keybuzz"],
        "label.team": ["shop"],
        "hop": "load-balancer",
        "place": "load-balancer/keybuzz-lb",
    }
    unlabeled = values(replace(two(), labels=()))
    assert unlabeled["group"] == two().group


def test_labels_have_the_values_of_all_targets() -> None:
    """A subscription of one team gets an alert that concerns two."""
    labels = (
        ("app", "a"),
        ("team", "shop"),
        ("team", "web"),
        ("tier", "1"),
        ("z", "9"),
    )
    got = values(replace(two(), labels=labels))
    assert got["label.team"] == ["shop", "web"]
    assert [name for name in got if name.startswith("label.")] == [
        "label.app",
        "label.team",
        "label.tier",
    ]
    assert not {"hop", "place", "group"} & set(got)


def test_the_end_reaches_those_who_got_the_beginning() -> None:
    """It has the same targets, severity and labels."""
    got = values(resolved())
    assert got["target"] == ["shop-001", "platform-api", "shop-002"]
    assert (got["severity"], got["label.team"]) == ("critical", ["shop"])


def test_what_is_not_known_is_left_out() -> None:
    """SNS refuses an empty value."""
    assert not {"class", "cluster"} & set(attributes(alone(FINDING)))


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_ten_attributes_at_most(draw: Callable[[], Alert]) -> None:
    """With more, SNS delivers nothing to a subscriber with raw delivery."""
    for alert in (draw(), poisoned(draw())):
        got = attributes(alert)
        assert len(got) <= MOST
        for name, value in got.items():
            assert value["StringValue"].isprintable(), name
            listed = value["DataType"] == "String.Array"
            assert listed or len(value["StringValue"]) <= LONGEST


def test_a_large_group_lists_some_targets() -> None:
    """The attributes count for the size of the message."""
    assert len(values(five_hundred())["target"]) == LISTED


@pytest.mark.parametrize(
    ("policy", "selected"),
    [
        ({"severity": ["critical"]}, 1),
        ({"severity": ["critical", "warning"]}, 2),
        ({"target": ["shop-001"]}, 2),
        ({"target": ["other"]}, 0),
        ({"label.team": ["shop"], "turn": ["firing"]}, 2),
        ({"turn": [{"anything-but": ["firing"]}]}, 0),
    ],
)
def test_a_filter_policy_selects(cloud: Any, policy: object, selected: int) -> None:
    """On the real emulator, for a critical alert and a warning."""
    sns = cloud.client("sns")
    (subscription,) = sns.list_subscriptions_by_topic(TopicArn=cloud.topic)[
        "Subscriptions"
    ]
    sns.set_subscription_attributes(
        SubscriptionArn=subscription["SubscriptionArn"],
        AttributeName="FilterPolicy",
        AttributeValue=json.dumps(policy),
    )
    for severity in (Severity.CRITICAL, Severity.WARNING):
        TopicRoute(cloud.topic).send(replace(two(), severity=severity))
    assert len(cloud.messages(cloud.inbox)) == selected


def test_every_turn_is_an_attribute() -> None:
    """A system that only opens and closes filters on two of them."""
    for turn in NotificationReason:
        assert values(replace(two(), turn=turn))["turn"] == turn.value


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("team", "label.team"),
        ("example.com/team", "label.example.com-team"),
        ("a..b", "label.a.b"),
        ("k" * 300, f"label.{'k' * 250}"),
    ],
)
def test_a_label_has_a_name_that_sns_accepts(key: str, name: str) -> None:
    """A key with a prefix has a slash; SNS refuses the whole message for it."""
    assert label_name(key) == name


def test_a_refused_label_loses_no_mail(cloud: Any) -> None:
    """It is sent again without labels."""
    with refused_for_good(of="label.team") as count:
        TopicRoute(cloud.topic).send(replace(two(), labels=(("team", "shop"),)))
    assert count.refused == 1
    assert len(alerts_of(cloud)) == 1
