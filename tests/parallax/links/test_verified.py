"""Verified: a link fits the stack's keys and what it is for, or is refused."""

from datetime import UTC, datetime
from uuid import UUID

from parallax.aws import client
from parallax.links.key import ITEM, LinkKey
from parallax.links.overview import SCOPE
from parallax.links.signature import LIFETIME, SKEW, Link, Refusal, Signer
from parallax.links.verified import verified
from tests.conftest import Cloud

GROUP = str(UUID(int=7))
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def signed(cloud: Cloud) -> Link:
    """Return a link to a group, by the stack's key."""
    key = LinkKey(cloud.incidents).read_or_create()
    return Signer(stack=cloud.incidents, key=key).sign(GROUP, NOW)


def test_a_link_opens_only_what_it_is_for(cloud: Cloud) -> None:
    """The signer comes back with it, to sign further links."""
    link, key = signed(cloud), LinkKey(cloud.incidents)
    signer, refused = verified(key, link, NOW)
    assert refused is None
    assert signer
    assert signer.sign(GROUP, NOW) == link
    assert verified(key, link, NOW, SCOPE)[1] is Refusal.INVALID


def test_an_old_link_has_expired(cloud: Cloud) -> None:
    """Its holder learns that; others learn nothing."""
    link, late = signed(cloud), NOW + LIFETIME + SKEW * 2
    assert verified(LinkKey(cloud.incidents), link, late)[1] is Refusal.EXPIRED


def test_what_has_no_form_of_a_link_reads_no_key() -> None:
    """There is no table here."""
    link = Link(group=GROUP, expiry="", signature="")
    assert verified(LinkKey("no-table"), link, NOW) == (None, Refusal.INVALID)


def test_a_key_of_a_moment_ago_is_read_again(cloud: Cloud) -> None:
    """Without any key a link is refused; a new key fits its own links at once."""
    clock = [0.0]
    key = LinkKey(cloud.incidents, now=lambda: clock[0])
    stale = signed(cloud)
    assert verified(key, stale, NOW)[1] is None
    client("dynamodb").delete_item(TableName=cloud.incidents, Key={"pk": {"S": ITEM}})
    clock[0] += 60
    fresh = signed(cloud)
    assert verified(key, fresh, NOW)[1] is None
    assert verified(key, stale, NOW)[1] is Refusal.INVALID
