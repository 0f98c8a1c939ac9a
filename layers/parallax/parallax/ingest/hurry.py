"""Hurry: how soon the agents should come again.

In: the targets a push tells of, where their incidents are. Out: the seconds that the
agents are asked to keep to while one of them fails; None: as they are set.
It does not: judge; a failure is what `diagnose` holds for one.
"""

from collections.abc import Callable, Iterable
from time import monotonic

from parallax.model.finding import State

HURRY_SECONDS = 10.0
"""Between two reports while a target fails: evidence of now is what is missing."""
KEPT_SECONDS = 10.0
"""How long one look at an incident serves: five agents ask for the same targets."""
FAILING = frozenset({State.PENDING, State.FIRING, State.RECOVERING})


class Hurry:
    """Remembers for some seconds which targets fail, one a container."""

    def __init__(
        self,
        state: Callable[[str], State | None],
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._state = state
        self._now = now
        self._known: dict[str, tuple[float, bool]] = {}

    def seconds(self, targets: Iterable[str]) -> float | None:
        """Return what to ask of the agents. Raises what reading an incident raises."""
        return HURRY_SECONDS if any(self._fails(t) for t in targets) else None

    def _fails(self, target: str) -> bool:
        at, fails = self._known.get(target, (float("-inf"), False))
        if self._now() - at >= KEPT_SECONDS:
            fails = self._state(target) in FAILING
            self._known[target] = self._now(), fails
        return fails
