"""Words: how evidence states a share, and since when it counts.

In: numbers, a scene. Out: words. It does not: read anything else.
"""

from parallax.evidence.scene import Scene


def since_text(scene: Scene) -> str:
    """Return since when evidence counts, as a reader takes it."""
    if scene.failing_since:
        return "since the failure began"
    return "since it is well again" if scene.well_since else "lately"


def of(part: int, whole: int) -> str:
    """Return a share as a reader takes it, e.g. `5 of 5`."""
    return f"{part} of {whole}"
