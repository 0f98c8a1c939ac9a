"""Specification of registered domains: `parallax.story.domain`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.story.domain import registered_domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("shop.example", "shop.example"),
        ("api.shop.example", "shop.example"),
        ("a.b.API.shop.example", "shop.example"),
        ("blog.co.uk", "blog.co.uk"),
        ("www.blog.co.uk", "blog.co.uk"),
        ("www.blog.com.au", "blog.com.au"),
        ("www.dm.de", "dm.de"),
        ("web.de", "web.de"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("", ""),
        ("203.0.113.7", None),
        ("2001:db8::1", None),
    ],
)
def test_the_domain_is_what_somebody_registered(host: str, domain: str | None) -> None:
    """Below a country's second-level label it has three labels, else two."""
    assert registered_domain(host) == domain


@given(st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=1, max_size=6))
def test_a_domain_is_its_own_domain(labels: list[str]) -> None:
    """And it ends the host's name, so that no name has two of them."""
    host = ".".join(labels)
    domain = registered_domain(host)
    assert domain
    assert host == domain or host.endswith(f".{domain}")
    assert registered_domain(domain) == domain
    assert registered_domain(f"deeper.{host}") in {domain, f"deeper.{host}", host}
