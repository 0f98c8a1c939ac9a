"""Schema: the JSON Schemas of findings, alerts, advice and snapshots, for consumers.

In: the model's classes. Out: `advice.v1.schema.json`, `alert.v1.schema.json`,
`finding.v1.schema.json`, `snapshot.v1.schema.json` and `snapshot.v2.schema.json` (as it
is stored in S3), written to the folder in the command:
`python -m parallax.model.schema docs/schema`.
It does not: validate anything; a test validates events with them.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from parallax.model.advice import AdviceEvent
from parallax.model.alert import Alert
from parallax.model.finding import Finding
from parallax.model.snapshot import Snapshot
from parallax.model.stored_snapshot import StoredSnapshot
from parallax.model.wire import schema, wire_name

DRAFT = "https://json-schema.org/draft/2020-12/schema"
IDENTITY = "urn:parallax:schema:{name}:v1"
"""A name, not a URL: it cannot be fetched, so it cannot be hijacked either."""
REQUIRED = (
    "target",
    "url",
    "title",
    "state",
    "turn",
    "since",
    "judged_at",
    "incident",
    "symptom",
    "class",
    "hop",
    "cause",
    "settling",
    "assessments",
    "path",
    "next_steps",
    "advice",
    "snapshot",
)


REQUIRED_OF_ALERT = (
    "group",
    "number",
    "turn",
    "at",
    "cause",
    "since",
    "severity",
    "counts",
    "mail",
)
_TEXT = {"type": "string"}
_REFERENCE = re.compile(r'"#/\$defs/(\w+)"')
_LABELS = {"type": "object", "additionalProperties": _TEXT}


def snapshot_schema() -> dict[str, Any]:
    """Return the schema of a snapshot by wire names."""
    return _head("snapshot", "Snapshot") | schema(Snapshot)


def stored_snapshot_schema() -> dict[str, Any]:
    """Return the schema of a snapshot as it is stored in S3."""
    identity = IDENTITY.format(name="snapshot").replace(":v1", ":v2")
    return {"$schema": DRAFT, "$id": identity} | schema(StoredSnapshot)


def _head(name: str, title: str) -> dict[str, Any]:
    return {"$schema": DRAFT, "$id": IDENTITY.format(name=name), "title": title}


def finding_schema() -> dict[str, Any]:
    """Return the schema of the CloudEvent that carries a finding."""
    data, definitions = _finding_data()
    return _event("finding", "Finding, as a CloudEvent", data, definitions)


def _finding_data() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the schema of a finding event's data, and its definitions."""
    made = schema(Finding)
    definitions = made.pop("$defs")
    _name_by_field(definitions["SnapshotRef"])
    properties = made["properties"] | {
        "snapshot": {"anyOf": [{"$ref": "#/$defs/Snapshot"}, {"type": "null"}]},
        "labels": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "The target's labels; empty for a finding about Parallax.",
        },
        "snapshot_trimmed": {
            "type": "array",
            "items": {"enum": ["readings", "headers", "bodies", "past", "all"]},
            "description": "What was removed from a finding too large for the queue.",
        },
    }
    data: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "required": list(REQUIRED),
    }
    return data, definitions


def alert_schema() -> dict[str, Any]:
    """Return the schema of the CloudEvent that carries an alert.

    A large event keeps only some of its data; `data.trimmed` lists what it lost.
    """
    made, (finding, definitions) = schema(Alert), _finding_data()
    own = made.pop("$defs")
    own.pop("Finding")
    member = own["Member"]["properties"]
    member.pop("places")
    member["labels"] = _LABELS
    for name in ("snapshot", "snapshot_trimmed"):
        finding["properties"].pop(name)
    finding.pop("required")
    properties = made["properties"] | {
        "finding": finding,
        "labels": _LABELS | {"additionalProperties": {"type": "array", "items": _TEXT}},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "link": _TEXT | {"description": "The page of the incident, with a signature."},
        "mail": {
            "type": "object",
            "properties": {"subject": _TEXT, "text": _TEXT},
            "required": ["subject", "text"],
        },
        "trimmed": {
            "type": "array",
            "items": {"enum": ["assessments", "targets", "details", "mail", "all"]},
            "description": "What was removed from an alert too large for its message.",
        },
    }
    properties.pop("id")
    properties.pop("failure")
    data: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "required": list(REQUIRED_OF_ALERT),
    }
    every = definitions | own
    used = {name: every[name] for name in sorted(_used(data, every))}
    return _event("alert", "Alert, as a CloudEvent", data, used)


def _used(part: object, definitions: dict[str, Any]) -> set[str]:
    """Return the definitions that a part of a schema refers to, to any depth."""
    found: set[str] = set()
    new = set(_REFERENCE.findall(json.dumps(part)))
    while new:
        found |= new
        texts = (json.dumps(definitions[name]) for name in new)
        new = {name for text in texts for name in _REFERENCE.findall(text)} - found
    return found


def _name_by_field(reference: dict[str, Any]) -> None:
    """Rename the URL of a reference: like `data.url` it is `url` in an event."""
    properties = reference["properties"]
    properties["url"] = properties.pop(wire_name("url"))
    reference["required"] = [
        "url" if n == wire_name("url") else n for n in reference["required"]
    ]


def advice_schema() -> dict[str, Any]:
    """Return the schema of the CloudEvent that carries one advice."""
    made = schema(AdviceEvent)
    properties = made["properties"]
    properties.pop("id")
    data: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "required": [name for name in made["required"] if name != "id"],
    }
    return _event("advice", "Advice, as a CloudEvent", data, made["$defs"])


def _event(
    name: str, title: str, data: dict[str, Any], definitions: dict[str, Any]
) -> dict[str, Any]:
    """Return the schema of a CloudEvent around its data."""
    text = {"type": "string"}
    return _head(name, title) | {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": text,
            "source": text,
            "type": {"const": f"io.parallax.{name}.v1"},
            "subject": text,
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "dataschema": {"const": IDENTITY.format(name=name)},
            "data": data,
        },
        "$defs": definitions,
    }


def write(folder: Path) -> None:
    """Write all schemas into a folder."""
    made = {
        "advice.v1": advice_schema(),
        "alert.v1": alert_schema(),
        "finding.v1": finding_schema(),
        "snapshot.v1": snapshot_schema(),
        "snapshot.v2": stored_snapshot_schema(),
    }
    for name, content in made.items():
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        (folder / f"{name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
