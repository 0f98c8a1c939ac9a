"""Packed: a push's body as it was before it was compressed.

In: the bytes that came and their `Content-Encoding`. Out: the plain bytes, or
`ValueError` with one sentence. It does not: unpack more than it is told to, however
small the packed body is (a bomb of zeros packs a thousandfold).
"""

import zlib

GZIP = 16 + zlib.MAX_WBITS
"""zlib's way to say: a gzip header, and only that."""


class TooLargeError(ValueError):
    """The plain body is larger than what is taken."""


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """Return the plain body of at most `limit` bytes.

    Raises `TooLargeError` beyond that, and `ValueError` for another encoding than
    `gzip` or `identity`, for bytes that are no gzip, and for a body cut short.
    """
    if encoding == "identity":
        plain = body
    elif encoding == "gzip":
        plain = _inflated(body, limit)
    else:
        raise ValueError(f"Content-Encoding {encoding!r} is not taken: gzip, or none")
    if len(plain) > limit:
        raise TooLargeError(f"no more than {limit} bytes are taken, unpacked")
    return plain


def _inflated(body: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj(GZIP)
    try:
        plain = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise ValueError(f"the body is no gzip: {error}") from error
    if len(plain) <= limit and not inflater.eof:
        raise ValueError("the gzip body is cut short")
    return plain
