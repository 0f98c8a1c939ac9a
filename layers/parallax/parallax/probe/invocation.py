"""Invocation: probe named targets, and store each run.

In: targets, a journal, a plan. Out: the runs as stored.
It does not: judge; or probe a shard, which `parallax.probe.probing` does.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from parallax import targets
from parallax.journal.observation import Journal
from parallax.model.packed import TooLargeError
from parallax.model.probe import ProbeRun
from parallax.model.target import Target
from parallax.model.wire import decode
from parallax.probe.address import permitted
from parallax.probe.bound import reduced_versions
from parallax.probe.plan import Plan
from parallax.probe.uses import Uses
from parallax.probe.watch import watch

READING_AGE = timedelta(minutes=75)
"""Maximum age of the reading that the load balancer's addresses come from. An unchanged
reading is stored every hour (`parallax.inspect.news`)."""


def by_hand(event: Mapping[str, Any]) -> tuple[Target, ...]:
    """Return the target in an event, or the targets of the file that it names.

    A disabled target can be named; an empty list means all that are enabled.
    """
    if "target" in event:
        return (decode(Target, event["target"]),)
    every = targets.load(targets.find(), disabled=bool(event["targets"]))
    return targets.select(every, event["targets"])


def probe_targets(
    named: Sequence[Target],
    journal: Journal,
    plan: Plan,
    measure: Callable[[ProbeRun], None] | None,
) -> tuple[ProbeRun, ...]:
    """Probe each target, investigate those that fail, and store all runs as items.

    Returns the last stored run of each target. Raises as `watch`.
    """
    runs: dict[str, ProbeRun] = {}

    def record(run: ProbeRun) -> None:
        runs[run.target] = store_run(run, journal)

    uses = Uses(
        balancer_ips=lambda target: balancer_ips(target, journal),
        record=record,
        measure=measure,
    )
    watch(named, uses, plan=plan)
    return tuple(runs.values())


def balancer_ips(target: Target, journal: Journal) -> Sequence[str]:
    """Return the addresses of the target's load balancer, as `inspect` read them.

    Without those that its requests may not be sent to.
    """
    found = journal.addresses(target.name, datetime.now(UTC) - READING_AGE)
    private = target.allow_private_addresses
    return [a for a in found if permitted(a, target.host, allow_private=private)]


def store_run(run: ProbeRun, journal: Journal) -> ProbeRun:
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
