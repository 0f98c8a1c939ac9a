"""A mail has its link, and is sent without one if the key cannot be read."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from parallax.links.address import Addresses, open_addresses
from parallax.links.key import LinkKey
from parallax.links.signature import Link, Signer
from parallax.settings import Settings
from tests.conftest import Cloud
from tests.parallax.open_group import ALERT, GROUP_ID

URL = "https://abc.lambda-url.eu-central-1.on.aws"


def test_the_address_is_that_of_the_group_s_page(cloud: Cloud) -> None:
    """The stack's own key verifies it; a repeated mail has the same one."""
    key = LinkKey(cloud.incidents)
    address = Addresses(key, URL).of(ALERT)
    assert address is not None
    assert address.startswith(f"{URL}/i/{GROUP_ID}?")
    assert Addresses(LinkKey(cloud.incidents), URL).of(ALERT) == address
    fields = parse_qs(urlsplit(address).query)
    link = Link(group=GROUP_ID, expiry=fields["e"][0], signature=fields["s"][0])
    signer = Signer(stack=cloud.incidents, key=key.read_or_create())
    assert signer.verify(link, ALERT.at) is None
    assert signer.verify(link, datetime(2030, 1, 1, tzinfo=UTC)) is not None


def test_without_the_table_a_mail_has_no_link(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    """A mail without a link is better than none; the log has the reason."""
    assert cloud.incidents
    assert Addresses(LinkKey("no-such-table"), URL).of(ALERT) is None
    assert caplog.messages == ["link was left out"]


def test_without_a_function_url_there_are_no_addresses() -> None:
    """As with the stack parameter `AlertLinks=false`."""
    assert open_addresses(Settings(incidents_table="t")) is None
    assert open_addresses(Settings(incidents_table="t", report_url=URL)) is not None
