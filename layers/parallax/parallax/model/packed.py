"""Packed: a value of the model as the compressed payload of a DynamoDB item.

In: a value of the model, or a payload: bytes from boto3, or base64 text from a stream
record. Out: the payload, or the checked value. The payload is gzipped JSON with wire
names.
It does not: call DynamoDB. For a damaged payload it raises only `UnreadableError`:
truncated, with flipped bits, not base64, not JSON, nested too deeply, of another kind,
or a decompression bomb.
Source: RFC 1952 (gzip); DynamoDB's limit of 400 KB (409,600 bytes) for one item.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Mapping
from typing import Any, cast

from parallax.model.plain import plain_line
from parallax.model.wire import decode_json, encode

ITEM_LIMIT = 380_000
"""Bytes of payload; DynamoDB accepts 409,600 for the whole item."""
UNPACKED_LIMIT = 64 * 1024**2
"""Bytes of JSON in one payload. Gzip can expand 1,000 times: 400 KB would become
400 MB, more than a function of 1,024 MB can parse. Parallax's own data expands at most
50 times, so that a limit of 64 MiB (170 times) rejects none of it."""
REASON_LIMIT = 300
"""Characters of the reason that an error gives."""
_GZIP = 16 + zlib.MAX_WBITS
"""zlib's setting for a gzip header and nothing else."""


_TYPES: dict[str, Any] = {"S": str, "N": str, "B": (bytes, str), "L": list}


class UnreadableError(ValueError):
    """A stream record or an item is unreadable; the text has the reason."""


class TooLargeError(ValueError):
    """A value exceeds its limit, packed or unpacked; the text has the sizes."""


def pack(value: object) -> bytes:
    """Return a value of the model as a payload; equal values give equal bytes."""
    text = json.dumps(encode(value), separators=(",", ":"), ensure_ascii=False)
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


def unpack[T](kind: type[T], payload: object) -> T:
    """Return the value of this kind in a payload, bytes or base64 text.

    Raises `UnreadableError` for any other payload.
    """
    try:
        return decode_json(kind, inflate(_bytes(payload), UNPACKED_LIMIT))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise UnreadableError(plain_line(_reason(error)[:REASON_LIMIT])) from error


def _reason(error: Exception) -> str:
    """Return what is wrong, without the value of a field, since it is logged."""
    listed = getattr(error, "errors", None)  # pydantic's, whose text repeats the input
    if listed is None:
        return f"{type(error).__name__}: {error}"
    first = listed(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _bytes(payload: object) -> bytes:
    if isinstance(payload, str):
        return base64.b64decode(payload, validate=True)
    if not isinstance(payload, bytes):
        raise TypeError(f"expected bytes, got {type(payload).__name__}")
    return payload


def inflate(body: bytes, limit: int) -> bytes:
    """Return the plain bytes of one gzip member, without unpacking more than `limit`.

    Raises `TooLargeError` beyond the limit, and `ValueError` for bytes that are not
    gzip, are damaged or incomplete, or have other bytes after them.
    """
    inflater = zlib.decompressobj(_GZIP)
    try:
        plain = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise ValueError(f"not gzip: {error}") from error
    if len(plain) > limit:
        raise TooLargeError(f"more than {limit} bytes unpacked")
    if not inflater.eof:
        raise ValueError("truncated gzip")
    if inflater.unused_data:
        raise ValueError("extra bytes after gzip")
    return plain


def in_clear(image: object, name: str, kind: str = "S") -> Any:  # noqa: ANN401 - text, a number's text, bytes, or a list
    """Return an attribute that is stored beside the payload; None if it is absent.

    `kind` is DynamoDB's name of the type: `S` text, `N` a number as text, `B` bytes or
    base64 text, `L` a list. An attribute of another type counts as absent.
    """
    attribute = _mapping(_mapping(image).get(name))
    value = attribute.get(kind)
    return value if isinstance(value, _TYPES[kind]) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
