"""Every command in real terminals: wide, narrow, dumb; and what a Ctrl-C does."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parallax.cli.served import Server, serving

ROOT = Path(__file__).parents[3]
PARALLAX = Path(sys.executable).with_name("parallax")
RECORDED = ROOT / "events/diagnose/lb-health-check-wrong-port.json"
CAPTURE = ROOT / "tests/captures/haproxy/503_all_servers_down.http"
LOCAL = "--allow-private --timeout 2"
COMMANDS = [
    "--help",
    "mute --help",
    "causes",
    "causes lb-no-target",
    "causes nope",
    "cost",
    f"targets {ROOT}/targets.yaml",
    f"attribute {CAPTURE}",
    f"judge {RECORDED}",
    f"probe {LOCAL} {{url}}/down",
    f"investigate {LOCAL} --pause 0.1 {{url}}/evil",
]
STYLED = [
    "mute --help",
    "causes lb-no-target",
    "causes nope",
    f"judge {RECORDED}",
    f"investigate {LOCAL} --pause 0.1 {{url}}/evil",
]
"""One of each kind of output."""
ESCAPE = "\x1b"
STYLE = re.compile(r"\x1b\[[0-9;]*m")
SECONDS = 30.0
"""A command that has not ended by then hangs."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve for all tests."""
    with serving() as made:
        yield made


@pytest.fixture(params=COMMANDS)
def words(request: pytest.FixtureRequest, server: Server) -> list[str]:
    """Return the words of each command."""
    return str(request.param).format(url=server.url("")).split()


@pytest.fixture(params=STYLED)
def styled(request: pytest.FixtureRequest, server: Server) -> list[str]:
    """Return the words of a command of each kind."""
    return str(request.param).format(url=server.url("")).split()


def environment(**more: str) -> dict[str, str]:
    """Return the variables of an ordinary shell."""
    dropped = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "HCLOUD_TOKEN"}
    kept = {name: text for name, text in os.environ.items() if name not in dropped}
    return kept | {"TERM": "xterm", "LC_ALL": "C.UTF-8"} | more


def started(
    words: list[str], columns: int, **variables: str
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a command in a terminal of so many columns; return it and the terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(  # noqa: S603 - our own words
        [PARALLAX, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(**variables),
        start_new_session=True,
    )
    os.close(theirs)
    return process, ours


def read_all(terminal: int) -> str:
    """Return what a terminal shows until its command ends."""
    shown, end = b"", time.monotonic() + SECONDS
    while True:
        ready, _, _ = select.select([terminal], [], [], end - time.monotonic())
        assert ready, shown
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux: the other side is closed
            piece = b""
        if not piece:
            os.close(terminal)
            return shown.decode().replace("\r\n", "\n")
        shown += piece


def shown(words: list[str], columns: int, **variables: str) -> list[str]:
    """Return the lines that a terminal shows, without spaces at their ends."""
    process, terminal = started(words, columns, **variables)
    text = read_all(terminal)
    assert process.wait(SECONDS) in {0, 1, 2}
    assert "Traceback" not in text
    return [line.rstrip() for line in text.splitlines()]


def test_a_narrow_terminal_gets_lines_that_fit(words: list[str]) -> None:
    """Of 40 columns, but for commands, URLs and paths, which people copy."""
    lines = [STYLE.sub("", line) for line in shown(words, 40)]
    too_long = [line for line in lines if len(line) > 40]
    copied = re.compile(r"https?://|/|kubectl |hcloud |parallax |--")
    assert [line for line in too_long if not copied.search(line)] == []


def test_a_wide_terminal_gets_styles_and_nothing_else(styled: list[str]) -> None:
    """No text of a server moves the cursor or sets the title of the window."""
    text = "\n".join(shown(styled, 80))
    assert ESCAPE not in STYLE.sub("", text)
    assert not re.search("[\x00-\x08\x0b-\x1a\x7f-\x9f]", STYLE.sub("", text))


@pytest.mark.parametrize(
    "variable", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"]
)
def test_a_terminal_without_colors_gets_none(
    styled: list[str], variable: dict[str, str]
) -> None:
    """Neither colors nor bold text."""
    assert ESCAPE not in "\n".join(shown(styled, 80, **variable))


def test_a_pipe_gets_no_style_and_no_progress(styled: list[str]) -> None:
    """Nor does a file; whole lines, one after the other."""
    done = subprocess.run(  # noqa: S603 - our own words
        [PARALLAX, *styled],
        env=environment(FORCE_COLOR="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ESCAPE not in done.stdout + done.stderr
    assert bool(done.stderr) is (done.returncode == 2)


def test_progress_is_shown_while_it_runs(server: Server) -> None:
    """A line for each request, before the verdict."""
    words = ["investigate", *LOCAL.split(), "--pause", "0.1", server.url("/down")]
    lines = [STYLE.sub("", line) for line in shown(words, 80)]
    progress = [line for line in lines if re.match(r" *[0-9.]+ s  ", line)]
    assert "request: 503 in" in progress[0]
    assert len([line for line in progress if "request again: 503" in line]) == 10
    assert lines.index(progress[-1]) < lines.index("Verdict")


@pytest.mark.parametrize(
    "command", ["probe", "investigate", "redrive --stack {stack}", "judge -"]
)
def test_ctrl_c_ends_a_command_without_a_traceback(
    server: Server, command: str
) -> None:
    """With exit status 130, whatever it waits for."""
    words = command.format(stack="parallax").split()
    if words[0] in {"probe", "investigate"}:
        words += ["--allow-private", server.url("/hang")]
    before = len(server.served)
    endpoint = server.url("/hang")
    process, terminal = started(
        words,
        80,
        AWS_ENDPOINT_URL=endpoint,
        AWS_REGION="eu-central-1",
        AWS_ACCESS_KEY_ID="a",
        AWS_SECRET_ACCESS_KEY="b",
    )
    end = time.monotonic() + SECONDS
    while "judge" not in words and len(server.served) == before:
        assert time.monotonic() < end
        time.sleep(0.01)
    if "judge" in words:  # it waits for standard input; its modules are loaded by then
        time.sleep(1)
    process.send_signal(signal.SIGINT)
    text = read_all(terminal)
    assert process.wait(SECONDS) == 130
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("command", "region"),
    [
        ("incidents", ""),
        ("redrive", ""),
        ("incidents", "eu-central-1"),
        ("mute x --for 1h", "eu-central-1"),
        ("redrive", "eu-central-1"),
        ("mail s3://bucket/snapshots/a.json.gz", "eu-central-1"),
    ],
)
def test_missing_settings_of_aws_state_what_to_do(command: str, region: str) -> None:
    """Region or credentials: the error names the variable to set."""
    variables = {n: t for n, t in environment().items() if not n.startswith("AWS_")}
    more = {"AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nowhere"}
    more |= {"AWS_REGION": region} if region else {}
    done = subprocess.run(  # noqa: S603 - our own words
        [PARALLAX, *command.split()],
        env=variables | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert ("set AWS_PROFILE" if region else "set AWS_REGION") in done.stderr
