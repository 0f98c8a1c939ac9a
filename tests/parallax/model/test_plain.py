"""Plain: untrusted text can be displayed and queued, and data is not lost."""

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.plain import REPLACEMENT, json_text, plain, plain_line

SQS = re.compile("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
"""Amazon SQS, SendMessage: the characters that a message may contain."""
ANY = st.text(st.characters(exclude_categories=()))
"""Any code points, also noncharacters and half surrogates."""
ORDERS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    "unsafe",
    [
        "\x1b",
        "\x9b",
        "\x7f",
        "\u202e",
        "\u2066",
        "\u200f",
        "\u2028",
        "\u180e",
        "\U0001bca0",
        "\U0001d173",
        "\ufffe",
        "\ud800",
    ],
    ids=ascii,
)
def test_a_control_character_is_replaced(unsafe: str) -> None:
    """Escape, CSI, delete, bidirectional marks, separators, noncharacters."""
    assert plain(f"a{unsafe}b") == f"a{REPLACEMENT}b"


@pytest.mark.parametrize(
    "text",
    [
        "узел-1",
        "节点",
        "\u0639\u0642\u062f\u0629",
        "नोड",
        "\u0645\u06cc\u200c\u0631\u0648\u0645",
        "👩\u200d💻",
        "a\tb\nc",
    ],
)
def test_text_of_every_script_stays(text: str) -> None:
    """Letters, marks and the joiners that some scripts need are not touched."""
    assert plain(text) == text


def test_a_line_stays_a_line() -> None:
    """A newline in a name cannot begin a line of its own."""
    assert plain_line("a\nb\tc") == f"a{REPLACEMENT}b{REPLACEMENT}c"


@given(ANY)
def test_plain_text_controls_nothing_and_keeps_its_length(text: str) -> None:
    """No control but tab and newline is left, no order of writing is changed."""
    shown = plain(text)
    assert len(shown) == len(text)
    for character in shown:
        assert unicodedata.category(character) != "Cc" or character in "\t\n"
        assert unicodedata.bidirectional(character) not in ORDERS
    shown.encode()


@given(ANY)
def test_json_text_goes_through_sqs_and_comes_back(text: str) -> None:
    """SQS accepts every character, and a reader gets the original text."""
    written = json_text({"text": text})
    assert SQS.fullmatch(written)
    assert plain_line(written) == written
    assert json.loads(written) == json.loads(json.dumps({"text": text}))
