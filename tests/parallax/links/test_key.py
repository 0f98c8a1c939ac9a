"""The key is created once, kept for five minutes, and revoked by its deletion."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.stub import Stubber

from parallax import aws
from parallax.links import key as keys
from parallax.links.key import ITEM, LinkKey
from parallax.links.signature import KEY_BYTES
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
