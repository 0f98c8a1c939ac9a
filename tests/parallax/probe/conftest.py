"""Certificates for the tests of the probe."""

import pytest

from parallax.probe import tls
from tests.parallax.probe.servers import Authority, issue


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return a certificate for localhost and 127.0.0.1 that the probe trusts."""
    path = tmp_path_factory.mktemp("trusted") / "server.pem"
    authority = issue(path, "localhost", "127.0.0.1")
    tls.VERIFIED.load_verify_locations(authority.path)
    return authority


@pytest.fixture(scope="session")
def expired(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return a certificate that ended yesterday."""
    return issue(tmp_path_factory.mktemp("expired") / "s.pem", "localhost", days=-1)
