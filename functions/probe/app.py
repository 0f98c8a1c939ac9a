"""Probe: watches every target from the internet, once a minute.

In: the schedule's event; `{"targets": ["name"]}` for some of them; or, invoked by
hand, `{"target": {…}}` for one that no file names. Out: runs in the journal, and a
summary. It does not: judge. Nothing reaches it from the network.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from parallax import settings, targets
from parallax.journal.choose import open_journal
from parallax.logs import open_log, with_context
from parallax.metrics import emit
from parallax.model.packed import TooLargeError
from parallax.model.probe import ProbeRun
from parallax.model.target import Target
from parallax.model.wire import decode
from parallax.probe import Plan, lighter, watch

READING_AGE = timedelta(minutes=5)
"""How old the balancer's addresses may be."""
found = settings.read()
journal = open_journal(found.journal_table)
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Probe the targets, investigate those that fail, and write both down."""
    runs: dict[str, ProbeRun] = {}

    def record(run: ProbeRun) -> None:
        runs[run.target] = store(run)

    def balancer_ips(target: Target) -> Sequence[str]:
        return journal.addresses(target.name, datetime.now(UTC) - READING_AGE)

    watch(
        choose(event),
        balancer_ips=balancer_ips,
        record=record,
        measure=emit,
        plan=plan(),
    )
    return {"runs": [summary(run) for run in runs.values()]}


def store(run: ProbeRun) -> ProbeRun:
    """Store a run, a lighter one where it does not fit into an item; return it."""
    too_large: TooLargeError | None = None
    for version in lighter(run):
        try:
            journal.record(version)
        except TooLargeError as error:
            too_large = error
        else:
            return version
    raise too_large or AssertionError


def choose(event: dict[str, Any]) -> tuple[Target, ...]:
    """Return the target given in the event, or those of the file that it names."""
    if "target" in event:
        return (decode(Target, event["target"]),)
    known = targets.load(targets.find())
    names = event.get("targets") or [target.name for target in known]
    if unknown := sorted(set(names) - {target.name for target in known}):
        raise targets.TargetsError(f"no target is named {', '.join(unknown)}")
    return tuple(target for target in known if target.name in names)


def plan() -> Plan:
    """Return how a failing target is looked into, as the stack's parameters set it."""
    chosen = Plan(interval=found.repeat_seconds, control_url=found.control_url)
    return replace(chosen, resolvers=found.resolvers) if found.resolvers else chosen


def summary(run: ProbeRun) -> dict[str, Any]:
    """Return a run in short for whoever invoked by hand."""
    return {
        "target": run.target,
        "healthy": run.first.healthy,
        "http.response.status_code": run.first.status_code,
        "error.type": run.first.error_type,
        "duration": run.first.duration,
        "probes": len(run.probes),
    }
