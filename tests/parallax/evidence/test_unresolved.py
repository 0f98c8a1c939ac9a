"""Specification of the name servers' answers: `parallax.evidence.unresolved`."""

import pytest

from parallax.evidence.unresolved import shown
from parallax.model.probe import Resolution


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("nxdomain", "1 of 1 resolvers respond nxdomain"),
        ("timeout", "1 of 1 resolvers do not respond (timeout)"),
        ("unreachable", "1 of 1 resolvers cannot be reached"),
    ],
)
def test_only_a_response_is_called_one(error: str, text: str) -> None:
    """A name server that nobody reaches does not respond `unreachable`."""
    one = Resolution(resolver="192.0.2.1", error_type=error)
    assert shown((one,), "resolvers") == text
