"""Schema: the JSON Schema of a targets file, for editors.

In: the limits of this package and the enums of the model. Out:
`targets.schema.json`, written to the folder in the command:
`python -m parallax.targets.schema docs/schema`.
It does not: check a file; `parallax.targets.checks` does, and finds more: what does not
fit together, and time zones. What it accepts, the schema accepts too.
Source: JSON Schema draft 7, which all YAML editors support.
"""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

from parallax.model.target import LoginKind, Method, Severity
from parallax.rule import json_path, program
from parallax.targets import healthy, labels, request
from parallax.targets.described import DESCRIPTIONS
from parallax.targets.maintenance import WEEKDAYS
from parallax.targets.rules import LONGEST_TITLE, SLO, TIMEOUT_SECONDS

type Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_SEARCHED: Schema = {"type": "string", "minLength": 1, "maxLength": healthy.LONGEST}
_HEADER_NAME: Schema = {"pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"}
_CODE: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 100, "maximum": 599},
        {"type": "string", "pattern": r"^\s*([1-5][xX]{2}|\d{3}(\s?-\s?\d{3})?)\s*$"},
    ]
}


def _enum(kind: type[StrEnum]) -> Schema:
    return {"enum": [one.value for one in kind]}


def _or_null(value: Schema) -> Schema:
    """Return a value, or nothing, which takes a default's or a merged one away."""
    return {"anyOf": [value, {"type": "null"}]}


def _some(item: Schema, most: int | None = None) -> Schema:
    """Return one value, or a list of such values."""
    items: Schema = {"type": "array", "items": item, "minItems": 1}
    if most is not None:
        items["maxItems"] = most
    return {"anyOf": [item, items]}


def _mapping(at: str, properties: dict[str, Schema], **more: Any) -> Schema:  # noqa: ANN401 - a schema
    """Return a mapping with these keys; each has the description of its path."""
    described = {
        key: {"description": DESCRIPTIONS[f"{at}{key}"]} | value
        for key, value in properties.items()
    }
    found: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": described,
        # Editors may leave YAML's merge keys to the schema.
        "patternProperties": {"^<<$": True},
    }
    return found | more


def _any_keys(value: Schema, most: int, names: Schema | None = None) -> Schema:
    """Return a mapping with keys of the file's own."""
    found = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": most,
        "additionalProperties": value,
    }
    return found if names is None else found | {"propertyNames": names}


HEALTHY: dict[str, Schema] = {
    "status_codes": _some(_CODE),
    "max_seconds": _or_null(
        {"type": "number", "exclusiveMinimum": 0, "maximum": TIMEOUT_SECONDS[1]}
    ),
    "headers": _any_keys(
        {
            "anyOf": [
                _SEARCHED,
                {
                    "type": "object",
                    "additionalProperties": False,
                    "minProperties": 1,
                    "properties": {"contains": _SEARCHED, "equals": _SEARCHED},
                },
            ]
        },
        healthy.MOST,
        _HEADER_NAME,
    ),
    "body_contains": _or_null(_some(_SEARCHED, healthy.MOST)),
    "body_lacks": _some(_SEARCHED, healthy.MOST),
    "body_matches": _or_null(
        {"type": "string", "minLength": 1, "maxLength": program.LONGEST}
    ),
    "json": _any_keys(
        {"type": ["string", "number", "boolean", "null"]},
        healthy.MOST,
        {"maxLength": json_path.LONGEST},
    ),
}
REACHED: dict[str, Schema] = {
    "load_balancer": _TEXT,
    "project": _TEXT,
    "cdn": _FLAG,
    "cluster": _TEXT,
    "namespace": _TEXT,
    "service": _TEXT,
    "ingress_namespace": _TEXT,
    "ingress_service": _TEXT,
}
LOGIN: dict[str, Schema] = {
    "kind": _enum(LoginKind),
    "secret": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"},
    "header": _TEXT | _HEADER_NAME,
    "allow_http": _FLAG,
}
MAINTENANCE: dict[str, Schema] = {
    "starts_at": {"type": "string", "format": "date-time"},
    "ends_at": {"type": "string", "format": "date-time"},
    "reason": _TEXT,
    "weekdays": {"type": "array", "items": {"enum": list(WEEKDAYS)}, "minItems": 1},
    "days_of_month": {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "integer",
            "minimum": -31,
            "maximum": 31,
            "not": {"const": 0},
        },
    },
    "from": {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"},
    "until": {"type": "string", "pattern": r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"},
    "time_zone": _TEXT,
}
_TITLE: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TITLE}
PUBLIC: dict[str, Schema] = {"title": _TITLE, "group": _or_null(_TITLE), "url": _FLAG}
_WINDOWS: Schema = {
    "type": "array",
    "items": _mapping("maintenance.", MAINTENANCE, required=["reason"]),
}
TARGET: dict[str, Schema] = {
    "name": {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"},
    "url": {"type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"},
    "healthy": _mapping("healthy.", HEALTHY),
    "reached": _mapping("reached.", REACHED),
    "interval": {"type": ["string", "number"]},
    "enabled": _FLAG,
    "timeout_seconds": {
        "type": "number",
        "minimum": TIMEOUT_SECONDS[0],
        "maximum": TIMEOUT_SECONDS[1],
    },
    "method": _enum(Method),
    "request_headers": _any_keys(
        {"type": "string", "minLength": 1, "maxLength": request.LONGEST},
        request.MOST,
        _HEADER_NAME,
    ),
    "request_body": _or_null({"type": "string", "maxLength": request.LARGEST}),
    "login": _or_null(_mapping("login.", LOGIN)),
    "allow_private_addresses": _FLAG,
    "severity": _enum(Severity),
    "labels": _any_keys(_TEXT, labels.MOST) | {"minProperties": 0},
    "runbook": _or_null({"type": "string", "maxLength": labels.LONGEST_URL}),
    "maintenance": _WINDOWS,
    "slo": _or_null({"type": "number", "minimum": SLO[0], "maximum": SLO[1]}),
    "public": _or_null(_mapping("public.", PUBLIC)),
}


def schema() -> Schema:
    """Return the schema of a targets file."""
    defaults = {k: v for k, v in TARGET.items() if k not in {"name", "url"}}
    # A merged mapping may have the keys that a target needs.
    needs = {"anyOf": [{"required": ["<<"]}, {"required": ["name", "url"]}]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:parallax:schema:targets",
        "title": "Targets of Parallax",
        "type": "object",
        "additionalProperties": False,
        "required": ["targets"],
        "properties": {
            "defaults": _mapping("", defaults)
            | {"description": DESCRIPTIONS["defaults"]},
            "targets": {
                "description": DESCRIPTIONS["targets"],
                "type": "array",
                "minItems": 1,
                "items": _mapping("", TARGET, **needs),
            },
        },
    }


def write(folder: Path) -> None:
    """Write the schema into a folder."""
    text = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    (folder / "targets.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
