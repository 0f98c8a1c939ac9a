"""HAR: the responses of a browser's recording, as transcripts.

In: JSON: a HAR file, one of its entries, or one response of it.
Out: a `Transcript` for each response that has a status.
It does not: decide which of them matters.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import cast

from parallax.cli.transcript import NotAResponse, Transcript

MOST = 200
"""Responses to read; a page's recording has hundreds that do not matter."""


def read_har(pasted: bytes) -> list[Transcript]:
    """Return the responses of a HAR; raises `NotAResponse`."""
    try:
        value: object = json.loads(pasted.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NotAResponse(f"it starts as JSON, but is not JSON: {error}") from error
    found = [
        transcript
        for response in list(_responses(value))[-MOST:]
        if (transcript := _transcript(response)) is not None
    ]
    if not found:
        raise NotAResponse("the JSON contains no response of a HAR recording")
    return found


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _responses(value: object) -> Iterator[dict[str, object]]:
    """Yield the response objects of a file, a list of entries, an entry, or one."""
    given = _object(value)
    entries = _list(_object(given.get("log")).get("entries")) or _list(value)
    if "status" in given:
        yield given
    for entry in entries or [given]:
        response = _object(_object(entry).get("response"))
        if response:
            yield response


def _transcript(response: dict[str, object]) -> Transcript | None:
    """Return one response; None: a request without one (status 0)."""
    status = response.get("status")
    if not isinstance(status, int) or isinstance(status, bool):
        return None
    if not 100 <= status <= 999:  # noqa: PLR2004 - three digits, RFC 9110
        return None
    version = str(response.get("httpVersion", "")).lower()
    old = version.startswith("http/1") or not version
    return Transcript(
        status_code=status,
        reason=str(response.get("statusText") or "") or None if old else None,
        headers=_headers(response.get("headers")),
        body=_body(_object(response.get("content"))),
    )


def _headers(value: object) -> tuple[tuple[str, str], ...]:
    pairs = (_object(header) for header in _list(value))
    return tuple(
        (str(p.get("name", "")), str(p.get("value", "")))
        for p in pairs
        if not str(p.get("name", "")).startswith(":")
    )


def _body(content: dict[str, object]) -> str:
    text = str(content.get("text") or "")
    if content.get("encoding") != "base64":
        return text
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text
