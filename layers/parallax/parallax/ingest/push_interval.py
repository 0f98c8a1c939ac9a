"""Push interval: how soon the agents push again while a target fails.

In: the targets of a push, and the state of an incident. Out: seconds between two
pushes; None: the agents keep their own interval.
It does not: judge. A target fails while `diagnose` has an open incident for it.
"""

from collections.abc import Callable, Iterable
from time import monotonic

from parallax.model.finding import State

FAILING_SECONDS = 10.0
"""Between two pushes while a target fails: a judgement then needs fresh evidence."""
CACHE_SECONDS = 10.0
"""How long a state that was read is used again: all agents push the same targets."""
FAILING = frozenset({State.PENDING, State.FIRING, State.RECOVERING})


class PushInterval:
    """Remembers for some seconds which targets fail; one per container."""

    def __init__(
        self,
        state: Callable[[str], State | None],
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._state = state
        self._now = now
        self._cache: dict[str, tuple[float, bool]] = {}

    def seconds(self, targets: Iterable[str]) -> float | None:
        """Return the interval to ask for. Raises what reading an incident raises."""
        return FAILING_SECONDS if any(self._fails(t) for t in targets) else None

    def _fails(self, target: str) -> bool:
        at, fails = self._cache.get(target, (float("-inf"), False))
        if self._now() - at >= CACHE_SECONDS:
            fails = self._state(target) in FAILING
            self._cache[target] = self._now(), fails
        return fails
