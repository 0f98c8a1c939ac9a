"""Document: the JSON object in the body of a push, with a known schema.

In: the uncompressed body. Out: the object, or a rejection with 400.
It does not: check any other field.
"""

import json
from typing import Any, cast

from parallax.ingest.rejection import PushRejected, one_line
from parallax.ingest.statuses import INVALID
from parallax.model.push import SCHEMAS


def document(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a body; raises `PushRejected`."""
    try:
        read: Any = json.loads(body)
    except ValueError as error:
        reason = one_line(str(error))
        raise PushRejected(INVALID, f"the body is not JSON: {reason}") from error
    except RecursionError as error:
        raise PushRejected(INVALID, "the body is nested too deeply") from error
    if not isinstance(read, dict):
        raise PushRejected(INVALID, "the body is not a JSON object")
    fields = cast("dict[str, Any]", read)
    version = fields.get("schema")
    if version not in SCHEMAS:
        name = f"'{one_line(version)}'" if isinstance(version, str) else "(not a text)"
        expected = " or ".join(f"'{known}'" for known in SCHEMAS)
        raise PushRejected(INVALID, f"unknown schema {name}; expected {expected}")
    return fields
