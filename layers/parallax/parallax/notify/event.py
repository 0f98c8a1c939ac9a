"""Event: a finding as a CloudEvent for the findings queue.

In: a finding. Out: a dict that `json.dumps` takes, at most `LIMIT` bytes of JSON.
It does not: send. `data.class` and `data.hop` are null when no cause is
established, so that a reader need not tell absent from unknown.
Source: CloudEvents 1.0.2; Amazon SQS quotas (256 KiB a message for years, so that
is what a consumer's own pipes may hold).
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from parallax.model.advice import AdviceNews
from parallax.model.finding import Finding
from parallax.model.probe import Probe
from parallax.model.schema import IDENTITY
from parallax.model.snapshot import Snapshot
from parallax.model.wire import encode

TYPE = "io.parallax.finding.v1"
ADVICE_TYPE = "io.parallax.advice.v1"
SOURCE = "/parallax/diagnose"
LIMIT = 240 * 1024
"""Bytes; below SQS's 262,144 with room for attributes."""
BODY = 2048
"""Characters of a body that stay; a page's signature is far shorter."""


def cloud_event(finding: Finding) -> dict[str, Any]:
    """Return a finding as a CloudEvent; one too large gives up parts of its snapshot.

    What was given up stands in `data.snapshot_trimmed`.
    """
    event = _event(finding)
    snapshot = finding.snapshot and _bodies(finding.snapshot, BODY)
    given_up: list[str] = []
    event["data"]["snapshot"] = encode(snapshot)
    for name, smaller in TRIMS:
        if snapshot is None or _size(event) <= LIMIT:
            break
        snapshot = smaller(snapshot) if smaller else None
        given_up.append(name)
        event["data"]["snapshot"] = encode(snapshot)
        event["data"]["snapshot_trimmed"] = given_up
    return event


def advice_event(news: AdviceNews) -> dict[str, Any]:
    """Return what is told of one advice as a CloudEvent of its own type."""
    head = _head(news.id, ADVICE_TYPE, news.target, "advice")
    told = encode(news)
    told.pop("id")
    return head | {"time": encode(news.judged_at), "data": told}


def _head(identity: str, kind: str, target: str, schema: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": identity,
        "source": SOURCE,
        "type": kind,
        "subject": target,
        "datacontenttype": "application/json",
        "dataschema": IDENTITY.format(name=schema),
    }


def _event(finding: Finding) -> dict[str, Any]:
    return _head(finding.id, TYPE, finding.target, "finding") | {
        "time": encode(finding.judged_at),
        "data": {
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
            "settling": finding.settling,
            "settling_reason": finding.settling_reason,
            "proof": encode(finding.proof),
            "well_since": encode(finding.well_since),
            "assessments": encode(finding.assessments),
            "path": encode(finding.path),
            "next_steps": encode(finding.next_steps),
            "advice": encode(finding.advice),
            "snapshot": None,
        },
    }


def _size(event: dict[str, Any]) -> int:
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode())


def _bodies(snapshot: Snapshot, limit: int) -> Snapshot:
    """Return a snapshot whose bodies are cut, and marked where they were."""

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
    """Keep the cluster reading that judging uses; each agent sent one of its own."""
    used = snapshot.cluster
    reports = tuple(
        replace(r, reading=r.reading if r.reading is used else None)
        for r in snapshot.reports
    )
    return replace(snapshot, reports=reports) if used else snapshot


def _no_headers_of_the_well(snapshot: Snapshot) -> Snapshot:
    """Drop what healthy inside answers said: nobody asks who wrote them."""

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
    ("headers", _no_headers_of_the_well),
    ("bodies", _no_bodies),
    ("past", _no_past),
    ("all", None),
)
"""What is given up, least missed first; the first two do not change a judgement."""
