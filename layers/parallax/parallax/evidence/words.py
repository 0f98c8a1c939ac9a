"""Words: how evidence states a share, and from which time on it counts.

In: numbers, a scene. Out: words. It does not: read anything else.
"""

from parallax.evidence.scene import Scene


def since_text(scene: Scene) -> str:
    """Return from which time on evidence counts, e.g. `since the failure began`."""
    if scene.failing_since:
        return "since the failure began"
    return "since the recovery" if scene.well_since else "recently"


def every(count: int, one: str, many: str) -> str:
    """Return e.g. `all 5 nodes`, or `the only node` where there is one."""
    return f"the only {one}" if count == 1 else f"all {count} {many}"


ERRORS = {"tls": "TLS failure"}
"""Kinds of errors whose name is not a phrase."""


def error(kind: str | None) -> str:
    """Return why there was no response, e.g. `connection refused`."""
    name = str(kind or "no response")
    return ERRORS.get(name, name.replace("_", " "))


def of(part: int, whole: int) -> str:
    """Return a share, e.g. `5 of 5`."""
    return f"{part} of {whole}"
