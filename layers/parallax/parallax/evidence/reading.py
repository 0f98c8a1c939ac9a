"""Reading: a value that a scene shows, or the reason why it is missing.

In: a function of a scene that returns a value or raises `Missing`. Out: a `Reading`,
which calls that function once per scene and arguments.
It does not: conclude. The engine turns a `Missing` into "not determined", and a
`Hidden` too, with the fault that hides the answer.
The idea is from insights-core: a rule states what it needs, the engine what is missing.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Concatenate, cast

from parallax.evidence.scene import Scene


class Missing(Exception):  # noqa: N818 - missing evidence is a result, not an error
    """Evidence is missing: `why` names it, `evidence` is what was shown so far.

    `reason` is why the fault is there, if it is proven: see `Unreached`.
    """

    def __init__(
        self, *why: str, evidence: tuple[str, ...] = (), reason: str | None = None
    ) -> None:
        super().__init__(*why)
        self.why = why
        self.evidence = evidence
        self.reason = reason


class Hidden(Missing):
    """Another fault hides whether a cause is true, as no request gets that far.

    `why` names the missing thing; the last sentence of `evidence` is the other fault.
    A fault that is only hidden is not ruled out: it may show after the repair.
    """


class Absent(Missing):
    """A hop does not exist in the target's path, so no fault of it can be the cause.

    `why` states it. Other causes that only look at this hop stay unknown.
    """


class Unreached(Missing):
    """The fault is proven, but no proof that users' requests get as far as it.

    If another fault explains where they end, this one is also true.
    """


class Reading[**P, T]:
    """A function of a scene, called once per scene and arguments."""

    def __init__(self, take: Callable[Concatenate[Scene, P], T]) -> None:
        self._take = take
        self.__doc__ = take.__doc__

    def __call__(self, scene: Scene, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the value; raise `Missing` with the reason."""
        found = self._found(scene, *args, **kwargs)
        if isinstance(found, Missing):
            raise type(found)(*found.why, evidence=found.evidence, reason=found.reason)
        return found

    def maybe(self, scene: Scene, *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return the value, or None where it is missing."""
        found = self._found(scene, *args, **kwargs)
        return None if isinstance(found, Missing) else found

    def lacks(self, scene: Scene, *args: P.args, **kwargs: P.kwargs) -> tuple[str, ...]:
        """Return what is missing for the value; empty if there is a value."""
        found = self._found(scene, *args, **kwargs)
        return found.why if isinstance(found, Missing) else ()

    def _found(self, scene: Scene, *args: P.args, **kwargs: P.kwargs) -> T | Missing:
        key, cache = (self, args, *kwargs.items()), scene.readings
        if key not in cache:
            try:
                cache[key] = self._take(scene, *args, **kwargs)
            except Missing as gap:
                cache[key] = gap
        return cast("T | Missing", cache[key])


def reading[**P, T](take: Callable[Concatenate[Scene, P], T]) -> Reading[P, T]:
    """Wrap a function so that it is called once per scene and arguments."""
    return Reading(take)


def need[T](value: T | None, why: str) -> T:
    """Return a value; raise `Missing` if it is None or empty."""
    if not value:
        raise Missing(why)
    return value


@contextmanager
def proven(*evidence: str, reason: str | None = None) -> Generator[None]:
    """State that this evidence proves the fault; only users' requests are missing.

    `reason` is why the fault is there, one level below.
    """
    try:
        yield
    except Hidden:
        raise
    except Missing as gap:
        every = (*evidence, *gap.evidence)
        raise Unreached(*gap.why, evidence=every, reason=reason) from None


@contextmanager
def evidence_so_far(*evidence: str) -> Generator[None]:
    """Add this evidence to every `Missing` that is raised inside."""
    try:
        yield
    except Missing as gap:
        every = (*evidence, *gap.evidence)
        raise type(gap)(*gap.why, evidence=every, reason=gap.reason) from None
