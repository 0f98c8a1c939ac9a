"""`parallax probe`: one real request to a server on loopback."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from typer.testing import CliRunner

from parallax.cli import app

PAGE = (
    b"<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle "
    b"this request.\n</body></html>\n"
)


class Handler(BaseHTTPRequestHandler):
    """Answers 200 at `/`, HAProxy's page elsewhere."""

    def do_GET(self) -> None:
        """Answer by path."""
        code, body = (200, b"fine") if self.path == "/" else (503, PAGE)
        self.send_response_only(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Stay quiet."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve on a free port of loopback."""
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def asked(*arguments: str) -> tuple[int, str, str]:
    """Run the command; return exit status, standard output and error."""
    result = CliRunner().invoke(app, ["probe", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_healthy_is_exit_status_0(port: int) -> None:
    """A 200 is healthy; the phases are drawn."""
    exit_code, out, _ = asked(f"http://127.0.0.1:{port}/", "--allow-private")
    assert exit_code == 0
    assert "healthy  200" in out
    assert "processing" in out
    assert "█" in out


def test_unhealthy_names_who_answered(port: int) -> None:
    """A 503 is exit status 1, and its writer is named."""
    url = f"http://127.0.0.1:{port}/x"
    exit_code, out, _ = asked(url, "--allow-private")
    assert exit_code == 1
    assert "not healthy" in out
    assert "load-balancer" in out


def test_json_holds_probe_and_attribution(port: int) -> None:
    """Wire names, with the attribution beside them; another Host and address."""
    exit_code, out, _ = asked(
        "http://service.example/x",
        "--connect-to",
        f"127.0.0.1:{port}",
        "--host",
        "other.example",
        "--allow-private",
        "--json",
    )
    document = json.loads(out)
    assert exit_code == 1
    assert document["http.response.status_code"] == 503
    assert document["network.peer.address"] == "127.0.0.1"
    assert document["attribution"]["writer"] == "haproxy"


def test_expected_statuses_are_healthy(port: int) -> None:
    """`--expect 503` makes a 503 healthy."""
    url = f"http://127.0.0.1:{port}/x"
    assert asked(url, "--allow-private", "--expect", "503")[0] == 0


def test_a_private_address_needs_leave(port: int) -> None:
    """Without --allow-private it is not requested, and the option is named."""
    exit_code, out, _ = asked(f"http://127.0.0.1:{port}/")
    assert exit_code == 1
    assert "--allow-private" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("ftp://example.org/",),
        ("example.org",),
        ("http://",),
        ("http://exa mple/",),
        ("http://example.org:99999/",),
        ("http://example.org/", "--connect-to", "name:80"),
        ("http://example.org/", "--connect-to", "192.0.2.1:port"),
        ("http://example.org/", "--timeout", "0"),
    ],
)
def test_wrong_use_is_exit_status_2(arguments: tuple[str, ...]) -> None:
    """A wrong argument is an error before anything is sent."""
    exit_code, _, err = asked(*arguments)
    assert exit_code == 2
    assert err


@pytest.mark.parametrize("code", ["999", "600", "99", "0", "-1"])
def test_a_status_that_no_server_sends_is_refused(port: int, code: str) -> None:
    """It would make every response unhealthy; the range is named, nothing is sent."""
    url = f"http://127.0.0.1:{port}/"
    exit_code, out, err = asked(url, "--allow-private", "--expect", code)
    assert (exit_code, out) == (2, "")
    assert f"--expect {code}: expected a status code from 100 to 599" in err


@pytest.mark.parametrize("seconds", ["nan", "inf"])
def test_a_time_that_never_ends_is_refused(seconds: str) -> None:
    """A probe has to end."""
    exit_code, _, err = asked("http://a.example/", "--timeout", seconds)
    assert exit_code == 2
    assert "--timeout" in err


def test_a_password_in_the_url_is_refused_with_the_reason() -> None:
    """Exit 2 before anything is sent, and nothing of it is printed."""
    exit_code, out, err = asked("https://user:s3cret@127.0.0.1/", "--allow-private")
    assert (exit_code, out) == (2, "")
    assert "user name and password in a URL are not supported" in err
    assert "s3cret" not in err
