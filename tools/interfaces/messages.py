"""Messages: what AsyncAPI has about each message, with its attributes and schema.

In: the attributes and limits of `parallax.notify`. Out: the messages by name.
It does not: say on which channel they are; `tools.interfaces.asyncapi` does.
Source: AsyncAPI 3.0.0, Message Object; CloudEvents 1.0.2.
"""

from collections.abc import Mapping
from typing import Any

from parallax.model.alert import PREFIX
from parallax.notify import attributes, event_attributes
from parallax.notify.alert_event import TYPE as ALERT
from parallax.notify.chat import DESCRIPTION
from parallax.notify.event import ADVICE_TYPE, TYPE
from parallax.notify.sms import LIMIT as SMS_LIMIT
from parallax.notify.variants import MAIL_LIMIT
from parallax.routes.webhook import CONTENT

type Json = dict[str, Any]
FORMAT = "application/schema+json;version=draft-2020-12"
EVENTS = {
    "finding": (TYPE, "One judgement of one target, as it was published."),
    "advice": (ADVICE_TYPE, "What will fail if nobody acts, or that it is gone."),
    "alert": (ALERT, "One change of a group of targets that fail by one cause."),
}
ATTRIBUTES = {
    "finding": [name for name in event_attributes.NAMES if name != "group"],
    "advice": ["type", "source", "target", "state"],
    "alert": list(event_attributes.NAMES),
}
"""The message attributes of each event on the findings topic."""
GROUPS = (
    "The target, which is the event's `subject`, as SQS accepts it.",
    f"`{PREFIX}<subject>`, with the group as the event's `subject`, as SQS accepts it.",
)
"""The message group of an event about a target, and about a group."""
TITLES = {
    "alertForPrograms": "Alert, on the alerts topic",
    "signedAlert": "Alert, to the webhook",
}
TEXTS = {
    "mail": (f"The mail, as plain text of at most {MAIL_LIMIT:,} bytes.", MAIL_LIMIT),
    "sms": (f"State, scope and cause, in {SMS_LIMIT} characters of GSM-7.", SMS_LIMIT),
}


def messages() -> Json:
    """Return every message."""
    return _events() | _texts() | {"chat": _chat()}


def _chat() -> Json:
    """Return the message for Amazon Q Developer, whose format AWS documents."""
    text = {"type": "string"}
    content = {
        "textType": {"const": "client-markdown"},
        "title": text,
        "description": text | {"maxLength": DESCRIPTION},
        "nextSteps": {"type": "array", "items": text},
        "keywords": {"type": "array", "items": text},
    }
    metadata = {
        "threadId": text | {"description": "The group: its alerts form one thread."},
        "summary": text,
        "eventType": text,
        "relatedResources": {"type": "array", "items": text},
        "additionalContext": {"type": "object", "additionalProperties": text},
    }
    fields: Json = {
        "version": {"const": "1.0"},
        "source": {"const": "custom"},
        "id": text,
        "content": {"type": "object", "properties": content},
        "metadata": {"type": "object", "properties": metadata},
    }
    return {
        "name": "chat",
        "title": "Alert, for a chat",
        "summary": "One alert as a custom notification of Amazon Q Developer.",
        "contentType": "application/json",
        "payload": {
            "type": "object",
            "properties": fields,
            "required": list(fields),
        },
    }


def _events() -> Json:
    """Return the messages that are CloudEvents."""
    every = {
        event: _event(event, {name: event_attributes.NAMES[name] for name in names})
        for event, names in ATTRIBUTES.items()
    }
    of_alerts = attributes.NAMES | {"label.<key>": attributes.LABEL_TEXT}
    signed = {
        "webhook-id": "The event's `id`.",
        "webhook-timestamp": "Seconds since 1970 of this attempt.",
        "webhook-signature": "Signatures `v1,<base64>`, with spaces between.",
    }
    return every | {
        "alertForPrograms": _event("alert", of_alerts, "alertForPrograms"),
        "signedAlert": _event("alert", signed, "signedAlert")
        | {"contentType": CONTENT},
    }


def _event(schema: str, headers: Mapping[str, str], name: str = "") -> Json:
    kind, summary = EVENTS[schema]
    made: Json = {
        "name": name or kind,
        "title": TITLES.get(name, schema.capitalize()),
        "summary": summary,
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "properties": {
                header: {"type": "string", "description": text}
                for header, text in headers.items()
            },
        },
        "payload": {
            "schemaFormat": FORMAT,
            "schema": {"$ref": f"../schema/{schema}.v1.schema.json"},
        },
    }
    if not name:
        made["x-message-group-id"] = GROUPS[schema == "alert"]
        made["x-message-deduplication-id"] = "The event's `id`, as SQS accepts it."
    return made


def _texts() -> Json:
    """Return the messages for people."""
    return {
        name: {
            "name": name,
            "title": name.upper() if name == "sms" else name.capitalize(),
            "summary": summary,
            "contentType": "text/plain",
            "payload": {"type": "string", "maxLength": limit},
        }
        for name, (summary, limit) in TEXTS.items()
    }
