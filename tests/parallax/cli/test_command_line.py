"""The real entry point with standard streams in every state, and hostile texts."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner

from parallax import probe as probe_package
from parallax.cli import app
from parallax.model.probe import Certificate, Probe
from parallax.model.snapshot import Snapshot
from parallax.model.wire import encode
from tests.parallax import scenarios
from tests.parallax.hostile import POISON, is_safe, poisoned

PARALLAX = Path(sys.executable).with_name("parallax")
CAPTURE = Path(__file__).parents[2] / "captures/haproxy/503_all_servers_down.http"
NOT_WRITTEN = "parallax: standard output: cannot be written: No space left on device\n"


class Handler(BaseHTTPRequestHandler):
    """Answers 200 at `/`, 503 elsewhere."""

    def do_GET(self) -> None:
        """Answer by path, with a header that no ASCII terminal can show."""
        self.send_response_only(200 if self.path == "/" else 503)
        self.send_header("X-Name", "\N{LATIN SMALL LETTER U WITH DIAERESIS}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Stay quiet."""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Serve on loopback, and save a snapshot and a targets file."""
    folder = tmp_path_factory.mktemp("places")
    snapshot = folder / "snapshot.json"
    snapshot.write_text(json.dumps(encode(scenarios.wrong_port())))
    targets = folder / "targets.yaml"
    targets.write_text("targets: [{name: a, url: 'https://a.example/'}]")
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield {
            "up": f"http://127.0.0.1:{server.server_port}/",
            "down": f"http://127.0.0.1:{server.server_port}/x",
            "snapshot": f"{snapshot}",
            "targets": f"{targets}",
            "capture": f"{CAPTURE}",
        }
        server.shutdown()
        thread.join()


COMMANDS = [
    ("--version", 0),
    ("--help", 0),
    ("causes", 0),
    ("causes nope", 2),
    ("attribute --json {capture}", 0),
    ("judge {snapshot}", 0),
    ("targets {targets}", 0),
    ("targets --json {targets}", 0),
    ("mail {snapshot}", 0),
    ("mail --json {snapshot}", 0),
    ("cost", 0),
    ("completion bash", 0),
    ("probe --allow-private {up}", 0),
    ("investigate --allow-private --pause 0.1 --json {down}", 1),
    ("probe --allow-private --json {down}", 1),
    ("nope", 2),
]


@pytest.fixture(params=COMMANDS, ids=lambda command: command[0])
def command(
    request: pytest.FixtureRequest, places: dict[str, str]
) -> tuple[list[str], int]:
    """Return the words of each command, and its exit status."""
    words, status = request.param
    return [f"{PARALLAX}", *words.format(**places).split()], status


def test_an_ascii_terminal_changes_no_exit_status(
    command: tuple[list[str], int],
) -> None:
    """What it cannot show is replaced; JSON is still JSON."""
    words, status = command
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(  # noqa: S603 - our own words
        words, env=os.environ | ascii_only, capture_output=True, check=False
    )
    assert ended.returncode == status, ended.stderr
    assert ended.stdout.isascii()
    assert b"Traceback" not in ended.stderr
    if "--json" in words:
        assert json.loads(ended.stdout)
    if status == 1:
        document = json.loads(ended.stdout)
        run = document.get("snapshot", {}).get("run", {"probes": [document]})
        sent = run["probes"][0]["headers"]
        assert ["X-Name", "\N{LATIN SMALL LETTER U WITH DIAERESIS}"] in sent


def test_a_closed_output_changes_no_exit_status(
    command: tuple[list[str], int],
) -> None:
    """Whoever closes it wants nothing but the status."""
    words, status = command
    closing = ["sh", "-c", 'exec "$0" "$@" >&-', *words]
    ended = subprocess.run(closing, stderr=subprocess.PIPE, check=False)  # noqa: S603 - our own words
    assert ended.returncode == status, ended.stderr
    assert b"Traceback" not in ended.stderr


def test_a_pipe_without_a_reader_changes_no_exit_status(
    command: tuple[list[str], int],
) -> None:
    """`| head` has what it wanted; there is nothing to complain about."""
    words, status = command
    ours, theirs = os.pipe()
    os.close(ours)
    ended = subprocess.run(words, stdout=theirs, stderr=subprocess.PIPE, check=False)  # noqa: S603 - our own words
    os.close(theirs)
    assert ended.returncode == status, ended.stderr
    assert (ended.stderr == b"") is (status != 2)


def test_a_full_disk_has_its_own_exit_status(command: tuple[list[str], int]) -> None:
    """One sentence states it; a usage error, which prints nothing, stays one."""
    words, status = command
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(  # noqa: S603 - our own words
            words, stdout=full, stderr=subprocess.PIPE, check=False, text=True
        )
    assert ended.returncode == (2 if status == 2 else 3)
    assert (ended.stderr == NOT_WRITTEN) is (status != 2)


def test_standard_error_may_be_full_or_closed() -> None:
    """The exit status shows a usage error."""
    for end in ("2>/dev/full", "2>&-", "2>&- >&-"):
        words = ["sh", "-c", f'exec "$0" "$@" {end}', f"{PARALLAX}", "causes", "nope"]
        assert subprocess.run(words, check=False).returncode == 2  # noqa: S603 - our own words


def test_a_closed_standard_input_is_named() -> None:
    """A dash without an input is wrong use."""
    words = ["sh", "-c", 'exec "$0" "$@" <&-', f"{PARALLAX}", "judge", "-"]
    ended = subprocess.run(words, stderr=subprocess.PIPE, check=False)  # noqa: S603 - our own words
    assert ended.returncode == 2
    assert b"standard input: cannot be read" in ended.stderr


def test_help_states_the_exit_statuses() -> None:
    """Scripts go by them."""
    output = " ".join(CliRunner().invoke(app, ["--help"]).stdout.split())
    assert (
        "0: success. 1: the command worked, and what it looked at is not well. 2:"
        " wrong use, input that cannot be read, or an error of AWS. 3: standard output"
        " could not be written" in output
    )
    assert "130: interrupted with Ctrl-C. `judge` returns 0 for any cause" in output


@pytest.mark.parametrize(
    ("words", "suggested"),
    [
        ("prob", "'probe'"),
        ("probe --expct 3 u", "--expect"),
        ("judge --jsn f", "--json"),
    ],
)
def test_a_misspelled_word_gets_the_most_similar_one(
    words: str, suggested: str
) -> None:
    """Of commands and of options."""
    result = CliRunner().invoke(app, words.split())
    assert result.exit_code == 2
    assert suggested in result.stderr


PASSWORDS = [
    "https://user:s3cret@a.example/",
    "user:s3cret@a.example",
    "https:user:s3cret@a.example",
    "HTTPS://user:p@s3cret@[2001:db8::1]/",
    "https://user%3As3cret%40a.example/",
    "https://us\ter:s3cret@a.example/",
]


@pytest.mark.parametrize("url", PASSWORDS)
@pytest.mark.parametrize(
    "words",
    [
        ("probe", "{}"),
        ("probe", "https://a.example/", "{}"),
        ("probe", "--timeout", "{}", "x"),
        ("probe", "--expect", "{}", "x"),
        ("probe", "https://a.example/", "--connect-to", "{}"),
        ("probe", "--{}"),
        ("{}",),
        ("causes", "{}"),
        ("judge", "{}"),
        ("attribute", "{}"),
        ("targets", "{}"),
    ],
    ids=" ".join,
)
def test_no_error_repeats_a_password(words: tuple[str, ...], url: str) -> None:
    """Wherever it was typed, exit 2 and nothing of it."""
    result = CliRunner().invoke(app, [word.format(url) for word in words])
    assert result.exit_code == 2
    assert result.stderr
    assert "s3cret" not in result.output


def run(*words: str, given: bytes | None = None) -> str:
    """Run a command; return both of its outputs."""
    result = CliRunner().invoke(app, words, input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.output


def hostile_snapshot() -> Snapshot:
    """Return a snapshot in which every text is hostile, but for its own name."""
    return replace(
        poisoned(scenarios.wrong_port()), schema=scenarios.wrong_port().schema
    )


@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["text", "JSON"])
def test_a_judged_snapshot_controls_no_terminal(flags: tuple[str, ...]) -> None:
    """Names of nodes, clusters and balancers, headers, reasons, log lines."""
    given = json.dumps(encode(hostile_snapshot())).encode()
    output = run("judge", *flags, "-", given=given)
    assert is_safe(output)
    assert not flags or json.loads(output)["target"].endswith(POISON)


@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["text", "JSON"])
def test_a_probe_controls_no_terminal(
    monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]
) -> None:
    """Reason phrase, headers, certificate, and the error of the network."""
    sent = scenarios.wrong_port().run
    assert sent
    certificate = Certificate(
        subject="CN=a", issuer="CN=b", not_after=sent.started_at, names=("a",)
    )
    answer = replace(
        sent.first,
        certificate=certificate,
        headers=(("Via", "1.1 a"), ("Server", "b")),
        error_phase="connect",
        error_detail="refused",
    )

    async def fetch(_: object) -> Probe:
        """Answer without asking."""
        return poisoned(answer)

    monkeypatch.setattr(probe_package, "fetch", fetch)
    output = run("probe", "https://a.example/", *flags)
    assert is_safe(output)
    assert not flags or json.loads(output)["http.response.status_code"] == 503


@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["text", "JSON"])
def test_an_attributed_answer_controls_no_terminal(flags: tuple[str, ...]) -> None:
    """Clues quote headers."""
    evil = POISON.replace("\n", "").replace("\r", "").encode()
    head = b"HTTP/1.1 503 No%s\r\nVia: 1.1 a%s\r\nX-Squid-Error: ERR_A%s\r\n"
    given = head % (evil, evil, evil) + b"Server: squid%s\r\n\r\n%s" % (evil, evil)
    output = run("attribute", *flags, "-", given=given)
    assert "1.1 a" in output
    assert is_safe(output)


def test_a_targets_file_controls_no_terminal(tmp_path: Path) -> None:
    """Neither what is right in it, nor what is wrong."""
    file = tmp_path / "t.yaml"
    good = {
        "name": "a",
        "url": "https://a.example/",
        "healthy": {"body_contains": POISON},
        "reached": dict.fromkeys(
            ("load_balancer", "cluster", "namespace", "service"), POISON
        ),
        "maintenance": [
            {
                "starts_at": "2026-01-01T00:00:00Z",
                "ends_at": "2026-01-02T00:00:00Z",
                "reason": POISON,
            }
        ],
    }
    wrong = {POISON: 1, "name": POISON, "url": POISON, "healthy": POISON}
    for entry in (good, wrong):
        file.write_text(json.dumps({"targets": [entry]}))
        output = run("targets", f"{file}")
        assert "a" in output
        assert is_safe(output)


@pytest.mark.parametrize(
    "words",
    [
        ("causes", "{}"),
        ("probe", "{}"),
        ("probe", "https://a.example/", "--connect-to", "{}"),
        ("probe", "--{}"),
        ("{}",),
        ("judge", "{}"),
        ("attribute", "{}"),
        ("targets", "{}"),
    ],
    ids=" ".join,
)
def test_an_error_controls_no_terminal(words: tuple[str, ...]) -> None:
    """It may repeat what was typed, or pasted."""
    evil = POISON.replace("\n", "").replace("\r", "")
    output = run(*(word.format(evil) for word in words))
    assert output
    assert is_safe(output)


@pytest.mark.parametrize("key", ["schema", "taken_at", "target"])
def test_an_error_about_a_snapshot_controls_no_terminal(key: str) -> None:
    """Its version and its field names come from the file."""
    saved = encode(scenarios.wrong_port()) | {key: POISON}
    output = run("judge", "-", given=json.dumps({"snapshot": saved}).encode())
    assert is_safe(output)
