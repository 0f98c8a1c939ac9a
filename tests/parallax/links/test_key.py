"""The key is created once, kept for five minutes, and revoked by its deletion."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.stub import Stubber

from parallax import aws
from parallax.links import key as keys
from parallax.links.key import ITEM, LinkKey
from parallax.links.signature import KEY_BYTES, LIFETIME, SKEW
from tests.conftest import Cloud


def delete(cloud: Cloud) -> None:
    """Delete the key's item, as an operator does who revokes all links."""
    cloud.client("dynamodb").delete_item(
        TableName=cloud.incidents, Key={"pk": {"S": ITEM}}
    )


def test_only_who_signs_creates_the_key(cloud: Cloud) -> None:
    """Before, there is none, and no link can be valid."""
    assert LinkKey(cloud.incidents).read() is None
    key = LinkKey(cloud.incidents).read_or_create()
    assert len(key) == KEY_BYTES
    assert LinkKey(cloud.incidents).read() == key
    assert LinkKey(cloud.incidents).read_or_create() == key


def test_several_containers_create_one_key(cloud: Cloud) -> None:
    """All of them sign with the same one."""
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(lambda _: LinkKey(cloud.incidents).read_or_create(), range(8))
        assert len(set(made)) == 1


def test_a_deleted_key_is_used_for_five_minutes_at_most(cloud: Cloud) -> None:
    """Then a new one is created, and earlier links are invalid."""
    clock = [0.0]
    kept = LinkKey(cloud.incidents, lambda: clock[0])
    before = kept.read_or_create()
    delete(cloud)
    clock[0] = keys.CACHE_SECONDS - 1
    assert kept.read() == before
    clock[0] = keys.CACHE_SECONDS
    assert kept.read() is None
    assert kept.read_or_create() not in {before, None}


def test_forged_links_do_not_read_the_table_each_time(cloud: Cloud) -> None:
    """While there is no key, that is read again after some seconds."""
    clock = [0.0]
    kept = LinkKey(cloud.incidents, lambda: clock[0])
    assert kept.read() is None
    key = LinkKey(cloud.incidents).read_or_create()
    assert kept.read() is None
    clock[0] = keys.ABSENT_SECONDS
    assert kept.read() == key


@pytest.mark.parametrize("value", [{"B": b"short"}, {"S": "x" * KEY_BYTES}])
def test_a_damaged_key_signs_nothing(cloud: Cloud, value: dict[str, str]) -> None:
    """It is not replaced silently: whoever damaged it finds it."""
    cloud.client("dynamodb").put_item(
        TableName=cloud.incidents, Item={"pk": {"S": ITEM}, "key": value}
    )
    with pytest.raises(LookupError):
        LinkKey(cloud.incidents).read_or_create()


def test_an_error_of_the_table_is_raised(cloud: Cloud) -> None:
    """The caller decides what happens without a key."""
    dynamodb = aws.client("dynamodb")
    with Stubber(dynamodb) as stub:
        stub.add_client_error("get_item", "InternalServerError")
        with pytest.raises(dynamodb.exceptions.ClientError):
            LinkKey(cloud.incidents).read()


def test_the_key_is_replaced_each_month_and_ends_no_link(cloud: Cloud) -> None:
    """The key before it verifies until its last link has expired."""
    assert keys.ROTATION > LIFETIME + SKEW
    clock = [1_000_000.0]
    kept = LinkKey(cloud.incidents, clock=lambda: clock[0])
    first = kept.read_or_create()
    clock[0] += keys.ROTATION.total_seconds() - 1
    assert kept.read_or_create() == first
    clock[0] += 1
    second = kept.read_or_create()
    assert second != first
    assert kept.keys() == LinkKey(cloud.incidents).keys() == (second, first)
    clock[0] += keys.ROTATION.total_seconds()
    third = kept.read_or_create()
    assert kept.keys() == (third, second)


def test_a_key_of_an_earlier_release_is_replaced_at_its_next_use(cloud: Cloud) -> None:
    """Its age is not known. Links that it signed stay valid."""
    old = b"o" * KEY_BYTES
    item = {"pk": {"S": ITEM}, "kind": {"S": "link-key"}, "key": {"B": old}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=item)
    assert LinkKey(cloud.incidents).read() == old
    new = LinkKey(cloud.incidents).read_or_create()
    assert LinkKey(cloud.incidents).keys() == (new, old)


def test_several_containers_replace_a_key_once(cloud: Cloud) -> None:
    """Else the key before it would be lost, and its links with it."""
    first = LinkKey(cloud.incidents, clock=lambda: 0.0).read_or_create()
    every = [LinkKey(cloud.incidents, clock=lambda: 3e9) for _ in range(6)]
    for one in every:
        assert one.read() == first
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda one: one.read_or_create(), every))
    assert len(made) == 1
    assert LinkKey(cloud.incidents).keys() == (*made, first)


def test_a_deletion_revokes_both_keys(cloud: Cloud) -> None:
    """Nothing of the deleted item remains."""
    LinkKey(cloud.incidents, clock=lambda: 0.0).read_or_create()
    kept = LinkKey(cloud.incidents, clock=lambda: 3e9)
    before = {kept.read_or_create(), *kept.keys()}
    assert len(before) == 2
    delete(cloud)
    new = LinkKey(cloud.incidents).read_or_create()
    assert LinkKey(cloud.incidents).keys() == (new,)
    assert new not in before


def test_a_link_that_does_not_fit_reads_the_keys_again_but_not_each_time(
    cloud: Cloud,
) -> None:
    """The key may have been replaced a moment ago; a forger learns nothing."""
    clock = [0.0]
    kept = LinkKey(cloud.incidents, lambda: clock[0])
    kept.read_or_create()
    delete(cloud)
    new = LinkKey(cloud.incidents).read_or_create()
    assert not kept.refresh()
    clock[0] = keys.ABSENT_SECONDS
    assert kept.refresh()
    assert kept.read() == new
    assert not kept.refresh()
