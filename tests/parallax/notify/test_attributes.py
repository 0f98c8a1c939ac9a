"""Specification of the topic's attributes: `parallax.notify.attributes`."""

from dataclasses import replace

from parallax.groups.alert import alone
from parallax.model.finding import NotificationReason
from parallax.model.judgement import Class, Hop
from parallax.notify.attributes import LONGEST, attributes
from tests.parallax.hostile import poisoned
from tests.parallax.sent_finding import FINDING


def test_a_subscription_can_filter_by_what_a_reader_is_responsible_for() -> None:
    """Target, cause with its reason, class, hop, state, severity."""
    sent = replace(FINDING, class_=Class.LOAD_BALANCER, hop=Hop.LOAD_BALANCER)
    values = {
        name: value["StringValue"] for name, value in attributes(alone(sent)).items()
    }
    assert values == {
        "target": "front",
        "group": "front",
        "state": "firing",
        "turn": "firing",
        "cause": "lb-health-check-wrong-port",
        "class": "load_balancer",
        "hop": "load-balancer",
        "severity": "critical",
    }


def test_what_is_not_known_is_left_out() -> None:
    """SNS refuses an empty value."""
    assert "class" not in attributes(alone(FINDING))


def test_a_hostile_name_stays_one_short_line() -> None:
    """SNS refuses control characters."""
    sent = poisoned(replace(FINDING, target="x" * 1000, turn=NotificationReason.FIRING))
    for value in attributes(alone(sent)).values():
        text = value["StringValue"]
        assert len(text) <= LONGEST
        assert text.isprintable()
        assert "\n" not in text
