"""Specification of replaying a snapshot: `parallax.notify.replay`."""

from parallax.notify.replay import replay
from tests.parallax import scenarios as s


def test_a_replayed_snapshot_gives_the_queues_finding() -> None:
    """It has every field of the published finding except the snapshot."""
    found = replay(s.wrong_port())
    assert found["target"] == "platform-api"
    assert found["cause"] == "lb-health-check-wrong-port"
    assert (found["class"], found["hop"]) == ("load_balancer", "load-balancer")
    assert found["state"] in {"pending", "firing"}
    assert found["settling"] is False
    assert {"symptom", "assessments", "next_steps", "path"} <= set(found)
    assert not {"snapshot", "snapshot_ref", "snapshot_problem"} & set(found)


def test_a_healthy_snapshot_has_no_cause() -> None:
    """There is no incident, so there is no state, and the cause is none."""
    found = replay(s.healthy())
    assert (found["cause"], found["state"], found["class"]) == ("none", None, None)
    assert found["settling"] is False
