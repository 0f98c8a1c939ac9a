"""Receivers: what each receiver's documentation requires of a request.

In: a request. Out: its JSON, if it is valid; an AssertionError if the receiver would
refuse it or read markup in it. Written from the documentation that each function names.
It does not: send.
"""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from standardwebhooks import Webhook

from parallax.routes.request import Request
from tests.parallax.routes.notices import KEY

TEXT: dict[str, Any] = {"type": "string"}


def units(text: str) -> int:
    """Return the length of a text as Java and JavaScript count it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _json(request: Request, schema: dict[str, Any]) -> Any:
    assert request.headers["Content-Type"] == "application/json"
    document = json.loads(request.body)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(document)
    return document


def slack(request: Request) -> Any:
    """Slack, "Incoming webhooks", "Block Kit": header 150, at most 50 blocks.

    `text` is markup: no `<`, `>` or bare `&`. All else stands in literal elements.
    """
    plain = {"const": "plain_text"}
    header = {
        "properties": {
            "type": {"const": "header"},
            "text": {
                "properties": {"type": plain, "text": TEXT | {"minLength": 1}},
                "required": ["type", "text"],
            },
        },
        "required": ["type", "text"],
    }
    element = {"properties": {"type": {"enum": ["text", "link"]}, "text": TEXT}}
    rich = {
        "properties": {
            "type": {"const": "rich_text"},
            "elements": {
                "items": {
                    "properties": {
                        "type": {
                            "enum": ["rich_text_preformatted", "rich_text_section"]
                        },
                        "elements": {"items": element, "minItems": 1},
                    }
                }
            },
        }
    }
    schema = {
        "required": ["text", "blocks"],
        "properties": {
            "text": TEXT,
            "blocks": {"maxItems": 50, "prefixItems": [header, rich]},
        },
    }
    document = _json(request, schema)
    assert units(document["blocks"][0]["text"]["text"]) <= 150
    assert not re.search(r"[<>]|&(?!(amp|lt|gt);)", document["text"])
    return document


def teams(request: Request) -> Any:
    """Microsoft Teams, "Workflows"; Adaptive Cards 1.4: 28 KB, no entities.

    Each text is a `TextRun`, which has no Markdown.
    """
    run = {
        "required": ["type", "text"],
        "properties": {"type": {"const": "TextRun"}, "text": TEXT | {"minLength": 1}},
    }
    block = {
        "required": ["type", "inlines"],
        "properties": {
            "type": {"const": "RichTextBlock"},
            "spacing": {"enum": ["None", "Medium"]},
            "inlines": {"items": run, "minItems": 1},
        },
    }
    action = {
        "required": ["type", "title", "url"],
        "properties": {
            "type": {"const": "Action.OpenUrl"},
            "url": TEXT | {"pattern": "^https?://"},
        },
    }
    card = {
        "required": ["type", "version", "body"],
        "properties": {
            "type": {"const": "AdaptiveCard"},
            "version": {"const": "1.4"},
            "body": {"items": block, "minItems": 1},
            "actions": {"items": action, "maxItems": 6},
            "msteams": {"additionalProperties": False, "properties": {"width": {}}},
        },
    }
    schema = {
        "required": ["type", "attachments"],
        "properties": {
            "type": {"const": "message"},
            "attachments": {
                "minItems": 1,
                "items": {
                    "required": ["contentType", "content"],
                    "properties": {
                        "contentType": {
                            "const": "application/vnd.microsoft.card.adaptive"
                        },
                        "content": card,
                    },
                },
            },
        },
    }
    document = _json(request, schema)
    assert len(request.body) <= 28_000
    return document["attachments"][0]["content"]


def pagerduty(request: Request) -> Any:
    """PagerDuty, "Send an alert event" of the Events API v2: 512 KB."""
    payload = {
        "required": ["summary", "source", "severity"],
        "properties": {
            "summary": TEXT | {"minLength": 1},
            "source": TEXT | {"minLength": 1},
            "severity": {"enum": ["critical", "error", "warning", "info"]},
            "timestamp": TEXT | {"format": "date-time"},
            "component": TEXT,
            "class": TEXT,
            "custom_details": {"type": "object"},
        },
        "additionalProperties": False,
    }
    link = {"required": ["href"], "properties": {"href": TEXT, "text": TEXT}}
    schema = {
        "required": ["routing_key", "event_action", "dedup_key", "payload"],
        "properties": {
            "routing_key": TEXT | {"minLength": 1},
            "event_action": {"enum": ["trigger", "acknowledge", "resolve"]},
            "dedup_key": TEXT | {"maxLength": 255},
            "payload": payload,
            "links": {"type": "array", "items": link},
        },
    }
    document = _json(request, schema)
    assert units(document["payload"]["summary"]) <= 1024
    assert len(request.body) <= 512 * 1024
    return document


def opsgenie(request: Request) -> Any:
    """Opsgenie, "Alert API": create, add a note, acknowledge, close, by alias.

    "Update alert priority" is a PUT, the others are POSTs.
    """
    assert request.headers["Authorization"].startswith("GenieKey ")
    parts = urlsplit(request.url)
    *_, alias, verb = ["", *parts.path.removeprefix("/v2/alerts").split("/")]
    note = {
        "required": ["note"],
        "properties": {
            "note": TEXT | {"maxLength": 25_000, "minLength": 1},
            "source": TEXT | {"maxLength": 100},
        },
        "additionalProperties": False,
    }
    create = {
        "required": ["message", "alias"],
        "properties": {
            "message": TEXT | {"minLength": 1, "maxLength": 130},
            "alias": TEXT | {"maxLength": 512},
            "description": TEXT | {"maxLength": 15_000},
            "entity": TEXT | {"maxLength": 512},
            "source": TEXT | {"maxLength": 100},
            "priority": {"enum": ["P1", "P2", "P3", "P4", "P5"]},
            "tags": {"maxItems": 20, "items": TEXT | {"maxLength": 50}},
            "details": {"type": "object", "additionalProperties": TEXT},
        },
        "additionalProperties": False,
    }
    priority = {
        "required": ["priority"],
        "properties": {"priority": create["properties"]["priority"]},
        "additionalProperties": False,
    }
    schemas = {"": create, "priority": priority}
    document = _json(request, schemas.get(verb, note))
    assert request.method == ("PUT" if verb == "priority" else "POST")
    if verb:
        assert verb in {"notes", "acknowledge", "close", "priority"}
        assert alias
        assert parse_qs(parts.query) == {"identifierType": ["alias"]}
    else:
        assert not parts.query
        assert len(json.dumps(document["details"], ensure_ascii=False)) <= 8000
        assert not re.search("[<>]", document["message"] + document["description"])
    return document | {"verb": verb}


def alertmanager(request: Request) -> Any:
    """Alertmanager, `api/v2/openapi.yaml`, `postableAlerts`, and its own checks.

    Names are `[a-zA-Z_][a-zA-Z0-9_]*`, values UTF-8; an alert does not end before it
    starts.
    """
    assert request.url.endswith("/api/v2/alerts")
    labels = {
        "type": "object",
        "additionalProperties": TEXT,
        "propertyNames": {"pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"},
    }
    one = {
        "required": ["labels"],
        "properties": {
            "labels": labels | {"minProperties": 1},
            "annotations": labels,
            "startsAt": TEXT | {"format": "date-time"},
            "endsAt": TEXT | {"format": "date-time"},
            "generatorURL": TEXT | {"pattern": "^https?://"},
        },
        "additionalProperties": False,
    }
    document = _json(request, {"type": "array", "items": one})
    for alert in document:
        assert alert["startsAt"] <= alert["endsAt"]
    return document


def webhook(request: Request) -> Any:
    """Check a message by Standard Webhooks' own library; CloudEvents 1.0.2."""
    assert request.headers["Content-Type"] == "application/cloudevents+json"
    given = {k: v for k, v in request.headers.items() if k.startswith("webhook-")}
    Webhook(KEY).verify(request.body, given, json_parse=False)
    document = json.loads(request.body)
    assert {"specversion", "id", "source", "type"} <= document.keys()
    return document


def ntfy(request: Request) -> Any:
    """Ntfy, "Publish as JSON": to the server's root; 4,096 bytes, three actions."""
    assert urlsplit(request.url).path == "/"
    action = {
        "required": ["action", "label", "url"],
        "properties": {"action": {"const": "view"}, "label": TEXT, "url": TEXT},
    }
    schema = {
        "required": ["topic", "message"],
        "properties": {
            "topic": TEXT | {"pattern": "^[-_A-Za-z0-9]{1,64}$"},
            "title": TEXT,
            "message": TEXT,
            "priority": {"enum": [1, 2, 3, 4, 5]},
            "tags": {"type": "array", "items": TEXT},
            "click": TEXT | {"pattern": "^https?://"},
            "actions": {"maxItems": 3, "items": action},
        },
        "additionalProperties": False,
    }
    document = _json(request, schema)
    assert len(document["message"].encode()) <= 4096
    return document


RECEIVERS = {
    "slack": slack,
    "teams": teams,
    "pagerduty": pagerduty,
    "opsgenie": opsgenie,
    "alertmanager": alertmanager,
    "webhook": webhook,
    "ntfy": ntfy,
}
