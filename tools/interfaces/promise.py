"""Promise: which lists of words in the schemas may grow within a major version.

In: a schema. Out: the same, in which each open list accepts any word.
It does not: check a change; `tools.interfaces.breaking` does. docs/api/compatibility.md
states the promise for people.
"""

from typing import Any

type Schema = dict[str, Any]
OPEN = {
    "Check": "a part of a target's health rule",
    "Class": "the component that a cause blames",
    "ErrorType": "what went wrong with a request",
    "FollowKind": "what the failing requests have in common",
    "HealthStatus": "what a load balancer reports about a target",
    "Hop": "a place that a request passes",
    "HopState": "the state of a hop; read an unknown word as `unknown`",
    "LoginKind": "how a probe sends a login",
    "Method": "the method of a target's requests",
    "NotificationReason": "why a mail is sent (`turn`)",
    "PlaceKind": "the kind of an object",
    "Problem": "why a load balancer could not be read",
    "Role": "what the agent sent a request to",
}
"""Definitions of the schemas, and what their words are about."""
EARLIER = {"Turn"}
"""What release 0.1.0 named one of them."""
CLOSED = {
    "AdviceState": "the state of advice",
    "Answer": "the answer for a cause",
    "Constancy": "whether all requests fail, or some",
    "Difference": "on which side requests fail",
    "Severity": "the severity of a target",
    "State": "the state of an incident",
    "Trend": "how far requests get",
    "View": "the state of one side",
}
"""Those that stay as they are."""


def opened(schema: Schema) -> Schema:
    """Return a schema as a reader of the promise uses it."""
    definitions = {
        name: {"type": "string"} if name in OPEN.keys() | EARLIER else content
        for name, content in schema.get("$defs", {}).items()
    }
    return schema | {"$defs": definitions}
