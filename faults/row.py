"""Row: one cause in the fault table, and each way in which the bench breaks it.

In and out: values. It does not: break anything itself, or import a cause. What a row
states is compared with the cause's module by the completeness test, so that a label
of the bench never depends on the code that it measures.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from parallax.model.judgement import Class, Hop

ANY = Requirements()
"""Whatever platform is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What else holds of a broken platform, in addition to its row's cause."""

    also: tuple[str, ...] = ()
    """Causes that may be named as well; `reason` states why."""
    reason: str = ""
    evident: bool = True
    """False: the platform hides the evidence; `reason` states how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One way to break a simulated platform.

    `name` is the cause's id, or that and a variant's. `inject` changes the platform,
    and returns a `Truth` where more than the cause holds.
    """

    name: str
    inject: Callable[[PlatformSpec], Truth | None]
    requires: Requirements = ANY
    position: int = 0
    """Where on a request's way the fault lies, from the internet inward, for cases
    with two faults; 0: this fault is never combined with another."""
    cause: str = ""
    class_: Class = Class.BACKEND

    def apply(self, spec: PlatformSpec) -> Truth:
        """Break the platform and return what holds of it then."""
        return self.inject(spec) or Truth()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cause: whom it blames, where it lies, and who can bring it about.

    `lab` holds the names of files in `lab/faults/`. A cause without one states in
    `not_in_lab` why the lab cannot bring it about. `supports` and `refutes` name the
    scenario pair: functions of `tests/parallax/scenarios.py` or `edge.py`.
    """

    cause: str
    class_: Class
    hop: Hop
    lab: tuple[str, ...] = ()
    not_in_lab: str = ""
    bench: tuple[Injection, ...] = ()
    supports: str = ""
    refutes: str = ""

    @property
    def injections(self) -> tuple[Injection, ...]:
        """The bench's injections, each with the row's cause and class."""
        return tuple(
            replace(one, cause=self.cause, class_=self.class_) for one in self.bench
        )
