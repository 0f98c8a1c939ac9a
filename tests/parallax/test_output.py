"""A standard stream in any state takes every text."""

import os
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from parallax.output import Output, complain


def test_a_text_goes_through() -> None:
    """As it is, when it is flushed."""
    raw = BytesIO()
    output = Output(TextIOWrapper(raw, encoding="utf-8"))
    assert output.write("\N{CHECK MARK}\n") == 2
    output.flush()
    assert raw.getvalue().decode() == "\N{CHECK MARK}\n"
    assert (output.problem, output.narrow) == (None, False)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_cannot_be_encoded_is_replaced(encoding: str) -> None:
    """Character by character; JSON first checks whether any would be lost."""
    raw = BytesIO()
    output = Output(TextIOWrapper(raw, encoding=encoding))
    output.write("a\N{CHECK MARK}b")
    output.flush()
    assert raw.getvalue() == b"a?b"
    assert output.narrow


def test_a_closed_stream_takes_everything() -> None:
    """Python has None in its place."""
    output = Output(None)
    output.write("x")
    output.flush()
    assert (output.problem, output.narrow, output.isatty()) == (None, False, False)


def test_a_reader_that_went_away_is_no_problem() -> None:
    """What is written after that is dropped."""
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "w") as stream:
        output = Output(stream)
        output.write("x")
        output.flush()
        output.write("y")
        output.flush()
    assert output.problem is None


def test_a_full_disk_is_a_problem() -> None:
    """The problem has the system's text, and closing the stream does not raise."""
    with Path("/dev/full").open("w") as stream:
        output = Output(stream)
        output.write("x")
        output.flush()
    assert output.problem == "No space left on device"


def test_a_complaint_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard error may be closed or full."""
    monkeypatch.setattr(sys, "stderr", None)
    complain("x")
    with Path("/dev/full").open("w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        complain("x")
