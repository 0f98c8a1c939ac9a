"""A login is sent only where it is safe, and never comes back into an observation."""

import json
from base64 import b64encode
from html import escape
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parallax.model.secret_text import REDACTED
from parallax.model.target import Login, LoginKind
from parallax.probe.credential import SHORTEST, credential

SECRET = "canary-user:cAnAry pass/word+=&<1"
PRINTABLE = st.text(
    st.characters(min_codepoint=33, max_codepoint=126), min_size=SHORTEST, max_size=40
)


def login(kind: str, **more: object) -> Login:
    """Return a login of this kind."""
    return Login(kind=LoginKind(kind), secret="key", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "header"),
    [
        (
            login("basic"),
            ("Authorization", f"Basic {b64encode(SECRET.encode()).decode()}"),
        ),
        (login("bearer"), ("Authorization", f"Bearer {SECRET}")),
        (login("header", header="X-Api-Key"), ("X-Api-Key", SECRET)),
    ],
)
def test_each_kind_has_its_header(of: Login, header: tuple[str, str]) -> None:
    """Basic, bearer, and a header of the target's own."""
    assert credential(of, SECRET).header("https", verified=True) == header


def test_a_login_needs_verified_tls() -> None:
    """Anybody on the way could read it otherwise; the file may allow that."""
    one = credential(login("bearer"), SECRET)
    assert one.header("http", verified=True) is None
    assert one.header("https", verified=False) is None
    plain = credential(login("bearer", allow_http=True), SECRET)
    assert plain.header("http", verified=True) is not None


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        ("bearer", "short"),
        ("bearer", "two\r\nInjected: yes"),
        ("bearer", "pässword-long"),
        ("basic", "no-colon-at-all"),
        ("basic", ":password-only"),
    ],
)
def test_a_secret_that_cannot_be_sent_is_refused_and_not_shown(
    kind: str, secret: str
) -> None:
    """No error has the secret, and no header has a line break."""
    with pytest.raises(ValueError, match="expected a secret") as caught:
        credential(login(kind), secret)
    assert secret not in str(caught.value)


SPELLINGS = [
    SECRET,
    b64encode(SECRET.encode()).decode(),
    quote(SECRET, safe=""),
    json.dumps(SECRET)[1:-1],
    escape(SECRET),
    SECRET.partition(":")[2],
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_repeated_login_is_removed(spelling: str) -> None:
    """In each spelling that a server may use."""
    one = credential(login("basic"), SECRET)
    assert one.removed_from(f"you sent {spelling}!") == "you sent [redacted]!"


@given(PRINTABLE, st.integers(0, 60), st.text(max_size=20))
def test_a_cut_body_has_no_begin_of_a_secret(
    secret: str, end: int, before: str
) -> None:
    """Where the body was cut inside of the secret, at most three characters remain."""
    assume(secret not in REDACTED)
    one = credential(login("bearer"), secret)
    shown = one.removed_from((before + secret)[: len(before) + end])
    assert secret not in shown
    if 3 < end < len(secret):
        assert shown.endswith(REDACTED)


def test_its_repr_has_no_secret() -> None:
    """A request is shown in an error or a log line."""
    assert "cAnAry" not in repr(credential(login("basic"), SECRET))
