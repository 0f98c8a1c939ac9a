"""Uses: what is done with the runs of one round of probes.

In: functions of the caller. Out: one value for `watch`. It does not: call them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parallax.model.probe import ProbeRun
from parallax.model.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What is done with the runs of one round.

    `record` stores a run; it and `balancer_ips` are called on several threads at the
    same time, but for one target one after the other. `measure` gets each first run on
    a thread of its own, and so does `settled` all of them, once the last first probe
    has ended; so a `record` that hangs costs neither. Investigations may then continue.
    `stores` says whether `record` gets a first run, `investigates` whether a failing
    one is investigated, `patience` how many seconds a first probe waits. None: nothing
    is done.
    """

    balancer_ips: Callable[[Target], Sequence[str]]
    record: Callable[[ProbeRun], object]
    measure: Callable[[ProbeRun], None] | None = None
    settled: Callable[[Sequence[ProbeRun]], None] | None = None
    stores: Callable[[ProbeRun], bool] = lambda _: True
    investigates: Callable[[ProbeRun], bool] = lambda _: True
    patience: Callable[[Target], float] = lambda target: target.timeout_seconds
