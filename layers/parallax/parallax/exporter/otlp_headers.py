"""OtlpHeaders: the headers of OTLP requests, as the stack's secret has them.

In: text such as `authorization=Basic%20abc,x-scope=1`. Out: names and values.
It does not: put a value into an error.
Source: OpenTelemetry, "Specifying headers via environment variables": pairs as in W3C
baggage, values percent-encoded; RFC 9110, 5.1 and 5.5.
"""

import re
from urllib.parse import unquote

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e]*")


class HeadersError(ValueError):
    """The headers are not usable; the text has no value."""


def read_headers(text: str) -> dict[str, str]:
    """Return the headers of a text; raises `HeadersError`."""
    pairs = [pair for pair in text.split(",") if pair.strip()]
    found: dict[str, str] = {}
    for number, pair in enumerate(pairs, 1):
        name, separator, encoded = pair.partition("=")
        value = unquote(encoded.strip())
        if not separator or not _NAME.fullmatch(name.strip()):
            raise HeadersError(f"OtlpHeaders: expected name=value in part {number}")
        if not _VALUE.fullmatch(value):
            raise HeadersError(
                f"OtlpHeaders: the value of part {number} is not one line of ASCII"
            )
        found[name.strip()] = value
    return found
