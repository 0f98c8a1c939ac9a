"""Current: how every target is judged now, for the screen and for tests.

In: a stage. Out: one judgement for each target.
It does not: write anything, or replace what `diagnose` publishes.
"""

from datetime import UTC, datetime, timedelta

from lab.stage.deployment import Stage
from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.model.judgement import Judgement

RECENT = timedelta(minutes=30)


def current_judgements(stage: Stage) -> dict[str, Judgement]:
    """Judge what the journal holds now, as `diagnose` does."""
    now = datetime.now(UTC)
    return {
        target.name: judge(
            join(
                target,
                stage.journal.recent(target.name, now - RECENT),
                taken_at=now,
                settle_seconds=20,
            )
        )
        for target in stage.targets
    }
