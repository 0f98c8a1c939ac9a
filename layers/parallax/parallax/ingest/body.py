"""Body: the uncompressed body of a push, within a limit.

In: the bytes of the request and their `Content-Encoding`. Out: the uncompressed bytes,
or a rejection with 413 or 400.
It does not: decompress beyond the limit, however small the compressed body is (zeros
compress a thousandfold).
"""

from parallax.ingest.rejection import PushRejected, one_line
from parallax.ingest.statuses import INVALID, TOO_LARGE
from parallax.model.packed import TooLargeError, inflate

BODY_LIMIT = 1024 * 1024
"""Bytes; five targets of one node are about 60 KB."""


def plain_body(body: bytes, encoding: str) -> bytes:
    """Return the uncompressed body of at most `BODY_LIMIT` bytes.

    Raises `PushRejected`: 413 for a body that is too large, 400 for another encoding
    than `gzip` or `identity`, for bytes that are not gzip, and for a truncated body.
    """
    if len(body) > BODY_LIMIT:
        raise PushRejected(
            TOO_LARGE, f"the body has {len(body)} bytes; the limit is {BODY_LIMIT}"
        )
    if encoding == "identity":
        return body
    if encoding != "gzip":
        raise PushRejected(
            INVALID,
            f"unsupported Content-Encoding '{one_line(encoding)}'; use gzip or none",
        )
    try:
        return inflate(body, BODY_LIMIT)
    except TooLargeError as error:
        raise PushRejected(TOO_LARGE, f"the body has {error}") from error
    except ValueError as error:
        raise PushRejected(
            INVALID, f"the body cannot be decompressed: {error}"
        ) from error
