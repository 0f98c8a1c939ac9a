"""Reading digest: whether a part of a reading has the digest of its content.

In: the JSON of a push of schema v2. Out: the digest of a part; the problem of a part.
It does not: decode the part. The digest is that of the JSON as it was sent, so that an
agent of another version, whose readings have more or fewer fields, is not rejected.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, cast

from parallax.ingest.heartbeat import DIGEST, is_digest
from parallax.model.reading_parts import DIGEST_LENGTH


def digest_problem(part: object) -> str | None:
    """Return what is wrong with a part's digest: its field, and what is expected."""
    fields = cast("Mapping[str, Any]", part if isinstance(part, dict) else {})
    if not is_digest(fields.get("digest")):
        return f"digest: expected {DIGEST}"
    if fields["digest"] != sent_digest(fields.get("reading")):
        return "digest: expected the digest of the reading"
    return None


def sent_digest(reading: object) -> str | None:
    """Return the digest of a reading's JSON without `read_at`; None: it has none.

    For a reading of this version it equals `parallax.model.reading_parts.digest`.
    """
    if not isinstance(reading, dict):
        return None
    fields = cast("dict[str, Any]", reading)
    content = {name: value for name, value in fields.items() if name != "read_at"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]
