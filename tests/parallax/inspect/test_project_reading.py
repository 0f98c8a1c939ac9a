"""The certificates that a balancer's services show, read where there are any."""

from datetime import UTC, datetime

from parallax.inspect import connect, read_balancers
from parallax.model.balancer import LoadBalancer
from tests.parallax.inspect.api import (
    BALANCER,
    FRONT,
    NOW,
    TOKEN,
    Api,
    error,
)


def balancer(api: Api) -> LoadBalancer:
    """Read the one balancer."""
    (reading,) = read_balancers(connect(TOKEN, api.url), (FRONT,), NOW)
    assert reading.load_balancer is not None
    return reading.load_balancer


def test_the_certificate_s_expiry_is_read(api: Api) -> None:
    """With its name, its hosts and whether Hetzner renews it."""
    certificates = balancer(api).certificates
    assert certificates is not None
    (found,) = certificates
    assert (found.name, found.type) == ("front", "managed")
    assert found.not_valid_after == datetime(2025, 11, 30, tzinfo=UTC)
    assert found.domain_names == ("front.example",)


def test_a_balancer_without_https_shows_none(api: Api) -> None:
    """And no call is made for it."""
    plain = {key: v for key, v in BALANCER["services"][0].items() if key != "http"}
    api.balancers = [[BALANCER | {"services": [plain | {"protocol": "tcp"}]}]]
    assert balancer(api).certificates == ()
    assert not any("certificates" in path for path in api.paths)


def test_certificates_that_cannot_be_read_are_not_known(api: Api) -> None:
    """A token without that right, or a page without them, costs only them."""
    api.certificates = [[]]
    assert balancer(api).certificates is None
    api.broken["certificates/1"] = error(403, "forbidden")()
    assert balancer(api).certificates is None


def test_a_page_that_leads_back_ends_the_list(api: Api) -> None:
    """Garbage in the page count does not cause an endless loop."""
    body = b'{"servers": [], "meta": {"pagination": {"page": 1, "per_page": 50,'
    api.broken["servers/1"] = (200, {}, body + b' "next_page": 1}}}')
    assert balancer(api).name == "lb-prod"
    assert sum("/servers" in path for path in api.paths) == 1


def test_a_refusal_ends_the_reading(api: Api) -> None:
    """After a 429 for the servers the certificates are not requested."""
    api.broken["servers/1"] = error(429, "rate_limit_exceeded")()
    found = balancer(api)
    assert (found.name, found.certificates) == ("lb-prod", None)
    assert len(api.paths) == 2
