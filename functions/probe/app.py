"""Probe: probes every target from the internet, once a minute.

In: the schedule's event; `{"targets": ["name"]}` for some of them; or, invoked by
hand, `{"target": {…}}` for one that is not in the file. Out: runs in the journal, and
a summary. It does not: judge, or accept requests from the network.
"""

from collections.abc import Mapping
from typing import Any

from parallax import settings, targets
from parallax.journal.choose import open_journal
from parallax.logs import open_log, with_context
from parallax.metrics import emit
from parallax.model.target import Target
from parallax.model.wire import decode
from parallax.probe import configured_plan
from parallax.probe.invocation import probe_targets, summarize

configuration = settings.read()
journal = open_journal(configuration.journal_table)
plan = configured_plan(configuration)
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Probe the targets, investigate those that fail, and store both."""
    runs = probe_targets(targets_of(event), journal, plan, emit)
    return {"runs": [summarize(run) for run in runs]}


def targets_of(event: Mapping[str, Any]) -> tuple[Target, ...]:
    """Return the target in the event, or the targets of the file that it names."""
    if "target" in event:
        return (decode(Target, event["target"]),)
    return targets.select(targets.load(targets.find()), event.get("targets"))
