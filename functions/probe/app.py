"""Probe: probes every target from the internet, once a minute.

In: the schedule's event; `{"shard": k, "of": n}` from itself; `{"targets": ["name"]}`
for some targets; or, invoked by hand, `{"target": {…}}` for one that is not in the
file. Out: runs and rounds in the journal, and a summary. It does not: judge, or accept
requests from the network.
"""

from typing import Any

from parallax import settings, targets
from parallax.journal.choose import open_journal
from parallax.logs import open_log, with_context
from parallax.metrics import Meter
from parallax.probe import configured_plan
from parallax.probe.fan_out import FanOut
from parallax.probe.logins import read_logins
from parallax.probe.probing import Probing, seconds_left
from parallax.uptime.chapters import Chapters

configuration = settings.read()
meter = Meter(configuration.metrics)
probing = Probing(
    journal=open_journal(configuration.journal_table),
    plan=configured_plan(configuration),
    meter=meter,
    fan_out=FanOut(configuration, meter.of_not_invoked),
    load=lambda: targets.load(targets.find()),
    keep=Chapters(configuration.journal_table).keep,
    logins=lambda probed: read_logins(probed, configuration.logins_secret_arn),
)
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Probe the targets, investigate those that fail, and store both."""
    return probing.answer(event, seconds_left(context))
