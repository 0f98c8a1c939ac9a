"""Paste: turn what people copy from a terminal or a thread into plain responses.

In: bytes: output of `curl -si`, `curl -v`, `wget -S`, HTTPie or Invoke-WebRequest, also
as a quoted, indented, commented or fenced block, with prompts and progress meters, in
UTF-8 or UTF-16.
Out: the same responses, each as `curl -si` prints it. A paste always adds a line end to
a body, so those at its end are removed.
It does not: parse a response; `transcript` does. Input that begins with a status line
and has no marks is returned as it is, so that a binary body is not damaged.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_LE

_STATUS = r"HTTP/\d(?:\.\d)? +\d{3}(?!\d)"
_PLAIN = re.compile(_STATUS.encode())
_MARKS = re.compile(rb"(?:[ \t]+[\w-]+:|[<>*] )")
_FENCE = re.compile(r"(?m)^[ \t]*(?:```|~~~).*(?:\n|\Z)")
_COLORS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_QUOTES = (r">", r"//", r"#", r"\|")
"""What threads and comments put before each line; `>` is also curl's."""
_METER = re.compile(
    rf"^.*--:--:--[ \t]+[\d.]+[kMGT]?[ \t]*(?=(?:< )?{_STATUS})", re.MULTILINE
)
_RAW = re.compile(rf"^\w{{1,24}}[ \t]*:[ \t]*[{{(\[\"']?(?={_STATUS})", re.MULTILINE)
"""A name before the status line: PowerShell's RawContent, or a log's."""
_START = re.compile(rf"^(?P<indent>[ \t]*+)(?P<mark><)?[ \t]*+(?P<line>{_STATUS}.*)")
_NOISE = re.compile(
    r"^(?:[{}] \[\d+ bytes data\]|[ \t]*% Total +% Received.*|[ \t]*Dload +Upload.*"
    r"|[ \t\d.kMGT]+[-:\d]{7,} +[-:\d]{7,} +[-:\d]{7,} +[\d.kMGT]+)[ \t]*$"
)
_LAST_WORDS = re.compile(
    r"\* (?:Connection #\d+ to host .* left intact|Closing connection.*"
    r"|shutting down connection.*|Curl_http_done.*)\Z"
)
_CUT_OUT = re.compile(r"^[ \t]*(?:\[ ?)?(?:\.{3,}|\u2026)(?: ?\])?[ \t]*$")
"""What people write for lines that they left out."""
_PREFIX = r"(?m)^[^<>\n]{1,40}?(?=< (?:HTTP/\d|[\w-]+: ))"
"""A time, an arrow or a command before each line of curl."""
_HEADER = re.compile(r"^[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+:")


_ITEM = re.compile(r"(?m)^[ \t]*\[(?P<key>\d+|[A-Za-z][\w-]*)\][ \t]*=>[ \t]*")
"""An item of an array, as PHP prints it: a number, or the name of a header."""
_ARRAY = re.compile(rf"(?m)^[ \t]*\[0\][ \t]*=>[ \t]*{_STATUS}")
_ESCAPED = re.compile(
    rf"(?P<quote>[\"'`]?)(?P<text>{_STATUS}(?:(?!(?P=quote))[^\n\\]|\\.)*\\n"
    r"(?:(?!(?P=quote))[^\n\\]|\\.)*)"
)
"""A response in a string literal, with its line ends as escapes."""
_ESCAPES = {"r": "", "n": "\n", "t": "\t"}


def plain_responses(pasted: bytes) -> list[bytes]:
    """Return the responses of a paste as `curl -si` prints them; else the input."""
    data = _in_utf8(pasted)
    if _PLAIN.match(data.lstrip(b"\r\n")) and not _is_marked(data):
        return [data]
    text = _unwrapped(data.decode("utf-8", "surrogateescape"))
    found = _blocks(text.split("\n"))
    return [block.encode("utf-8", "surrogateescape") for block in found] or [data]


def _in_utf8(data: bytes) -> bytes:
    """Return text of UTF-16 or UTF-32 in UTF-8, and without a byte order mark."""
    if data.startswith(BOM_UTF8):
        return data.removeprefix(BOM_UTF8)
    encoding = None
    if data.startswith(BOM_UTF32_LE):
        encoding = "utf-32"
    elif data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encoding = "utf-16"
    elif data[:1] and data[1:8:2] == b"\0" * 4:
        encoding = "utf-16-le"
    elif data[:7:2] == b"\0" * 4:
        encoding = "utf-16-be"
    if encoding is None:
        return data
    return data.decode(encoding, "replace").encode("utf-8", "replace")


def _is_marked(data: bytes) -> bool:
    """Whether the second line has indentation or a mark, although the first has not."""
    _, _, rest = data.lstrip(b"\r\n")[:2000].partition(b"\n")
    return bool(_MARKS.match(rest))


def _unwrapped(text: str) -> str:
    """Remove colors, code fences, quotation marks, and meters before a status line."""
    text = _COLORS.sub("", text.replace("\r\n", "\n"))
    if "--:--" in text:
        text = _METER.sub("", text.replace("\r", "\n"))
    text = _literal(_RAW.sub(lambda found: " " * len(found[0]), text))
    for mark in _QUOTES * 2:
        if re.search(rf"(?m)^[ \t]*+{mark}[ \t]*+(?:[<*>][ \t]?)*+{_STATUS}", text):
            text = re.sub(rf"(?m)^[ \t]*{mark}[ \t]?", "", text)
    if re.search(rf"(?m)^[ \t]*+[^<>\s][^<>\n]{{0,40}}< {_STATUS}", text):
        text = re.sub(_PREFIX, "", text)
    text = _FENCE.sub("", text)
    # A shell prints `%` after output that does not end a line.
    return re.sub(r"(?<=[A-Za-z>}\].])%\s*\Z", "", text)


def _literal(text: str) -> str:
    """Turn an array that PHP printed, or a string with escapes, into plain lines."""
    if _ARRAY.search(text):
        return _ITEM.sub(
            lambda found: "" if found["key"].isdigit() else f"{found['key']}: ", text
        )
    found = _ESCAPED.search(text)
    if found is None:
        return text
    return re.sub(
        r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), found["text"]
    )


def _blocks(lines: list[str]) -> list[str]:
    """Return each response that begins with a status line, without its marks."""
    starts = _starts(lines)
    ends = [*(number for number, _ in starts[1:]), len(lines)][: len(starts)]
    found: list[str] = []
    for (number, start), end in zip(starts, ends, strict=True):
        split = _marked if start["mark"] else _indented
        head, body = split(lines[number:end], start["indent"])
        text = "\n".join(body).strip("\r\n")
        found.append("\r\n".join([*head, "", text]))
    return found


def _starts(lines: list[str]) -> list[tuple[int, re.Match[str]]]:
    """Return the status lines; `curl -vI` prints each once more without its mark."""
    every = [(n, m) for n, line in enumerate(lines) if (m := _START.match(line))]
    marked = {(n, m["line"].strip()) for n, m in every if m["mark"]}
    return [
        (n, m)
        for n, m in every
        if m["mark"] or (n - 1, m["line"].strip()) not in marked
    ]


def _marked(lines: list[str], indent: str) -> tuple[list[str], list[str]]:
    """Split a response of `curl -v`: its headers have `< `, its body nothing."""
    last = max(n for n, line in enumerate(lines) if n == 0 or _is_answer(line))
    # The status line may lack the blank after its mark.
    answer = [
        line for n, line in enumerate(lines[: last + 1]) if not n or _is_answer(line)
    ]
    head = [line.lstrip()[1:].strip() for line in answer]
    rest = [line.removeprefix(indent) for line in lines[last + 1 :]]
    body = [_LAST_WORDS.sub("", line) for line in rest if not _is_chatter(line)]
    # Lines of two streams may be mixed: what is not a header is left out.
    return [head[0], *filter(_HEADER.match, head[1:])], body


def _is_answer(line: str) -> bool:
    return bool(re.match(r"[ \t]*<(?:[ \t]|\r?$)", line))


def _is_chatter(line: str) -> bool:
    """Whether curl wrote this line about the transfer, or lines are cut out here."""
    about = re.match(r"[ \t]*[*>](?: |$)", line)
    return bool(about or _NOISE.match(line) or _CUT_OUT.match(line))


def _indented(lines: list[str], indent: str) -> tuple[list[str], list[str]]:
    """Split a response without marks, perhaps indented, as by `wget -S`.

    It ends with its indentation; wget prints no blank line after the headers.
    """
    head, body = [lines[0].strip()], list[str]()
    in_head = True
    for line in lines[1:]:
        outside = bool(line.strip()) and not line.startswith(indent)
        if outside or (in_head and line.strip() and not _HEADER.match(line)):
            break
        text = line.removeprefix(indent).rstrip("\r")
        in_head = in_head and bool(text.strip())
        if in_head:
            head.append(text.strip())
        elif not _NOISE.match(text):
            body.append(text)
    return head, body
