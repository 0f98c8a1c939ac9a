"""Traefik's rules: yes, no or unknown."""

import pytest

from parallax_agent.route.kinds.traefik_rule import match


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("Host(`shop.example`)", True),
        ('Host("shop.example")', True),
        ("Host(`a.example`, `shop.example`)", True),
        ("Host(`other.example`)", False),
        ("Host(`shop.example`) && PathPrefix(`/cart`)", True),
        ("Host(`shop.example`) && PathPrefix(`/api`)", False),
        ("Host(`shop.example`) && !PathPrefix(`/cart`)", False),
        ("Host(`a.example`) || Host(`shop.example`)", True),
        ("(Host(`a.example`) || Host(`shop.example`)) && Path(`/cart`)", True),
        ("Host(`shop.example`) && Headers(`X-A`, `b`)", None),
        ("HostRegexp(`^.+\\.example$`)", None),
        ("Host(`other.example`) && Headers(`X-A`, `b`)", False),
        ("Method(`GET`) && PathPrefix(`/`)", True),
        ("Host(`shop.example`", None),
        ("", None),
        ("&& Host(`shop.example`)", None),
    ],
)
def test_a_rule_is_evaluated_as_far_as_it_is_known(
    rule: str, *, answer: bool | None
) -> None:
    """What is not evaluated is unknown, and decides nothing."""
    assert match(rule, "shop.example", "/cart").answer is answer


def test_a_long_rule_is_unknown() -> None:
    """Whoever can write an IngressRoute could write one that takes long."""
    rule = " || ".join(["Host(`a.example`)"] * 100)
    assert match(rule, "shop.example", "/").answer is None
    assert match("(" * 50 + "Host(`a`)", "shop.example", "/").answer is None


def test_a_rule_may_name_the_host_and_stay_unknown() -> None:
    """The host is named, so that the route is a candidate."""
    found = match("Host(`shop.example`) && ClientIP(`10.0.0.0/8`)", "shop.example", "/")
    assert (found.answer, found.names_host) == (None, True)
