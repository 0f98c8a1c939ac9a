"""No header keeps a secret, and whatever distinguishes servers stays."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.probe import redact as module
from parallax.probe.redact import LONGEST, REDACTED, redact
from parallax.writers.apps import NAMED, PLAIN
from parallax.writers.attribution import FAMILIES, attribute
from tests.parallax.writers.test_captures import HTTP, answer

SECRET = st.text("abcdefghijk0123456789", min_size=12, max_size=30)


def redacted(name: str, value: str) -> str:
    """Return what is kept of one header's value."""
    ((kept, shown),) = redact([(name, value)])
    assert kept == name
    return shown


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
        "X-Jwt",
        "X-CSRF-Guard",
        "XSRF",
        "X-Passwd",
        "x_pwd",
        "X-Pass",
        "X-Passphrase",
        "X-Bearer",
        "X-SID",
        "XSID",
        "phpSessId",
        "X-Signature",
        "X-Hub-Signature-256",
        "X-Sig",
        "X-HMAC",
        "X-OTP",
        "X-TOTP",
        "X-Pin",
        "X-Nonce",
        "X-Ticket",
        "SAMLResponse",
        "X-Assertion",
        "X-Cred",
        "X-ApiKey",
        "XApiKey",
        "X-Access",
        "X-Verification-Code",
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
    assert redacted("Set-Cookie", f"eyJ{secret}.a=b") == REDACTED


@pytest.mark.parametrize(
    "name", ["X-Request-ID", "Server", "Via", "X-Cache", "Age", "X-Served-By"]
)
def test_headers_that_distinguish_servers_stay(name: str) -> None:
    """Request ids and the marks of servers and caches are not secret."""
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


NAMES = st.sampled_from(
    ["X-Debug", "Server", "Via", "Link", "X-Original-URL", "X-Redirect", "X-Accel-Next"]
)
WORDS = st.sampled_from(
    [
        *(
            "token",
            "SID",
            "user[password]",
            "apiKey",
            "x-csrf",
            "refresh",
            "pin",
            "otp",
        ),
        *("id_token", "auth", "PHPSESSID", "client.secret", "code", "jwt", "sig"),
    ]
)
PAIRS = st.sampled_from(
    [
        "{word}={secret}",
        "a=1; {word}={secret}; b=2",
        "a=1,{word} = {secret}, b=2",
        "a: 1, {word}: {secret}, b: 2",
        "{word}: some {secret}",
        '{word}="a {secret}"',
        "{word}='a {secret}'",
        '{{"a":1,"{word}":"{secret}","b":2}}',
        '{{"a":{{"{word}" : "a \\" {secret}"}}}}',
        '{{\\"a\\":1,\\"{word}\\":\\"{secret}\\"}}',
        'details="{word}={secret}"',
        "/path;{word}={secret}",
        "{word} => {secret}",
    ]
)
SHAPES = st.sampled_from(
    [
        "https://a.test/x?a={secret}",
        "https://a.test/x?a=1&b={secret}#c",
        "https://a.test/x#{secret}",
        "//a.test/x?{secret}",
        "/x/y?{secret}",
        "x/y?{secret}",
        "page?a={secret}",
        "https://u:{secret}@a.test/",
        "https://{secret}@a.test/",
        "HTTPS://u:p@{secret}@a.test/",
        "https://u:p/{secret}@a.test/",
        "https://u:p?{secret}@a.test/",
        "https:u:{secret}@a.test/",
        "https:\\\\u:{secret}@a.test/",
        "https://u:{secret}@[2001:db8::1]:8443/",
        "u:{secret}@a.test",
        '<https://a.test/x?a={secret}>; rel="next"',
        "<https://a.test/x?a={secret}",
        "</x?a=1>; rel=prev, </x?a= {secret}>; rel=next",
        "1; url=/x?a={secret}",
        "Bearer {secret}",
        "bEARER  {secret}",
        "Basic {secret}==",
        'Digest username="u", response="{secret}"',
        "AWS4-HMAC-SHA256 Credential=A/b, Signature={secret}",
        "Cookie: a=1; b={secret}",
        "Authorization: Custom a {secret}",
        "eyJhbGciOi.{secret}.{secret}",
        "eyJ{secret}",
        "ghp_{secret}",
        "github_pat_{secret}",
        "glpat-{secret}",
        "xoxb-1-{secret}",
        "sk_live_{secret}",
        "AIzaSy012345{secret}",
        "hvs.{secret}",
        "-----BEGIN RSA PRIVATE KEY----- {secret}",
        "script-src 'nonce-{secret}'; report-uri /csp",
        '{{"endpoints":[{{"url":"https://a.test/r?s={secret}"}}]}}',
    ]
)


@given(NAMES, SECRET, PAIRS | SHAPES, WORDS)
def test_a_secret_of_a_known_shape_is_in_no_value(
    name: str, secret: str, shape: str, word: str
) -> None:
    """As it is, after ordinary words, and encoded once or twice for a URL."""
    value = shape.format(secret=secret, word=word)
    encoded = quote(value, safe="")
    for given_value in (
        value,
        f"ordinary words {value}",
        f"next={encoded}",
        f"next={quote(encoded, safe='')}",
    ):
        shown = redacted(name, given_value)
        assert secret not in shown
        assert redacted(name, shown) == shown


@given(SECRET)
def test_key_ids_of_aws_are_in_no_value(secret: str) -> None:
    """Theirs are capital letters and digits."""
    assert secret.upper() not in redacted("X-Debug", f"id AKIA{secret.upper()}")


def test_what_is_around_a_secret_keeps_its_structure() -> None:
    """Link's relations, JSON's other values, and the rest of a list stay."""
    assert redacted("Link", '</a?b=c>; rel="next", </d>; rel=prev') == (
        f'</a?{REDACTED}>; rel="next", </d>; rel=prev'
    )
    shown = redacted("X-Debug", '{"a":1,"otp":"x","url":"https://u:p@h/p?q=r"}')
    assert json.loads(shown) == {
        "a": 1,
        "otp": REDACTED,
        "url": f"https://{REDACTED}@h/p?{REDACTED}",
    }
    assert redacted("X-Debug", "a=1; sid=x; b=2") == f"a=1; sid={REDACTED}; b=2"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Access-Control-Allow-Headers", "Authorization, X-Token, Cookie"),
        ("Alt-Svc", 'h3=":443"; ma=86400'),
        ("Cache-Control", 'private="set-cookie", max-age=0, must-revalidate'),
        ("Cache-Status", 'ExampleCache; hit; ttl=30; key="https://a.test/b"'),
        ("Date", "Mon, 23 Nov 2026 21:00:01 GMT"),
        ("ETag", 'W/"5-PinKey=="'),
        ("Keep-Alive", "timeout=5, max=100"),
        ("Permissions-Policy", "publickey-credentials-get=(self), camera=()"),
        ("Proxy-Status", "proxy.example; error=http_request_denied"),
        ("Server-Timing", 'auth;dur=53.2, cache;desc="Cache Read";dur=23.2'),
        ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
        ("Surrogate-Key", "product-1 product-2"),
        ("Vary", "Cookie, Authorization"),
        ("Via", "1.1 varnish (Varnish/7.1), 1.1 cache.example:8080"),
        ("X-Amz-Cf-Id", "aB-PinKey_=="),
        ("X-Author", "Ann"),
        ("X-Error-Code", "NoSuchBucket"),
        ("X-Iinfo", "9-12345-0 0NNN RT(12 3) q(0 -1 -1 -1) r(0 -1) U5"),
        ("X-Message", "the security token included in the request is invalid"),
        ("X-Powered-By", "PHP/8.3.1"),
    ],
)
def test_an_ordinary_header_stays_as_it_is(name: str, value: str) -> None:
    """Names of secrets may stand in lists, policies and timings."""
    assert redacted(name, value) == value


def test_headers_that_identify_writers_keep_their_values() -> None:
    """The value of every header that a mark matches stays."""
    marks = [m for family in (*FAMILIES, NAMED, PLAIN) for m in family.marks]
    names = {name for mark in marks for name, _ in (*mark.headers, *mark.without)}
    assert len(names) > 15
    for name in names - {"set-cookie", "www-authenticate"}:
        assert redacted(name, "503") == "503"


@pytest.mark.parametrize("entry", HTTP, ids=lambda entry: entry["file"])
def test_a_recorded_answer_keeps_its_headers_and_its_writer(
    entry: dict[str, str],
) -> None:
    """All but the values of cookies stay byte for byte."""
    found = answer(entry)
    assert found
    headers = redact(found["headers"])
    for kept, sent in zip(headers, found["headers"], strict=True):
        assert kept == sent or sent[0].lower() == "set-cookie"
    kept_answer: dict[str, Any] = found | {"headers": headers}
    assert attribute(**found) == attribute(**kept_answer)


FILLINGS = [
    *("a=", "a:", "a ", "a[", "a://", "//a:b", "x:x@", "/a?", "?a=", "%3d"),
    *("token=,", "token: a, ", 'token=\\"', "basic ", "eyJaaaaaa."),
    *("\\", '"', "'", "<"),
    *("<a>", "<token>", "<a ", "&lt;a", "&amp;", "token=&quot;", "token:\\u0022a"),
]


@pytest.mark.parametrize("piece", FILLINGS)
def test_a_header_as_long_as_a_head_may_be_shows_no_secret(piece: str) -> None:
    """Whatever fills it."""
    value = piece * (60_000 // len(piece))
    assert "tail123" not in redacted("X-Debug", f"{value}\" ' ;sid=tail123")


def test_of_a_long_value_the_beginning_is_read_and_kept() -> None:
    """An ellipsis shows that it was longer; a redirect keeps its path."""
    shown = redacted("X-Debug", "ab " * 20_000)
    assert shown.startswith("ab ab ")
    assert shown.endswith("…")
    assert len(shown) < LONGEST
    assert redacted("X-Debug", "a" * LONGEST) == "a" * LONGEST
    address = "https://a.test/login?"
    assert redacted("Location", address + "a" * 60_000) == f"{address}{REDACTED}"


@settings(deadline=None)
@given(st.integers(0, 200), st.sampled_from([0, 1, 3]))
def test_a_secret_that_the_cut_divides_is_not_shown(before: int, depth: int) -> None:
    """User information ends in an `@`, which the cut may remove."""
    url = "https://user:" + "s3cret" * 30 + "@a.test/"
    for _ in range(depth):
        url = quote(url, safe="")
    value = "a " * (LONGEST // 2 - before) + url + " b" * 20_000
    assert "s3cret" not in redacted("X-Debug", value)


def test_a_header_of_every_minute_is_redacted_once_and_cookies_are_not_kept() -> None:
    """A cookie is new in each response, and its value is secret."""
    module._remembered.cache_clear()
    cookie, server = ("Set-Cookie", "route=1a2b3c; Path=/"), ("Server", "nginx/1.29")
    shown = [redact([cookie, server]) for _ in range(3)]
    assert shown == [((cookie[0], f"route={REDACTED}"), server)] * 3
    found = module._remembered.cache_info()
    assert (found.misses, found.hits) == (1, 2)


@given(st.text(max_size=400), st.text(max_size=400))
def test_a_remembered_value_is_the_redacted_one(name: str, value: str) -> None:
    """Also where name and value are as long as what is remembered."""
    expected = module._value(name, value)
    assert redact([(name, value)] * 2) == ((name, expected),) * 2
