"""Curl: a request whose result has one meaning, wherever it is read."""

from dataclasses import replace

import pytest

from parallax.causes.curl import accepted, healthy, on_node, status_of
from parallax.model.target import Healthy
from tests.parallax import scenarios as s


def test_a_request_prints_a_status_or_an_error() -> None:
    """It has limits, and a node's prints the machine's name first."""
    assert on_node(status_of("http://10.0.0.1/", "-k")) == (
        "hostname; curl -sS --connect-timeout 5 -m 20 -k -o /dev/null"
        " -w '%{http_code}\\n' http://10.0.0.1/"
    )


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        ((200,), "200"),
        ((200, 204), "200 or 204"),
        (tuple(range(200, 300)), "200 or another status of the target's rule"),
    ],
)
def test_a_healthy_status_is_stated(codes: tuple[int, ...], text: str) -> None:
    """As the target's rule has it; a whole class is not listed."""
    assert healthy(replace(s.TARGET, healthy=Healthy(status_codes=codes))) == text


def test_a_health_checks_statuses_are_stated() -> None:
    """With Hetzner's wildcard; nothing if they were not read."""
    assert accepted(("2??", "3??")) == (
        "The health check accepts 2??, 3?? (`?`: any digit)."
    )
    assert accepted(()) == ""
