"""Bodies: responses that begin and do not arrive completely.

In: a scene. Out: probes with an incomplete response. It does not: conclude.
The status of such a response says nothing about the failure: the writer of the status
did its part, and the rest was lost or cut off later.
"""

from parallax.evidence import users
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.probe import AS_A_USER, Probe


def is_incomplete(probe: Probe) -> bool:
    """Return whether a response began, and did not arrive completely."""
    return probe.status_code is not None and probe.error_type is not None


@reading
def incomplete(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests with the right status and a lost rest."""
    right = scene.target.healthy.status_codes
    failed = users.failing(scene, *AS_A_USER)
    return tuple(p for p in failed if is_incomplete(p) and p.status_code in right)


def text(probe: Probe) -> str:
    """Return how a response ended early, e.g. `timeout after 1184 bytes`."""
    how = str(probe.error_type).replace("_", " ")
    return f"{how} after {probe.body_bytes} bytes of the body"
