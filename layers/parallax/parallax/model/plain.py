"""Plain: text from the network, safe for terminals, mail readers and queues.

In: untrusted text, e.g. of a header, certificate, page, or node name. Out: the same
text of the same length, in which U+FFFD replaces characters that control a terminal or
reorder a line; or JSON in which such characters are escaped, so that a reader gets the
original text.
It does not: shorten or quote text, and it keeps letters of every script.
Source: Unicode 16, general categories and UAX #9 (bidirectional controls); Amazon SQS,
`SendMessage`, the characters of a message; RFC 8259, section 7 (escapes).
"""

import json
import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_CONTROLS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but for tab and newline, DEL, C1
    "\xad"  # soft hyphen
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"  # bidirectional, invisible
    "\u2028\u2029"  # line and paragraph separators
    "\ufeff\ufff9-\ufffb"  # byte order mark, interlinear annotation
    "\ud800-\udfff"  # half of a surrogate pair
    "\ufdd0-\ufdef"  # noncharacters
    "\u180e\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # invisible
    "\U000e0000-\U000e0fff"  # tags, variation selectors
)
_NONCHARACTERS = "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_UNSAFE = re.compile(f"[{_CONTROLS}{_NONCHARACTERS}]")
_UNSAFE_IN_LINE = re.compile(f"[\t\n{_CONTROLS}{_NONCHARACTERS}]")


def plain(text: str) -> str:
    """Return safe text; newlines and tabs stay."""
    if text.isascii() and text.isprintable():  # nearly every text, in half of the time
        return text
    return _UNSAFE.sub(REPLACEMENT, text)


def plain_line(text: str) -> str:
    """Return safe text on one line: newlines and tabs are replaced as well."""
    return _UNSAFE_IN_LINE.sub(REPLACEMENT, text)


def json_text(value: object, **options: object) -> str:
    """Return compact JSON on one line that SQS accepts and a terminal can display.

    Letters of every script are not escaped, which saves up to half of the bytes.
    `options` are passed to `json.dumps`. Raises the errors of `json.dumps`.
    """
    text = json.dumps(
        value,
        **({"ensure_ascii": False, "separators": (",", ":")} | options),  # pyright: ignore[reportArgumentType] - json's own options
    )
    return _UNSAFE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    """Return a character's JSON escape; beyond U+FFFF a surrogate pair."""
    return json.dumps(found.group())[1:-1]
