"""Record: save the snapshot of every fault's alarm, for replay.

In: a stage. Out: `events/diagnose/<fault>.json`, each `{"snapshot": ...}`, as
`sam local invoke DiagnoseFunction` and `parallax judge` take it; and the incident's
findings as `events/notify/{firing,resolved}.json`.
It does not: alter what was recorded; addresses and names are the lab's. What hits no
target (a blind monitor) is left out.
"""

import json
from pathlib import Path

from rich.console import Console

from lab.demo.stage import Stage
from lab.demo.story import alarm
from lab.fault import fault_ids, load_fault
from lab.run import LabError
from parallax.incidents.table import DynamoIncidents
from parallax.model.finding import Incident
from parallax.model.wire import encode

MAILED = "lb-health-check-wrong-port"
"""The fault whose findings also serve as events of `notify`: the incident's own."""


def record(stage: Stage, folder: Path, console: Console) -> None:
    """Play every fault and save what was known, and for one what was told."""
    incidents = DynamoIncidents(stage.outputs["IncidentsTable"])
    named = {app.name for app in stage.case.apps}
    for fault_id in fault_ids(stage.case):
        fault = load_fault(fault_id, stage.case)
        hit = set(fault.expected)
        if not hit <= named:
            continue  # its snapshot is a target's, and says nothing of the cause
        with alarm(stage, fault) as story:
            finding = story.turned("firing")[min(hit)]
            _save(folder / f"diagnose/{fault_id}.json", finding["data"]["snapshot"])
            told = incidents.get(min(hit)) if fault_id == MAILED else None
            _save_finding(folder / "notify/firing.json", told)
        console.print(f"{fault_id}: named {finding['data']['cause']}")
        stage.wake("Probe")
        story.until_turned("resolved", hit)
        told = incidents.get(min(hit)) if fault_id == MAILED else None
        _save_finding(folder / "notify/resolved.json", told)


def _save(path: Path, snapshot: object) -> None:
    if snapshot is None:
        raise LabError(f"{path.name}: the finding was too large to carry its snapshot")
    path.write_text(json.dumps({"snapshot": snapshot}, indent=1) + "\n")


def _save_finding(path: Path, incident: Incident | None) -> None:
    if incident and incident.finding:
        saved = {"finding": encode(incident.finding)}
        path.write_text(json.dumps(saved, indent=1) + "\n")
