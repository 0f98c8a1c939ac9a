"""Statuses: every status that a sender of a push can get, and what it then does.

In and out: values. The code responds with these; docs/api/openapi.json lists them.
It does not: choose one. What AWS responds before the function runs is marked as such.
Source: AWS Lambda, "Invoking Lambda function URLs" and "Lambda quotas" (a request of
more than 6 MB, concurrency that is used up, a function that fails).
"""

from dataclasses import dataclass

ACCEPTED, INVALID, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 202, 400, 401, 403, 404
TOO_LARGE, UNAVAILABLE = 413, 503
THROTTLED, FAILED = 429, 502


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One status. `keep`: the sender keeps the push, and sends it again later.

    `by_aws`: AWS sends it, and its body is not specified.
    """

    code: int
    meaning: str
    keep: bool = False
    by_aws: bool = False


STATUSES = (
    Status(
        code=ACCEPTED,
        meaning="The push is stored. If `refused` is present, some reports or readings"
        " can never be stored, and `message` says why; do not send them again.",
    ),
    Status(
        code=INVALID,
        meaning="The push can never be stored: wrong JSON, schema, fields or encoding."
        " Drop it.",
    ),
    Status(
        code=UNAUTHORIZED,
        meaning="No key of the stack, or not the named one, signed this body within the"
        " last five minutes. The key may be in rotation: keep the push, and sign it"
        " again.",
        keep=True,
    ),
    Status(
        code=FORBIDDEN,
        meaning="The key is of another cluster than the push. Correct the key or the"
        " cluster's name; keep the push.",
        keep=True,
    ),
    Status(
        code=NOT_FOUND,
        meaning="Another method or path. Check the URL; keep the push.",
        keep=True,
    ),
    Status(
        code=TOO_LARGE,
        meaning="The body is larger than the limit, compressed or not, or a report is"
        " too large for the store. Drop it, or send smaller pushes.",
    ),
    Status(
        code=THROTTLED,
        meaning="All concurrent executions are in use. Keep the push.",
        keep=True,
        by_aws=True,
    ),
    Status(
        code=FAILED,
        meaning="The function ended without a response. Keep the push.",
        keep=True,
        by_aws=True,
    ),
    Status(
        code=UNAVAILABLE,
        meaning="The push is not at fault, but was not stored completely. Keep it, and"
        " send it again with the same id.",
        keep=True,
    ),
)
"""All statuses, the smallest first."""
