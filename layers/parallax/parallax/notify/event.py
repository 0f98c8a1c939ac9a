"""Event: a finding as a CloudEvent for the findings topic and its queues.

In: a finding. Out: a dict for `json.dumps`, at most `LIMIT` bytes of JSON.
It does not: send, or read a snapshot from S3. `data.class` and `data.hop` are null when
no cause is established, so that absent and unknown need not be distinguished.
Source: CloudEvents 1.0.2; Amazon SNS quotas: 256 KiB, attributes included.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from parallax.model.advice import AdviceEvent
from parallax.model.finding import Finding
from parallax.model.probe import Probe
from parallax.model.schema import IDENTITY
from parallax.model.snapshot import Snapshot
from parallax.model.wire import encode
from parallax.settings import SOURCE

TYPE = "io.parallax.finding.v1"
ADVICE_TYPE = "io.parallax.advice.v1"
LIMIT = 240 * 1024
"""Bytes; below SNS's 262,144 with room for attributes."""
BODY = 2048
"""Characters of a body that are kept; a page's signature is far shorter."""


def cloud_event(finding: Finding, source: str = SOURCE) -> dict[str, Any]:
    """Return a finding as a CloudEvent; a large one loses parts of its snapshot.

    `source` names the stack, e.g. `/parallax/eu-central-1/123456789012/parallax`.
    `data.snapshot_trimmed` lists the parts that were removed. With a bucket,
    `data.snapshot_ref` names the whole snapshot, and nothing is removed.
    """
    event = _event(finding, source)
    snapshot = finding.snapshot and _bodies(finding.snapshot, BODY)
    removed: list[str] = []
    event["data"]["snapshot"] = encode(snapshot)
    for name, smaller in TRIMS:
        if snapshot is None or _size(event) <= LIMIT:
            break
        snapshot = smaller(snapshot) if smaller else None
        removed.append(name)
        event["data"]["snapshot"] = encode(snapshot)
        event["data"]["snapshot_trimmed"] = removed
    return event


def advice_event(event: AdviceEvent, source: str = SOURCE) -> dict[str, Any]:
    """Return an advice event as a CloudEvent of its own type."""
    attributes = head(event.id, ADVICE_TYPE, event.target, "advice", source)
    data = encode(event)
    data.pop("id")
    return attributes | {"time": encode(event.judged_at), "data": data}


def head(
    identity: str, kind: str, target: str, schema: str, source: str
) -> dict[str, Any]:
    """Return the attributes that every event has; `target` is its subject."""
    return {
        "specversion": "1.0",
        "id": identity,
        "source": source,
        "type": kind,
        "subject": target,
        "datacontenttype": "application/json",
        "dataschema": IDENTITY.format(name=schema),
    }


def _event(finding: Finding, source: str) -> dict[str, Any]:
    return head(finding.id, TYPE, finding.target, "finding", source) | {
        "time": encode(finding.judged_at),
        "data": finding_data(finding),
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return the data of a finding's event, with `snapshot` null."""
    return {
        "target": finding.target,
        "url": finding.url,
        "title": finding.title,
        "state": finding.state.value,
        "turn": finding.turn.value if finding.turn else None,
        "since": encode(finding.since),
        "judged_at": encode(finding.judged_at),
        "incident": finding.incident,
        "symptom": encode(finding.symptom),
        "class": finding.class_.value if finding.class_ else None,
        "hop": finding.hop.value if finding.hop else None,
        "cause": finding.cause,
        "reason": finding.reason,
        "settling": finding.settling,
        "settling_reason": finding.settling_reason,
        "proof": encode(finding.proof),
        "well_since": encode(finding.well_since),
        "assessments": encode(finding.assessments),
        "path": encode(finding.path),
        "next_steps": encode(finding.next_steps),
        "advice": encode(finding.advice),
        "lead": encode(finding.lead),
        "request_id": finding.request_id,
        "response": encode(finding.response),
        "timeline": encode(finding.timeline),
        "no_change_before": finding.no_change_before,
        "next_mail_at": encode(finding.next_mail_at),
        "place": encode(finding.place),
        "places": encode(finding.places),
        "severity": finding.severity.value,
        "labels": dict(finding.labels),
        "runbook": finding.runbook,
        "snapshot": None,
        "snapshot_ref": finding.snapshot_ref and asdict(finding.snapshot_ref),
        "snapshot_problem": finding.snapshot_problem,
    }


def _size(event: dict[str, Any]) -> int:
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode())


def _bodies(snapshot: Snapshot, limit: int) -> Snapshot:
    """Return a snapshot with shorter bodies, each marked if it was cut."""

    def cut(probe: Probe) -> Probe:
        if len(probe.body) <= limit:
            return probe
        return replace(probe, body=probe.body[:limit], body_truncated=True)

    run = snapshot.run and replace(
        snapshot.run, probes=tuple(cut(p) for p in snapshot.run.probes)
    )
    reports = tuple(
        replace(r, probes=tuple(cut(p) for p in r.probes)) for r in snapshot.reports
    )
    return replace(snapshot, run=run, reports=reports)


def _no_bodies(snapshot: Snapshot) -> Snapshot:
    return _bodies(snapshot, 0)


def _one_reading(snapshot: Snapshot) -> Snapshot:
    """Keep only the cluster reading that judging uses; each agent sends its own."""
    used = snapshot.cluster
    reports = tuple(
        replace(r, reading=r.reading if r.reading is used else None)
        for r in snapshot.reports
    )
    return replace(snapshot, reports=reports) if used else snapshot


def _no_headers_of_healthy(snapshot: Snapshot) -> Snapshot:
    """Remove headers and bodies of healthy inside responses: no cause reads them."""

    def bare(probe: Probe) -> Probe:
        return replace(probe, headers=(), body="") if probe.healthy else probe

    reports = tuple(
        replace(r, probes=tuple(bare(p) for p in r.probes)) for r in snapshot.reports
    )
    return replace(snapshot, reports=reports)


def _no_past(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, past=())


TRIMS: tuple[tuple[str, Callable[[Snapshot], Snapshot] | None], ...] = (
    ("readings", _one_reading),
    ("headers", _no_headers_of_healthy),
    ("bodies", _no_bodies),
    ("past", _no_past),
    ("all", None),
)
"""What is removed, least important first; the first two do not change a judgement."""
