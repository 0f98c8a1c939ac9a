"""Documents: the JSON Schema of what each command prints with `--json`.

In: nothing. Out: one schema for each command, by its name; `make docs` writes them to
docs/schema/cli. Within a version, fields are added, never removed or changed.
It does not: print, or validate; a test validates the output of every command.
"""

from typing import Any

from parallax.cli.document_types import (
    Acknowledgment,
    Bill,
    CauseText,
    Incidents,
    Letters,
    MailText,
    Muted,
    OverviewLink,
    Targets,
)
from parallax.model.alert import Alert
from parallax.model.probe import Probe
from parallax.model.schema import DRAFT, finding_schema
from parallax.model.snapshot import Snapshot
from parallax.model.wire import schema
from parallax.notify.replay import SOURCES
from parallax.writers import Attribution

VERSION = "v1"
_NULL = {"type": "null"}


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of each command that has `--json`."""
    made = {
        "probe": _probe(),
        "investigate": _investigate(),
        "attribute": schema(Attribution),
        "judge": _finding(),
        "mail": schema(MailText),
        "causes": _causes(),
        "targets": schema(Targets),
        "incidents": schema(Incidents),
        "show": schema(Alert),
        "ack": schema(Acknowledgment),
        "mute": schema(Muted),
        "unmute": schema(Muted),
        "overview": schema(OverviewLink),
        "redrive": schema(Letters),
        "cost": schema(Bill),
    }
    return {name: _head(name) | content for name, content in made.items()}


def _head(name: str) -> dict[str, Any]:
    identity = f"urn:parallax:schema:cli-{name}:{VERSION}"
    return {"$schema": DRAFT, "$id": identity}


def _probe() -> dict[str, Any]:
    """Return a probe and which server wrote the response; null: there is none."""
    made = schema(Probe)
    made["$defs"]["Attribution"] = schema(Attribution)
    made["properties"]["attribution"] = _or_null("Attribution")
    made["required"].append("attribution")
    return made


def _finding() -> dict[str, Any]:
    """Return a finding without its snapshot; `state` null: the target is healthy."""
    event = finding_schema()
    data: dict[str, Any] = event["properties"]["data"]
    properties = {k: v for k, v in data["properties"].items() if k not in SOURCES}
    properties["state"] = {"anyOf": [properties["state"], _NULL]}
    made = {
        "type": "object",
        "title": "Finding of a snapshot",
        "properties": properties,
        "required": ["target", "state", "class", "hop", "cause", "title", "symptom"],
    }
    return made | {"$defs": event["$defs"]}


def _investigate() -> dict[str, Any]:
    """Return the finding, the redirects behind the first response, the snapshot."""
    finding = _finding()
    snapshot = schema(Snapshot)
    definitions = finding.pop("$defs") | snapshot.pop("$defs")
    definitions |= {"OutsideSnapshot": snapshot, "OutsideFinding": finding}
    return {
        "type": "object",
        "title": "Investigation",
        "properties": {
            "finding": {"$ref": "#/$defs/OutsideFinding"},
            "redirects": {"type": "array", "items": {"$ref": "#/$defs/Probe"}},
            "snapshot": {"$ref": "#/$defs/OutsideSnapshot"},
        },
        "required": ["finding", "redirects", "snapshot"],
        "$defs": definitions,
    }


def _causes() -> dict[str, Any]:
    """Return the list of causes."""
    one = schema(CauseText)
    one["properties"]["class"] = {"title": "Class", "type": "string"}
    one["required"].append("class")
    one["additionalProperties"] = {"type": "string"}
    return {"type": "array", "title": "Causes", "items": one}


def _or_null(name: str) -> dict[str, Any]:
    return {"anyOf": [{"$ref": f"#/$defs/{name}"}, _NULL]}
