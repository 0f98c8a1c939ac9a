"""`parallax attribute`: from `curl -si` output to the fixed JSON."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parallax.cli import app

CAPTURES = Path(__file__).parents[2] / "captures"
HAPROXY = CAPTURES / "haproxy/503_all_servers_down.http"


def asked(*arguments: str, given: bytes | None = None) -> tuple[int, str, str]:
    """Run the command; return exit status, standard output and error."""
    result = CliRunner().invoke(app, ["attribute", *arguments], input=given)
    return result.exit_code, result.stdout, result.stderr


def test_prints_the_fixed_json() -> None:
    """Exactly the four public names, in their order."""
    exit_code, out, _ = asked("--json", str(HAPROXY))
    answer = json.loads(out)
    assert exit_code == 0
    assert list(answer) == ["writer", "hop", "how", "clues"]
    assert (answer["writer"], answer["hop"]) == ("haproxy", "unknown")
    assert answer["how"] == "own-page"
    assert answer["clues"]


def test_reads_standard_input() -> None:
    """A dash takes what was piped in."""
    exit_code, out, _ = asked("--json", "-", given=HAPROXY.read_bytes())
    assert exit_code == 0
    assert json.loads(out)["writer"] == "haproxy"


@pytest.mark.parametrize(
    "before",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nServer: nginx\r\nContent-Length: 5\r\n\r\nmoved\n",
        b"HTTP/2 302 \r\nlocation: /a\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
    ],
)
def test_the_last_answer_counts(before: bytes) -> None:
    """Continue, a proxy's CONNECT and redirects are skipped."""
    _, out, _ = asked("--json", "-", given=before + HAPROXY.read_bytes())
    assert json.loads(out)["writer"] == "haproxy"


def test_line_feeds_alone_are_enough() -> None:
    """A transcript saved by an editor still reads."""
    given = HAPROXY.read_bytes().replace(b"\r\n", b"\n")
    _, out, _ = asked("--json", "-", given=given)
    assert json.loads(out)["writer"] == "haproxy"


def test_http2_has_no_reason() -> None:
    """The status line of HTTP/2 is read; the body decides."""
    body = HAPROXY.read_bytes().partition(b"\r\n\r\n")[2]
    given = b"HTTP/2 503 \r\ncontent-type: text/html\r\n\r\n" + body
    _, out, _ = asked("--json", "-", given=given)
    assert json.loads(out)["writer"] == "haproxy"


@pytest.mark.parametrize("chunked", [True, False])
def test_chunks_may_be_recorded_or_undone(chunked: bool) -> None:  # noqa: FBT001
    """A raw recording has chunks, curl's output has none; both are read."""
    body = b"no healthy upstream"
    if chunked:
        body = b"13\r\n" + body + b"\r\n0\r\n\r\n"
    head = b"HTTP/1.1 503 Service Unavailable\r\nserver: envoy\r\n"
    given = head + b"transfer-encoding: chunked\r\n\r\n" + body
    _, out, _ = asked("--json", "-", given=given)
    assert json.loads(out)["writer"] == "envoy"


@pytest.mark.parametrize(
    "given",
    [b"", b"\r\n\r\n", b"\x00\xff\x1f\x8b garbage", b"SSH-2.0-OpenSSH_9.2\r\n"],
)
def test_what_is_no_answer_is_refused(given: bytes) -> None:
    """Exit 2 and what was expected; with --json the writer is unknown."""
    exit_code, out, err = asked("-", given=given)
    assert (exit_code, out) == (2, "")
    assert "curl -si" in err
    exit_code, out, _ = asked("--json", "-", given=given)
    assert exit_code == 2
    assert json.loads(out)["writer"] == "unknown"


def test_a_missing_file_is_named() -> None:
    """The error names the file."""
    exit_code, _, err = asked("no/such/file")
    assert exit_code == 2
    assert "no/such/file: cannot be read" in err


def test_people_read_writer_hop_and_clues() -> None:
    """The human view holds the same four things in words."""
    exit_code, out, _ = asked(str(CAPTURES / "varnish/503_cached_hit.http"))
    assert exit_code == 0
    assert "uvicorn" in out
    assert "replayed" in out
    assert "two ids in X-Varnish" in out
    _, out, _ = asked("-", given=b"HTTP/1.1 500 Oops\r\n\r\n")
    assert "matches no known server" in out


def test_several_responses_are_numbered() -> None:
    """A chain of redirects shows each response; JSON is about the last one."""
    given = b"HTTP/1.1 301 Moved\r\nServer: AkamaiGHost\r\n\r\n" + HAPROXY.read_bytes()
    _, out, _ = asked("-", given=given)
    assert "response 1 of 2: 301" in out
    assert "response 2 of 2: 503" in out
    _, out, _ = asked("--json", "-", given=given)
    assert json.loads(out)["writer"] == "haproxy"
