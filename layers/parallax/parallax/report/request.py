"""Request: the parts of a function URL's event that the report needs.

In: the event of a Lambda function URL, or of any other invocation.
Out: method, link, form and what is wanted, or a refusal with its status.
It does not: check the link's signature.
Source: AWS Lambda, "Invoking Lambda function URLs", payload format 2.0; HTML standard,
"URL-encoded form data".
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parallax.links.signature import Link
from parallax.report.fields import fields_in, fields_in_query, headers_in, mapping

PATH = "/i/"
RAW = "/snapshot.json"
"""Ends the path of an incident's raw snapshot."""
BODY_BYTES = 2_000
"""The form has two short fields."""
FORM_TYPE = "application/x-www-form-urlencoded"


class RequestRefused(Exception):  # noqa: N818 - it refuses; nothing is broken
    """A request that is none of the report's: a status, and what is wrong."""

    def __init__(self, status_code: int, text: str) -> None:
        super().__init__(text)
        self.status_code = status_code
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; `form` is None for `GET` and `HEAD`.

    `raw`: it is for the snapshot, not for the page. `gzip`: its client accepts gzip.
    """

    method: str
    link: Link
    form: Mapping[str, str] | None = None
    raw: bool = False
    gzip: bool = False


def read_request(event: object) -> Request:
    """Return the request in an event.

    Raises `RequestRefused`: 404 for another path, 405 for another method, 400, 413 or
    415 for a form that is not the page's. No text of it holds a part of the link.
    """
    parts = mapping(event)
    http = mapping(mapping(parts.get("requestContext")).get("http"))
    method, path = http.get("method"), parts.get("rawPath")
    if not isinstance(method, str) or not isinstance(path, str):
        raise RequestRefused(400, "The event is not a request to a function URL.")
    if not path.startswith(PATH):
        raise RequestRefused(404, "There is no such page.")
    if method not in {"GET", "HEAD", "POST"}:
        raise RequestRefused(405, "This page supports only GET, HEAD and POST.")
    raw = path.endswith(RAW)
    if raw and method == "POST":
        raise RequestRefused(405, "The snapshot supports only GET and HEAD.")
    group = path.removeprefix(PATH).removesuffix(RAW)
    link = _link(group, parts.get("rawQueryString"))
    form = _form(parts) if method == "POST" else None
    gzip = "gzip" in headers_in(parts).get("accept-encoding", "").lower()
    return Request(method=method, link=link, form=form, raw=raw, gzip=gzip)


def raw_path(link: Link) -> str:
    """Return the path and the query of an incident's raw snapshot."""
    path, _, query = link.path.partition("?")
    return f"{path}{RAW}?{query}"


def _link(group: str, query: object) -> Link:
    """Return the link; one without expiry or signature has empty ones.

    Other parameters are ignored: mail programs and chats add theirs.
    """
    found = fields_in_query(query)
    return Link(group=group, expiry=found.get("e", ""), signature=found.get("s", ""))


def _form(parts: Mapping[str, Any]) -> Mapping[str, str]:
    kind = headers_in(parts).get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM_TYPE:
        raise RequestRefused(415, f"The form must be sent as {FORM_TYPE}.")
    body = parts.get("body") or ""
    if not isinstance(body, str) or len(body) > 2 * BODY_BYTES:
        raise RequestRefused(413, "The form is too large.")
    try:
        raw = base64.b64decode(body, validate=True) if _is_base64(parts) else None
        text = body if raw is None else raw.decode()
    except ValueError as error:  # includes the errors of binascii and UTF-8
        raise RequestRefused(400, "The form is not readable.") from error
    if len(text) > BODY_BYTES:
        raise RequestRefused(413, "The form is too large.")
    return fields_in(text)


def _is_base64(parts: Mapping[str, Any]) -> bool:
    return bool(parts.get("isBase64Encoded"))
