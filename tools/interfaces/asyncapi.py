"""AsyncAPI: the topics, queues and the webhook of a stack, as AsyncAPI 3.0.

In: the attributes and limits of `parallax.notify`, and template.yaml. Out: a document
for `json.dumps`, which refers to the schemas in docs/schema.
It does not: describe the tables, or the formats of single chats and pagers.
Source: AsyncAPI 3.0.0; SNS binding 0.1.0; SQS binding 0.2.0; HTTP binding 0.3.0.
"""

from typing import Any

from parallax import __version__
from parallax.notify.alert_event import LIMIT
from parallax.notify.findings_topic import MESSAGE_LIMIT
from parallax.notify.variants import PROGRAMS
from parallax.routes.webhook import CONTENT
from tools.interfaces.messages import EVENTS, messages
from tools.interfaces.template import properties

type Json = dict[str, Any]
INTRODUCTION = f"""\
Every message for programs is a [CloudEvent](https://cloudevents.io) 1.0 in structured \
JSON. `type` names its schema; `dataschema` is the schema's name, not an address. \
`id` is the same if an event is delivered again: ignore an id that you have seen. \
Readers ignore fields, causes, reasons and other ids that they do not know.

Messages of the findings topic are FIFO: the message group is the target (of an alert, \
the group), so each target's events arrive in order. The deduplication id is made from \
the event's `id`. A message has at most {MESSAGE_LIMIT:,} bytes."""
QUEUES = {
    "FindingsQueue": (
        "Findings queue",
        "Output `FindingsQueueUrl`, for one consumer. Others subscribe to the topic.",
    ),
    "RoutesQueue": (
        "Routes queue",
        "The queue of the function `routes`; other programs do not read it.",
    ),
}


def document() -> Json:
    """Return the whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parallax events",
            "version": __version__,
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "findingsTopic": _findings_topic(),
            "findingsQueue": _queue("FindingsQueue", ("finding", "advice")),
            "routesQueue": _queue("RoutesQueue", ("alert",)),
            "alertsTopic": _alerts_topic(),
            "chatTopic": _chat_topic(),
            "webhook": _webhook(),
        },
        "operations": {
            "publishEvent": _send("findingsTopic", "Publish every event."),
            "deliverFinding": _send("findingsQueue", "Deliver findings and advice."),
            "deliverAlert": _send("routesQueue", "Deliver alerts to the routes."),
            "publishAlert": _send("alertsTopic", "Publish an alert to people."),
            "postToChat": _send("chatTopic", "Publish an alert for a chat."),
            "postAlert": _send("webhook", "Send an alert to `WebhookUrl`."),
        },
        "components": {"messages": messages()},
    }


def _findings_topic() -> Json:
    is_fifo = properties("FindingsTopic")["FifoTopic"]
    return {
        "address": "{stack}-findings.fifo",
        "title": "Findings topic",
        "description": "Output `FindingsTopicArn`. Subscribe a queue of your own, with"
        " a filter policy on the message attributes.",
        "parameters": {"stack": {"description": "The stack's name."}},
        "messages": _named(*EVENTS),
        "bindings": {
            "sns": {
                "name": "{stack}-findings.fifo",
                "ordering": {
                    "type": "FIFO" if is_fifo else "standard",
                    "contentBasedDeduplication": False,
                },
                "bindingVersion": "0.1.0",
            }
        },
    }


def _queue(resource: str, names: tuple[str, ...]) -> Json:
    """Return the channel of a queue that subscribes to the findings topic."""
    queue = properties(resource)
    subscription = properties(resource.replace("Queue", "Subscription"))
    wanted = subscription["FilterPolicy"]["type"]
    if wanted != [EVENTS[name][0] for name in names]:
        raise ValueError(f"{resource}: its filter policy passes {wanted}")
    title, description = QUEUES[resource]
    return {
        "address": resource,
        "title": title,
        "description": description,
        "messages": _named(*names),
        "bindings": {
            "sqs": {
                "queue": {
                    "name": resource,
                    "fifoQueue": queue["FifoQueue"],
                    "visibilityTimeout": queue["VisibilityTimeout"],
                    "messageRetentionPeriod": queue["MessageRetentionPeriod"],
                },
                "bindingVersion": "0.2.0",
            }
        },
    }


def _alerts_topic() -> Json:
    programs = ", ".join(f"`{name}`" for name in PROGRAMS)
    return {
        "address": "AlertsTopic",
        "title": "Alerts topic",
        "description": "Output `AlertsTopicArn`. A message has a text for each protocol"
        f" (MessageStructure `json`): `email` gets the mail, `sms` a short text;"
        f" {programs} get the event of an alert, of at most {LIMIT:,} bytes.",
        "messages": _named("mail", "sms", "alertForPrograms"),
        "bindings": {
            "sns": {
                "name": "AlertsTopic",
                "ordering": {"type": "standard"},
                "bindingVersion": "0.1.0",
            }
        },
    }


def _chat_topic() -> Json:
    return {
        "address": "ChatTopicForQ",
        "title": "Chat topic",
        "description": "Output `ChatTopicArn`, with `ChatTopic=true`. Amazon Q"
        " Developer in chat applications subscribes, and posts to Slack or Teams.",
        "messages": _named("chat"),
        "bindings": {
            "sns": {
                "name": "ChatTopicForQ",
                "ordering": {"type": "standard"},
                "bindingVersion": "0.1.0",
            }
        },
    }


def _webhook() -> Json:
    return {
        "address": "{WebhookUrl}",
        "title": "Webhook",
        "description": "Stack parameter `WebhookUrl`. Each alert is a POST with the"
        f" content type `{CONTENT}`, signed by Standard Webhooks with `WebhookSecret`.",
        "parameters": {"WebhookUrl": {"description": "Your receiver."}},
        "messages": _named("signedAlert"),
    }


def _send(channel: str, summary: str) -> Json:
    made: Json = {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
    }
    if channel == "webhook":
        made["bindings"] = {"http": {"method": "POST", "bindingVersion": "0.3.0"}}
    return made


def _named(*names: str) -> Json:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}
