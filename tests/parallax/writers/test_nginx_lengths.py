"""Specification of nginx's page by its length: `parallax.writers.nginx_lengths`."""

import pytest

from parallax.writers import attribute
from parallax.writers.nginx_lengths import TITLES

BARE = {404: 146, 502: 150, 503: 190, 504: 160}
"""Lengths of ingress-nginx's pages, as captured."""
DATE = ("Date", "Thu, 01 Jan 2026 12:00:00 GMT")


def writer(
    status_code: int, length: int, server: str | None, *more: tuple[str, str]
) -> str:
    """Return the writer of a response without its page."""
    named = [("Server", server)] if server else []
    headers = [
        *named,
        DATE,
        ("Content-Type", "text/html"),
        ("Content-Length", str(length)),
        ("Connection", "keep-alive"),
        *more,
    ]
    return attribute(
        status_code=status_code, reason="Any", headers=headers, body=""
    ).writer


@pytest.mark.parametrize(("status_code", "length"), BARE.items())
def test_the_captured_lengths_are_those_of_ingress_nginx(
    status_code: int, length: int
) -> None:
    """Whatever the reason phrase is."""
    assert writer(status_code, length, None) == "ingress-nginx"
    assert writer(status_code, length, "nginx") == "nginx"


@pytest.mark.parametrize("status_code", TITLES)
@pytest.mark.parametrize("server", ["nginx/1.24.0", "nginx/1.18.0 (Ubuntu)"])
def test_the_footer_has_the_server_s_name(status_code: int, server: str) -> None:
    """Each status and version has its own length; another length is unknown."""
    base = BARE[502] + 2 * (len(TITLES[status_code]) - len(TITLES[502]))
    length = base + len(server) - len("nginx")
    for color in (0, len(' bgcolor="white"')):
        assert writer(status_code, length + color, server) == "nginx"
    assert writer(status_code, length + 1, server) == "unknown"


def test_another_header_may_be_an_upstream_s() -> None:
    """Its own page has none of its own accord."""
    assert writer(502, 157, "nginx/1.24.0", ("X-Request-Id", "1")) == "unknown"
    assert writer(502, 157, "nginx/1.24.0", ("ETag", "1")) == "unknown"
    assert writer(404, 146, None, ("Set-Cookie", "a=b")) == "unknown"
