"""Lead: what to tell if no cause is established.

In: a scene, the causes, the assessment of each. Out: the most telling observation, what
it excludes, the few causes that remain, and the command that decides between them.
It does not: name a cause. An observation is a fact; what remains may be none of them.
"""

from collections.abc import Sequence

from parallax.causes.cause import Cause
from parallax.diagnose.lead import connection, log, name, pods, response
from parallax.diagnose.lead.candidates import candidates
from parallax.diagnose.lead.observation import Observation
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.model.judgement import Assessment, Lead, NextStep

OBSERVERS = (
    name.unresolved,
    name.elsewhere,
    connection.not_connected,
    connection.refused_in_tls,
    connection.closed,
    response.cut_off,
    response.redirected,
    response.stored,
    pods.unreachable,
    log.in_no_log,
    log.at_the_ingress,
    response.written,
    response.unattributed,
    connection.no_response,
)
"""The first that observes something is the most telling: by how much it excludes."""


def lead(
    scene: Scene, causes: Sequence[Cause], assessments: Sequence[Assessment]
) -> tuple[Lead, NextStep] | None:
    """Return the lead and the step that decides; None: no failing external probe."""
    seen = _first(scene)
    if seen is None:
        return None
    remaining = candidates(seen, causes, assessments)
    found = Lead(
        observation=seen.text, excludes=seen.excludes, candidates=tuple(remaining)
    )
    return found, seen.step


def _first(scene: Scene) -> Observation | None:
    for observer in OBSERVERS:
        try:
            seen = observer(scene)
        except Missing:
            continue
        if seen is not None:
            return seen
    return None
