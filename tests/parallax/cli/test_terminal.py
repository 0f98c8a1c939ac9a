"""Errors in a terminal of 40 columns."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

CODE = """
import contextlib, typer
from parallax.cli.terminal import fail
with contextlib.suppress(typer.Exit):
    fail("/" + "x" * 50 + ": " + "word " * 8 + chr(10) + "second")
"""


def test_an_error_is_wrapped_between_words() -> None:
    """Every problem begins a line; a long path is not broken."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    env = os.environ | {"NO_COLOR": "1"}
    subprocess.run([sys.executable, "-c", CODE], stderr=theirs, env=env, check=True)  # noqa: S603 - our own words
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert shown.replace("\x1b[31m", "").replace("\x1b[0m", "").splitlines() == [
        "parallax:",
        f"  /{'x' * 50}:",
        "  " + " ".join(["word"] * 7),
        "  word",
        "second",
    ]
