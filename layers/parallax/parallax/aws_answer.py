"""AWS answer: a response of AWS that was damaged on its way is an error.

In: each response of botocore, after its last attempt. Out: `ResponseParserError` for
one whose checksum or JSON is wrong; `parallax.aws.may_pass` counts it as temporary.
It does not: repeat a request; botocore does, as long as its attempts last.

botocore compares DynamoDB's checksum only to decide on another attempt. If none is
left, it takes the response as it is, and reads text that is not JSON as `{}`: an item
that exists would be missing.
Source: botocore 1.44, `retries/special.py`, `retries/standard.py`, and
`BaseJSONParser._parse_body_as_json` in `parsers.py`.
"""

import json
from typing import Any
from zlib import crc32

CHECKSUM = "x-amz-crc32"
"""DynamoDB's header; the other services send none."""


def watch(events: Any) -> None:  # noqa: ANN401 - botocore has no types
    """Let a session or the events of a client refuse damaged responses."""
    events.register("after-call", refuse_damaged)


def refuse_damaged(http_response: Any, model: Any, **_: object) -> None:  # noqa: ANN401 - as above
    """Raise `ResponseParserError` if a response is not what AWS sent."""
    # A stubbed response has no body, and a stream is read later.
    if http_response.raw is None or model.has_streaming_output:
        return
    problem = _problem(http_response.content, http_response.headers.get(CHECKSUM))
    if problem:
        from botocore.parsers import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - only if it is raised; it has no types
            ResponseParserError,
        )

        raise ResponseParserError(f"{model.name}: damaged response: {problem}")


def _problem(body: bytes, checksum: str | None) -> str:
    """Return what is wrong with the body of a response, or an empty text."""
    if checksum is not None:
        return "" if crc32(body) == int(checksum) else "its checksum is another one"
    if not body.lstrip().startswith(b"{"):
        return ""  # empty, or XML, whose parser raises
    try:
        json.loads(body)
    except ValueError:
        return "it is not JSON"
    return ""
