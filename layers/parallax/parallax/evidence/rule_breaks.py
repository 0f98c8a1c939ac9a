"""Rule breaks: complete responses with an expected status that are not healthy.

In: a scene. Out: which users get them, what they lack, and whether pods respond alike.
It does not: conclude. Such a response proves that a server responds; it says nothing
about a hop that rejects or loses requests.
"""

from collections import Counter

from parallax.evidence import users
from parallax.evidence.comparable import unmet_of
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import every, of
from parallax.model.probe import AS_A_USER, Check, Probe


@reading
def of_users(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests that break the rule, if most of them do."""
    failing = users.failing(scene, *AS_A_USER)
    found = tuple(p for p in failing if unmet_of(scene, p))
    return found if 2 * len(found) > len(failing) else ()


@reading
def checks(scene: Scene) -> frozenset[Check]:
    """Return the parts of the rule that most of these responses break."""
    found = of_users(scene)
    counts = Counter(c for p in found for c in _checks(scene, p))
    return frozenset(c for c, count in counts.items() if 2 * count > len(found))


def is_only_slow(scene: Scene) -> bool:
    """Say whether the responses are right, and only slower than the target allows."""
    return checks(scene) == frozenset({Check.SECONDS})


def text(scene: Scene, probe: Probe) -> str:
    """Return what a response lacks, e.g. `the body lacks 'ok'`."""
    return "; ".join(one.text for one in unmet_of(scene, probe))


def of_all_pods(scene: Scene, probes: tuple[Probe, ...]) -> str | None:
    """Return that each of these inside probes breaks the same rule; else None.

    The status is that of users too, so the pods write what users get.
    """
    same = _like_users(scene, probes)
    if not same or len(same) < len(probes):
        return None
    share = every(len(probes), "internal probe of a pod", "internal probes of pods")
    return f"{share} got {same[0].status_code}, and {text(scene, same[0])}"


def of_some_pods(scene: Scene, probes: tuple[Probe, ...]) -> str | None:
    """Return how many of these inside probes break the same rule; None: none does."""
    same = _like_users(scene, probes)
    if not same:
        return None
    share = f"{of(len(same), len(probes))} internal probes of pods"
    return f"{share} got {same[0].status_code}, and {text(scene, same[0])}"


def _like_users(scene: Scene, probes: tuple[Probe, ...]) -> list[Probe]:
    wanted = checks(scene)
    statuses = {p.status_code for p in of_users(scene)}
    return [
        p
        for p in probes
        if wanted and wanted <= _checks(scene, p) and p.status_code in statuses
    ]


def _checks(scene: Scene, probe: Probe) -> set[Check]:
    return {one.check for one in unmet_of(scene, probe)}
