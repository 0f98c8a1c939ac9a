"""Secrets in texts for people: errors, settings, reason phrases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.secret_text import LONGEST, REDACTED, quoted, without_secrets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot reach https://u:p@h:1/x", f"cannot reach https://{REDACTED}@h:1/x"),
        ("got 'u:p@h'", f"got '{REDACTED}@h'"),
        ("got 'https://u\\t:p@h/'", f"got 'https://{REDACTED}@h/'"),
        ("(https://u:p\tq@h)", f"(https://{REDACTED}@h)"),
        ("https%3A%2F%2Fu%3Ap%40h", f"https://{REDACTED}@h"),
        ("{'token': 'abc'}", f"{{'token': '{REDACTED}'}}"),
        ("b'HTTP/1.1 2\\r\\nSet-Cookie: a=b; c=d'", None),
        ("it began b'Authorization: Bearer abc'", None),
    ],
)
def test_a_secret_is_replaced_where_it_stands(text: str, shown: str | None) -> None:
    """User information, pairs and credentials; what stands around them stays."""
    found = without_secrets(text)
    assert REDACTED in found
    assert "abc" not in found
    assert "c=d" not in found
    assert shown is None or found == shown


@pytest.mark.parametrize(
    "text",
    [
        "No such option: --nope",
        "Usage: parallax probe [OPTIONS] URL",
        "<title>503</title><code>503</code>",
        "&quot;a&quot;:&quot;b&quot;",
        "closed inside the headers; it began b'SSH-2.0-OpenSSH_9.2p1\\r\\n'",
        "certificate verify failed: unable to get local issuer certificate",
        "https://a.example:8443/x@y",
        "Service Temporarily Unavailable",
        "50% of 10",
        "risk-management-platform, global-accelerator-1",
        "registry.example/app:v1.2@sha256:0123456789abcdef",
        "api.v1.local.example",
        "0123456789abcdef" * 4,
    ],
)
def test_an_ordinary_text_stays(text: str) -> None:
    """The text of an error does not change."""
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    "token",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "ghp_0123456789abcdef",
        "github_pat_11ABC_def",
        "glpat-0123456789",
        "xoxb-1-2-abc",
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "sk_live_0123456789",
        "AIzaSyA0123456789abcdef",
        "hvs.0123456789",
        "aB3" * 21 + "x",
        "-----BEGIN EC PRIVATE KEY-----\nMHc=",
    ],
)
def test_a_well_known_token_is_found_anywhere(token: str) -> None:
    """By its shape alone, between other words."""
    assert without_secrets(f"got {token}") == f"got {REDACTED}"
    assert token not in without_secrets(f"(x={token}) y")


@pytest.mark.parametrize("secret", ["s3cret", "s3:c=ret", "s3cret, t=s3cret"])
@pytest.mark.parametrize("word", ["token", "X-SID", "db_password"])
@pytest.mark.parametrize(
    "shape",
    [
        r"{{\u0022a\u0022:1,\u0022{word}\u0022:\u0022{secret}\u0022}}",
        r"\\u0022{word}\\u0022 : \\u0022{secret}\\u0022",
        "{{&quot;{word}&quot;:&quot;{secret}&quot;}}",
        "&#34;{word}&#34;=&#34;{secret}&#34;",
        "&#x22;{word}&#x22;:&#x22;{secret}&#x22;",
        "&amp;quot;{word}&amp;quot;:&amp;quot;{secret}&amp;quot;",
        "<a>1</a><{word}>{secret}</{word}>",
        '<{word} type="a">{secret}</{word}>',
        "<{word}><![CDATA[{secret}]]></{word}>",
        "&lt;{word}&gt;{secret}&lt;/{word}&gt;",
        r"\u003c{word}\u003e{secret}\u003c/{word}\u003e",
    ],
)
def test_a_pair_is_found_as_json_html_and_xml_write_it(
    shape: str, word: str, secret: str
) -> None:
    """By its name; of a value with several parts nothing stays either."""
    shown = without_secrets(f"got {shape.format(word=word, secret=secret)} there")
    assert shown.startswith("got ")
    assert word in shown
    assert REDACTED in shown
    assert "s3" not in shown
    assert "ret" not in shown
    assert without_secrets(shown) == shown


@given(st.text())
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    """Cleaning twice changes nothing more."""
    clean = without_secrets(text)
    assert without_secrets(clean) == clean


def test_a_wrong_value_is_shown_short_and_without_secrets() -> None:
    """Text in quotes; of a list or mapping only what it is."""
    assert quoted("https://u:p@h/") == f"'https://{REDACTED}@h/'"
    assert quoted({"a": "b"}) == "a dict"
    assert quoted(600) == "600"
    assert quoted("a\x9bb") == r"'a\x9bb'"
    assert len(quoted("x" * 1000)) == LONGEST + 2
