"""Lines in a terminal of 40 columns, and in a pipe."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

CODE = """
from rich.text import Text
from parallax.cli.page import Line, show
show([
    Line(Text("  ? pod  " + "word " * 12), 9),
    Line(Text("kubectl " + "x" * 50), None),
    Line(Text()),
    Line(Text("  name"), 6),
])
"""


def printed(columns: int | None) -> list[str]:
    """Return the lines as printed into a terminal, or into a pipe."""
    python = [sys.executable, "-c", CODE]
    plain = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "NO_COLOR"}}
    if columns is None:
        out = subprocess.run(python, stdout=subprocess.PIPE, env=plain, check=True)  # noqa: S603 - our own words
        return out.stdout.decode().splitlines()
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = plain | {"TERM": "xterm"}
    subprocess.run(python, stdin=theirs, stdout=theirs, env=env, check=True)  # noqa: S603 - our own words
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    return shown.splitlines()


def test_a_terminal_gets_lines_wrapped_between_words() -> None:
    """The rest is indented below the start; a command stays one line."""
    assert [line.rstrip() for line in printed(40)] == [
        "  ? pod  " + " ".join(["word"] * 6),
        "         " + " ".join(["word"] * 6),
        "kubectl " + "x" * 50,
        "",
        "  name",
    ]


def test_a_pipe_gets_whole_lines() -> None:
    """What searches the output finds whole sentences."""
    first, command, *_ = printed(None)
    assert first.rstrip() == "  ? pod  " + " ".join(["word"] * 12)
    assert command == "kubectl " + "x" * 50
