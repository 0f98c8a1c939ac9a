"""Sent finding: a published finding, for tests of publishing.

In: nothing. Out: a finding of the target `front`. It does not: publish.
"""

from datetime import UTC, datetime

from parallax.model.finding import Finding, NotificationReason, State
from parallax.model.judgement import Difference, Symptom, View

NOON = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
FINDING = Finding(
    id="front-1",
    incident="front",
    target="front",
    url="https://front.example/",
    state=State.FIRING,
    since=NOON,
    judged_at=NOON,
    symptom=Symptom(
        external=View.FAILING,
        internal=View.HEALTHY,
        difference=Difference.EXTERNAL_ONLY,
        summary="503 from the internet, 200 inside",
    ),
    cause="lb-health-check-wrong-port",
    title="The health check uses the wrong port",
    settling=False,
    turn=NotificationReason.FIRING,
)
