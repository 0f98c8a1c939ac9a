"""What people paste becomes what `curl -si` prints, in whatever form it comes."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.cli.paste import plain_responses
from parallax.cli.responses import NotAResponse, read_responses
from parallax.cli.transcript import Transcript

HEAD = "HTTP/1.1 503 Service Unavailable"
FIELDS = ("server: envoy", "content-type: text/plain")
BODY = "no healthy upstream"
PLAIN = "\n".join([HEAD, *FIELDS, "", BODY])
VERBOSE = "\n".join(
    [
        "$ curl -sv https://shop.example/",
        "*   Trying 192.0.2.10:443...",
        "> GET / HTTP/1.1",
        "> Host: shop.example",
        "> ",
        f"< {HEAD}",
        *(f"< {field}" for field in FIELDS),
        "< ",
        "{ [19 bytes data]",
        f"{BODY}* Connection #0 to host shop.example left intact",
    ]
)
METER = (
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    "                                 Dload  Upload   Total   Spent    Left  Speed\n"
    "100    19  100    19    0     0    190      0 --:--:-- --:--:-- --:--:--   190"
)


def indented(text: str, mark: str) -> str:
    """Put a mark before every line."""
    return "\n".join(f"{mark}{line}" for line in text.split("\n"))


def raw_content(text: str) -> str:
    """Return a response as PowerShell's Invoke-WebRequest shows it."""
    first, *rest = text.split("\n")
    lines = [f"{'RawContent':18}: {first}", *(f"{'':20}{line}" for line in rest)]
    return "\n".join(["StatusCode        : 503", *lines, "Forms             : {}"])


FORMS = {
    "as curl -si prints it": PLAIN,
    "curl -v": VERBOSE,
    "only the lines of the answer": VERBOSE[VERBOSE.index("< HTTP") :],
    "after a prompt": f"$ curl -si https://shop.example/\n{PLAIN}",
    "a prompt of a shell for root": f"root@host:~# curl -si shop.example\n{PLAIN}",
    "after a meter": f"{METER}\n{PLAIN}",
    "behind a meter in one line": f"{METER}{PLAIN}",
    "indented": indented(PLAIN, "    "),
    "a tab before each line": indented(PLAIN, "\t"),
    "curl -v, indented": indented(VERBOSE, "    "),
    "quoted": indented(PLAIN, "> "),
    "quoted twice": indented(indented(PLAIN, "> "), "> "),
    "curl -v, quoted": indented(VERBOSE, "> "),
    "a comment in code": indented(VERBOSE, "// "),
    "fenced": f"```console\n{PLAIN}\n```\n",
    "fenced curl -v, quoted": indented(f"```\n{VERBOSE}\n```", "> "),
    "colored": PLAIN.replace("server", "\x1b[1mserver\x1b[0m").replace(
        HEAD, f"\x1b[31m{HEAD}\x1b[0m"
    ),
    "HTTPie with its request": f"GET / HTTP/1.1\nHost: shop.example\n\n\n{PLAIN}\n",
    "the shell's sign for a missing line end": f"$ curl -si x\n{PLAIN}%\n",
    "Invoke-WebRequest": raw_content(PLAIN),
}


def read(pasted: bytes) -> Transcript:
    """Return the response that counts."""
    return read_responses(pasted).chosen


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_the_same_response(form: str, line_end: str) -> None:
    """Status, headers and body are those of the response, whatever is around them."""
    response = read(FORMS[form].replace("\n", line_end).encode())
    assert (response.status_code, response.reason) == (503, "Service Unavailable")
    assert [f"{n}: {v}" for n, v in response.headers] == list(FIELDS)
    assert response.body.strip() == BODY


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_of_a_file_does_not_matter(encoding: str) -> None:
    """PowerShell writes UTF-16, editors on Windows a byte order mark."""
    assert read(PLAIN.encode(encoding)).body == BODY


def test_wget_prints_no_body_and_no_blank_line() -> None:
    """`wget -S` indents headers by two; what follows them is its own text."""
    pasted = (
        "--2026-11-03 10:15:30--  http://shop.example/\n"
        "HTTP request sent, awaiting response... \n"
        f"{indented(HEAD, '  ')}\n  Server: squid/4.10\n  Connection: close\n"
        "2026-11-03 10:15:30 ERROR 503: Service Unavailable.\n\n"
    )
    response = read(pasted.encode())
    assert response.headers == (("Server", "squid/4.10"), ("Connection", "close"))
    assert response.body == ""


def test_headers_that_curl_prints_twice_are_read_once() -> None:
    """`curl -vI` prints each header with its mark and without."""
    lines = [f"< {HEAD}", HEAD]
    for field in FIELDS:
        lines += [f"< {field}", field]
    responses = read_responses("\n".join([*lines, "< ", ""]).encode())
    assert len(responses.all) == 1
    assert len(responses.chosen.headers) == len(FIELDS)


@pytest.mark.parametrize("marked", [True, False], ids=["curl -v", "curl -si"])
def test_a_chain_of_redirects_gives_every_response(*, marked: bool) -> None:
    """The last one counts; the others are there with their own headers."""
    first = ["HTTP/1.1 301 Moved Permanently", "location: /a", "", "moved"]
    last = [HEAD, *FIELDS, "", BODY]
    if marked:
        first = [*(f"< {line}".rstrip() for line in first[:3]), first[3], "> GET /a"]
        last = [*(f"< {line}".rstrip() for line in last[:4]), last[4]]
    responses = read_responses("\n".join([*first, *last]).encode())
    assert [r.status_code for r in responses.all] == [301, 503]
    assert responses.all[0].headers == (("location", "/a"),)
    assert responses.all[0].body.strip() == "moved"
    assert responses.chosen.body == BODY


def test_a_tunnel_and_an_interim_response_are_skipped() -> None:
    """They are not the response to the request."""
    tunnel = "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"
    going_on = "HTTP/1.1 100 Continue\r\n\r\n"
    responses = read_responses(f"{tunnel}{going_on}{PLAIN}".encode())
    assert [r.status_code for r in responses.all] == [503]


MARKS = st.sampled_from(["", "< ", "> ", "* ", "    ", "\t", "// ", "```", "{ ["])
LINES = st.sampled_from(
    [
        HEAD,
        "HTTP/2 502",
        "HTTP/1.1 999",
        "RawContent : HTTP/1.1 200 OK",
        "server: x",
        "",
        BODY,
        "<html>",
        "%",
    ]
) | st.text(max_size=20)


@settings(deadline=None)
@given(
    lines=st.lists(st.tuples(MARKS, LINES), max_size=12),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-32"]),
)
def test_any_mixture_of_lines_is_read_or_refused(
    lines: list[tuple[str, str]], line_end: str, encoding: str
) -> None:
    """Nothing but `NotAResponse` is raised, and a status is a number."""
    text = line_end.join(mark + line for mark, line in lines)
    with suppress(NotAResponse):
        responses = read_responses(text.encode(encoding, "replace"))
        assert responses.chosen in responses.all
        assert all(r.page_only or 100 <= r.status_code <= 999 for r in responses.all)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(pasted: bytes) -> None:
    """Random bytes give an answer or a clear error."""
    with suppress(NotAResponse):
        assert read_responses(pasted).all


@pytest.mark.parametrize("piece", [b" ", b"a", b"< ", b"\n", b"> a\n", b"--:--:-- 1 "])
def test_long_input_takes_no_longer_than_its_length(piece: bytes) -> None:
    """No pattern tries every pair of places: this would take minutes."""
    with pytest.raises(NotAResponse):
        read_responses(piece * 200_000)
    assert read_responses(piece * 200_000 + b"\n" + PLAIN.encode()).chosen.body == BODY


def test_a_mark_without_a_blank_is_one_response() -> None:
    """Some mail programs remove the blank after curl's `<`."""
    assert plain_responses(b"<HTTP/1.1 503") == [b"HTTP/1.1 503\r\n\r\n"]


ESCAPED = f"{HEAD}\\r\\n" + "\\r\\n".join(FIELDS) + f"\\r\\n\\r\\n{BODY}"


@pytest.mark.parametrize(
    "pasted",
    [
        f'error for "GET /": "{ESCAPED}"\ncommand terminated with exit code 1\n',
        f"b'{ESCAPED}'",
        "Array\n(\n    [0] => "
        + "\n    [1] => ".join((HEAD, *FIELDS))
        + f"\n\n{BODY}\n",
        (
            f"    [0] => {HEAD}\n    [server] => envoy\n"
            f"    [content-type] => text/plain\n\n{BODY}"
        ),
    ],
    ids=["string", "bytes", "array", "named array"],
)
def test_literals_of_programs(pasted: str) -> None:
    """A string with escapes and PHP's array are the response that they hold."""
    read = read_responses(pasted.encode()).chosen
    assert (read.status_code, dict(read.headers)["server"]) == (503, "envoy")
    assert read.body.strip().removesuffix(")") == BODY


def test_a_page_without_its_head_is_read() -> None:
    """The HTML is found in what surrounds it; other text is still no response."""
    page = "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to "
    page += "handle this request.\n</body></html>"
    read = read_responses(f"$ curl http://a.example\n{page}; retrying".encode()).chosen
    assert (read.page_only, read.status_code, read.body) == (True, 503, page)
    with pytest.raises(NotAResponse, match="status line"):
        read_responses(b"<html><title>503</title>our own words</html>")
