"""Packed: a push's body as it was before it was compressed.

In: the bytes that came and their `Content-Encoding`. Out: the plain bytes, or
`ValueError` with one sentence. It does not: unpack more than it is told to, however
small the packed body is (a bomb of zeros packs a thousandfold).
"""

from parallax.ingest.refused import cut
from parallax.model.packed import TooLargeError, inflate


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """Return the plain body of at most `limit` bytes.

    Raises `TooLargeError` beyond that, and `ValueError` for another encoding than
    `gzip` or `identity`, for bytes that are not gzip, and for a body cut short.
    """
    if encoding == "gzip":
        return _inflated(body, limit)
    if encoding != "identity":
        raise ValueError(
            f"unsupported Content-Encoding '{cut(encoding)}'; use gzip or none"
        )
    if len(body) > limit:
        raise TooLargeError(f"the body has more than {limit} bytes")
    return body


def _inflated(body: bytes, limit: int) -> bytes:
    try:
        return inflate(body, limit)
    except TooLargeError as error:
        raise TooLargeError(f"the body has {error}") from error
    except ValueError as error:
        raise ValueError(f"the body cannot be unpacked: {error}") from error
