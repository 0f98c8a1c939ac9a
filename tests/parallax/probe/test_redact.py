"""Secrets leave no header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.probe.redact import REDACTED, redact

SECRET = st.text("abcdefghijk0123456789", min_size=12, max_size=30)


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "COOKIE",
        "proxy-authorization",
        "WWW-Authenticate",
        "X-Vault-Token",
        "X-Client-Secret",
        "Mcp-Session-Id",
        "X-Goog-Api-Key",
        "X-Password-Hint",
        "X-AWS-Credentials",
        "X-Amz-Security-Token",
    ],
)
def test_secret_headers_keep_only_their_name(name: str) -> None:
    """Name, case and place stay, the value goes."""
    assert redact([("A", "b"), (name, "Bearer s")]) == (("A", "b"), (name, REDACTED))


@given(SECRET, st.sampled_from(["", "; Path=/", "; HttpOnly; Secure"]))
def test_a_cookie_keeps_its_name(secret: str, attributes: str) -> None:
    """A sticky cookie's name is a clue, its value is not ours."""
    ((_, value),) = redact([("set-COOKIE", f"SRV={secret}{attributes}")])
    assert value == f"SRV={REDACTED}"


@given(SECRET)
def test_a_cookie_without_a_name_is_gone(secret: str) -> None:
    """A malformed cookie may be all secret."""
    assert redact([("Set-Cookie", secret)]) == (("Set-Cookie", REDACTED),)
    assert redact([("Set-Cookie", f"{secret}; a=b")]) == (("Set-Cookie", REDACTED),)


@pytest.mark.parametrize(
    "name", ["X-Request-ID", "Server", "Via", "X-Cache", "Age", "X-Served-By"]
)
def test_what_tells_servers_apart_stays(name: str) -> None:
    """Request ids and the marks of servers and caches are no secrets."""
    assert redact([(name, "a?b")]) == ((name, "a?b"),)


@given(SECRET, st.sampled_from(["Location", "content-location", "Refresh"]))
def test_a_redirect_keeps_its_path(secret: str, name: str) -> None:
    """Query, fragment and user information go; where it leads stays."""
    start = "5; url=" if name == "Refresh" else ""
    for end in (f"?code={secret}", f"#token={secret}", f"?a=b#{secret}?{secret}"):
        ((_, value),) = redact([(name, f"{start}https://a.test/login{end}")])
        assert value == f"{start}https://a.test/login{end[0]}{REDACTED}"
    ((_, value),) = redact([(name, f"{start}https://u:{secret}@a.test/b")])
    assert value == f"{start}https://{REDACTED}@a.test/b"
    ((_, value),) = redact([(name, f"{start}/login")])
    assert value == f"{start}/login"
