"""Rules: the waiting times that a stack's parameters set."""

from parallax.settings import Settings
from parallax.story.rules import Rules


def test_each_time_is_that_of_its_own_parameter() -> None:
    """None takes another one's place."""
    settings = Settings(
        settle_seconds=11, quiet_seconds=22, evidence_seconds=33, reminder_seconds=44
    )
    assert Rules.of(settings) == Rules(
        settle_seconds=11, quiet_seconds=22, evidence_seconds=33, reminder_seconds=44
    )


def test_patience_doubles_until_the_reminder() -> None:
    """It begins with the longer one of quiet time and evidence time."""
    rules = Rules(quiet_seconds=300, evidence_seconds=45, reminder_seconds=2000)
    assert [rules.patience(n) for n in (0, 1, 2, 3, 99)] == [300, 600, 1200, 2000, 2000]
    slow = Rules(quiet_seconds=10, evidence_seconds=45, reminder_seconds=2000)
    assert slow.patience(0) == 45
    long = Rules(quiet_seconds=1, evidence_seconds=1, reminder_seconds=1e9)
    assert long.patience(17) == long.patience(16) == 65536
