"""Invocation: probe the targets of one invocation, and store each run.

In: targets, a journal, a plan. Out: the runs as stored.
It does not: judge, or choose the targets.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from parallax.journal.observation import Journal
from parallax.model.packed import TooLargeError
from parallax.model.probe import ProbeRun
from parallax.model.target import Target
from parallax.probe.bound import reduced_versions
from parallax.probe.plan import Plan
from parallax.probe.watch import watch

READING_AGE = timedelta(minutes=45)
"""Maximum age of the reading that the load balancer's addresses come from. An unchanged
reading is stored every half hour (`parallax.inspect.news`)."""


def probe_targets(
    targets: Sequence[Target],
    journal: Journal,
    plan: Plan,
    measure: Callable[[ProbeRun], None],
) -> tuple[ProbeRun, ...]:
    """Probe each target, investigate those that fail, and store all runs.

    Returns the last stored run of each target. Raises as `watch`.
    """
    runs: dict[str, ProbeRun] = {}

    def record(run: ProbeRun) -> None:
        runs[run.target] = store(run, journal)

    def balancer_ips(target: Target) -> Sequence[str]:
        return journal.addresses(target.name, datetime.now(UTC) - READING_AGE)

    watch(targets, balancer_ips=balancer_ips, record=record, measure=measure, plan=plan)
    return tuple(runs.values())


def store(run: ProbeRun, journal: Journal) -> ProbeRun:
    """Store a run, or the first smaller version that fits into an item; return it."""
    too_large: TooLargeError | None = None
    for version in reduced_versions(run):
        try:
            journal.record(version)
        except TooLargeError as error:
            too_large = error
        else:
            return version
    raise too_large or AssertionError


def summarize(run: ProbeRun) -> dict[str, Any]:
    """Return a short form of a run, for an invocation by hand."""
    return {
        "target": run.target,
        "healthy": run.first.healthy,
        "http.response.status_code": run.first.status_code,
        "error.type": run.first.error_type,
        "duration": run.first.duration,
        "probes": len(run.probes),
    }
