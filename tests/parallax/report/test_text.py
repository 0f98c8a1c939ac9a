"""A mail's text becomes sections; no line of it is lost."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.notify.mail import render
from parallax.report.text import (
    PRESENT,
    REFERENCE,
    SIGNATURE,
    Block,
    blocks,
    heading,
    section,
)
from tests.parallax.open_group import ALERT, ENDED

TEXT = """Users get 503.
Since noon.

WHY
- one
- two

RULED OUT: firewall; pods.

NOT DETERMINED, and what is missing: dns: no resolver responded.

RESPONSE (12:00:00 UTC) 503 Service Unavailable
<html>

DNS resolvers disagree.

--\x20
judged
"""


def test_titles_are_recognized() -> None:
    """A title stands alone, or before a colon, two spaces or a parenthesis."""
    assert blocks(TEXT) == (
        Block("", ("Users get 503.", "Since noon.")),
        Block("WHY", ("- one", "- two")),
        Block("RULED OUT", ("firewall; pods.",)),
        Block("NOT DETERMINED, and what is missing", ("dns: no resolver responded.",)),
        Block("RESPONSE (12:00:00 UTC)", ("503 Service Unavailable", "<html>")),
        Block("", ("DNS resolvers disagree.",)),
        Block(REFERENCE, ("judged",)),
    )


def test_commands_and_lists_have_their_own_elements() -> None:
    """A command can be copied; other lines are paragraphs."""
    made = section(
        Block("THEN", ("text", "kubectl get pods", "- a", "- b")), {"kubectl get pods"}
    )
    html = ET.tostring(made, encoding="unicode", method="html")
    assert html == (
        '<section><h2>Then</h2><p>text</p><div class="run">'
        '<pre class="command" data-copy="Copy command" data-name="Copy command">'
        "kubectl get pods</pre></div>"
        "<ul><li>a</li><li>b</li></ul></section>"
    )


@pytest.mark.parametrize("alert", [ALERT, ENDED])
def test_no_line_of_a_mail_is_lost(alert: object) -> None:
    """Each word of it is in a block."""
    body = render(alert).body  # pyright: ignore[reportArgumentType] - an alert
    lines = [line.strip() for line in body.splitlines() if not _is_left_out(line)]
    shown = {w for b in blocks(body) for w in " ".join((b.title, *b.lines)).split()}
    words = [
        w for line in lines for w in line.split() if not {w, w.rstrip(":")} & shown
    ]
    assert words == []


def _is_left_out(line: str) -> bool:
    """Say whether the page states this itself, or it only separates."""
    return line.startswith((SIGNATURE, *PRESENT))


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Without an exception."""
    for block in blocks(text):
        section(block, ())


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("CAUSE (LB-1, established)", "Cause (LB-1, established)"),
        ("STILL POSSIBLE", "Still possible"),
        ("ALSO TRUE, as a consequence", "Also true, as a consequence"),
        ("Earlier evidence of X", "Earlier evidence of X"),
    ],
)
def test_capitals_are_for_plain_text_only(title: str, shown: str) -> None:
    """A name in a title keeps its letters."""
    assert heading(title) == shown
