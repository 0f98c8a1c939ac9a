"""Record: save the snapshot of every fault's first alarm, for replay.

In: a stage. Out: `events/diagnose/<fault>.json`, each `{"snapshot": ...}`, as
`sam local invoke DiagnoseFunction` and `parallax judge` take it; and the incident's
findings as `events/notify/{firing,resolved}.json`.
It does not: save what no judgement reads (see `trimmed`). Addresses and names are the
lab's. A fault that affects no target (a blind monitor) is left out.
"""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from lab.demo.rows import in_rows
from lab.demo.story import alarm
from lab.fault import fault_ids, load_fault
from lab.stage.deployment import Stage
from lab.stage.run import LabError
from lab.stage.snapshots import with_snapshot
from parallax.incidents.table import DynamoIncidents
from parallax.model.finding import Incident
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode, encode
from parallax.notify.event import TRIMS
from parallax.snapshots.download import fetch

MAILED = "lb-health-check-wrong-port"
"""The fault whose findings also serve as events of `notify`: the incident's own."""
UNJUDGED = ("readings", "headers")
"""Those of the product's trims that never change a judgement."""


def record(
    stage: Stage, folder: Path, console: Console, only: Collection[str] = ()
) -> None:
    """Play every fault, or `only` some; save its snapshot, and one fault's findings."""
    incidents = DynamoIncidents(stage.outputs["IncidentsTable"])
    names = {app.name for app in stage.case.apps}
    for fault_id in only or fault_ids(stage.case):
        fault = load_fault(fault_id, stage.case)
        hit = set(fault.expected)
        if not hit <= names:
            continue  # the snapshot of a target does not show such a fault
        with alarm(stage, fault) as story:
            finding = with_snapshot(story.first_findings("firing")[min(hit)])
            _save(folder / f"diagnose/{fault_id}.json", finding["data"]["snapshot"])
            incident = incidents.get(min(hit)) if fault_id == MAILED else None
            _save_finding(folder / "notify/firing.json", incident)
        console.print(f"{fault_id}: named {finding['data']['cause']}")
        stage.invoke("Probe")
        story.until_reported("resolved", hit)
        incident = incidents.get(min(hit)) if fault_id == MAILED else None
        _save_finding(folder / "notify/resolved.json", incident)


def trimmed(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot without what no judgement reads.

    The product's own trims drop all cluster readings but the one that judging uses, and
    the headers and bodies of healthy inside probes. Of the past, only the present
    failure is judged; the lab's earlier faults go.
    """
    for name, trim in TRIMS:
        if trim and name in UNJUDGED:
            snapshot = trim(snapshot)
    since = snapshot.failing_since or snapshot.well_since
    past = tuple(p for p in snapshot.past if since and p.started_at >= since)
    return replace(snapshot, past=past)


def _save(path: Path, snapshot: object) -> None:
    if snapshot is None:
        raise LabError(f"{path.name}: the finding has no snapshot")
    saved = {"snapshot": encode(trimmed(decode(Snapshot, snapshot)))}
    path.write_text(f"{in_rows(saved)}\n")


def _save_finding(path: Path, incident: Incident | None) -> None:
    if incident and incident.finding:
        finding = incident.finding
        if finding.snapshot_ref:
            snapshot = trimmed(fetch(finding.snapshot_ref))
            finding = replace(finding, snapshot=snapshot, snapshot_ref=None)
        path.write_text(f"{in_rows({'finding': encode(finding)})}\n")
