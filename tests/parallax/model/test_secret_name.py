"""Names of credentials in every usual spelling, and names that only look like them."""

import pytest

from parallax.model.secret_name import is_secret


@pytest.mark.parametrize(
    "name",
    [
        "token",
        "ACCESS_TOKEN",
        "idToken",
        "JWTs",
        "user[password]",
        "X-CSRF-Anything",
        "sid",
        "xsid",
        "Pwd",
        "userpwd",
        "x.sig",
        "APIKey",
        "apikeys",
        "privateKey",
        "totp",
        "authorization",
        "OAuth",
        "refresh",
        "code",
        "X-Key",
        "keys",
        "pw",
        "SAMLRequest",
        "X-2FA",
        "X-Macaroon",
        "x-biscuit",
        "X-Paseto",
        "X-Magic-Link",
        "magicLink",
        "X-S-ID",
        "s_id",
    ],
)
def test_a_credentials_name_is_secret(name: str) -> None:
    """Hyphens, underscores, dots, capitals, and words that run together."""
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "keep-alive",
        "Surrogate-Key",
        "X-Cache-Key",
        "xkey",
        "Access-Control-Allow-Origin",
        "author",
        "Authority",
        "inside",
        "spinning",
        "signal",
        "bypass",
        "status_code",
        "errorCode",
        "Country-Code",
        "X-Request-ID",
        "request_id",
        "X-DNS-ID",
        "s-ideal",
        "a12fa",
    ],
)
def test_a_harmless_name_is_not(name: str) -> None:
    """Short words count only as whole words, and some only alone."""
    assert not is_secret(name)


def test_a_code_that_is_a_status_is_no_secret() -> None:
    """An ingress's custom error page carries the status as `X-Code`."""
    assert not is_secret("X-Code", "503")
    assert is_secret("X-Code", "503123")
