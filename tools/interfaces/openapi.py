"""OpenAPI: `POST /v1/observations` of `ingest`, as OpenAPI 3.1.

In: the model of a push, and the tables of `parallax.ingest`: statuses, bodies, limits.
Out: a document for `json.dumps`. It does not: describe another function.
Source: OpenAPI Specification 3.1.1; Standard Webhooks 1.0 (the headers).
"""

from typing import Any, Required, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from parallax import __version__
from parallax.ingest.bodies import Rejection, StoredV1, StoredV2
from parallax.ingest.body import BODY_LIMIT
from parallax.ingest.heartbeat import COUNT, INTERVAL
from parallax.ingest.request import METHOD, PATH
from parallax.ingest.statuses import ACCEPTED, STATUSES, Status
from parallax.model.key_id import HEADER
from parallax.model.name import NAME, NODE_NAME
from parallax.model.push import SCHEMA, SCHEMA_V2, Push
from parallax.model.reading_parts import DIGEST_LENGTH
from parallax.model.wire import schema, wire_name
from tools.interfaces.components import Components, Schema

JSON = "application/json"
DIGEST = {"type": "string", "pattern": f"^[0-9a-f]{{{DIGEST_LENGTH}}}$"}
SECONDS = {"type": "number", "minimum": INTERVAL[0], "maximum": INTERVAL[1]}
WHOLE = {"type": "integer", "minimum": 0, "maximum": COUNT}
INTRODUCTION = f"""\
The agents push what they observe inside a cluster to this endpoint. The stack's \
output `IngestUrl` is its base URL. A body has at most {BODY_LIMIT:,} bytes, also \
after decompression. It may be compressed with gzip, and with nothing else.

Each request is signed by [Standard Webhooks](https://www.standardwebhooks.com): \
HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`, with the body as it is \
before compression. The time may differ by five minutes. The same push may be sent \
again: it changes nothing.

Unknown fields are ignored: by `ingest` in a push, by a sender in a response."""
HEADERS = (
    ("webhook-id", "Id of the message; it stays the same when the push is sent again."),
    ("webhook-timestamp", "Seconds since 1970 at which the message was signed."),
    ("webhook-signature", "One or more signatures `v1,<base64>`, with spaces between."),
)


def document() -> dict[str, Any]:
    """Return the whole document."""
    components = Components()
    push = _pushes(components)
    operation = {
        "operationId": "pushObservations",
        "summary": "Store a heartbeat, reports or readings of one node.",
        "security": [{"standardWebhooks": []}],
        "parameters": [*map(_header, HEADERS), _key_id(), _encoding()],
        "requestBody": {"required": True, "content": {JSON: {"schema": push}}},
        "responses": {str(s.code): _response(s, components) for s in STATUSES},
    }
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Parallax ingest",
            "version": __version__,
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {
                "url": "{ingestUrl}",
                "variables": {
                    "ingestUrl": {
                        "default": "https://abc.lambda-url.eu-central-1.on.aws",
                        "description": "The output `IngestUrl`, without a final slash.",
                    }
                },
            }
        ],
        "paths": {PATH: {METHOD.lower(): operation}},
        "components": {
            "schemas": dict(sorted(components.schemas.items())),
            "securitySchemes": {
                "standardWebhooks": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "webhook-signature",
                    "description": "A signature with a key of the agents,"
                    " `whsec_<base64>`.",
                }
            },
        },
    }


def _pushes(components: Components) -> Schema:
    """Add the two versions of a push; return a schema that accepts both."""
    made = schema(Push)
    _bound(made)
    fields = made["properties"]
    first = {name: fields[name] for name in fields if name not in _V2_ONLY}
    of_first = made | {"properties": first | {"schema": {"const": SCHEMA}}}
    of_second = made | {"properties": fields | {"schema": {"const": SCHEMA_V2}}}
    of_second["description"] = "A heartbeat, reports or readings, and at least one."
    of_first["description"] = (
        "Reports with whole readings. Its `heartbeat` and `readings` are ignored."
    )
    return {
        "oneOf": [
            components.add("PushV1", of_first | {"title": "Push, version 1"}),
            components.add("PushV2", of_second | {"title": "Push, version 2"}),
        ]
    }


_V2_ONLY = frozenset({"heartbeat", "readings"})


def _bound(push: Schema) -> None:
    """Add the bounds that `ingest` checks beyond types."""
    defs = push["$defs"]
    for fields in (push["properties"], defs["NodeReport"]["properties"]):
        fields[wire_name("cluster")]["description"] = f"{NAME[:1].upper()}{NAME[1:]}."
        name = f"{NODE_NAME[:1].upper()}{NODE_NAME[1:]}."
        fields[wire_name("node")]["description"] = name
    beat = defs["Heartbeat"]["properties"]
    beat["sequence"] |= WHOLE
    beat["targets"] |= WHOLE
    beat["interval"] |= SECONDS
    beat["nodes"]["anyOf"][0] |= DIGEST
    defs["NodeReport"]["properties"]["interval"] |= SECONDS
    defs["ReadingPart"]["properties"]["digest"] |= DIGEST


def _header(header: tuple[str, str]) -> dict[str, Any]:
    name, description = header
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
    }


def _key_id() -> dict[str, Any]:
    return {
        "name": HEADER,
        "in": "header",
        "required": False,
        "description": "The id of the key. Without it, the push is signed with a key"
        " that has no id and signs for every cluster.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,32}$"},
    }


def _encoding() -> dict[str, Any]:
    return {
        "name": "content-encoding",
        "in": "header",
        "required": False,
        "description": "How the body is compressed.",
        "schema": {"enum": ["gzip", "identity"], "default": "identity"},
    }


def _response(status: Status, components: Components) -> dict[str, Any]:
    sender = " AWS sends this; its body is not specified." if status.by_aws else ""
    made: dict[str, Any] = {
        "description": f"{status.meaning}{sender}",
        "x-keep-the-push": status.keep,
        "x-sent-by": "aws" if status.by_aws else "ingest",
    }
    if not status.by_aws:
        made["content"] = {JSON: {"schema": _body(status, components)}}
    return made


def _body(status: Status, components: Components) -> Schema:
    if status.code != ACCEPTED:
        return components.add("Rejection", _typed_dict(Rejection))
    return {
        "anyOf": [
            components.add("StoredV2", _typed_dict(StoredV2)),
            components.add("StoredV1", _typed_dict(StoredV1)),
        ]
    }


def _typed_dict(kind: type) -> Schema:
    """Return the schema of a typed dict, with the description of each field."""
    made = TypeAdapter(kind).json_schema()
    for name, hint in get_type_hints(kind, include_extras=True).items():
        bare = get_args(hint)[0] if get_origin(hint) is Required else hint
        for note in getattr(bare, "__metadata__", ()):
            made["properties"][name]["description"] = note
    return made
