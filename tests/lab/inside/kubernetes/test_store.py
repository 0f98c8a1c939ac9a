"""Store: versions, changes, and versions that are gone."""

import asyncio

import pytest

from lab.inside.kubernetes.store import KEPT_CHANGES, Change, GoneError, Store


def _item(name: str, value: int = 0) -> dict[str, object]:
    """Return an object of the namespace n."""
    return {"metadata": {"name": name, "namespace": "n"}, "value": value}


def test_the_same_object_again_is_no_change() -> None:
    """The version rises only if the object differs."""
    store = Store()
    store.put("pods", _item("a"))
    version = store.version
    store.put("pods", _item("a"))
    assert store.version == version
    store.put("pods", _item("a", 1))
    assert store.version == version + 1


def test_changes_come_in_order_from_a_version_on() -> None:
    """A watch from a version gets the later changes of its resource."""

    async def take(store: Store, since: int, count: int) -> list[Change]:
        """Return the first `count` changes."""
        found: list[Change] = []
        async for change in store.changes("pods", since):
            found.append(change)
            if len(found) == count:
                break
        return found

    async def scenario() -> list[Change]:
        """Change objects during a watch."""
        store = Store()
        store.put("pods", _item("a"))
        since = store.version
        task = asyncio.create_task(take(store, since, 3))
        await asyncio.sleep(0)
        store.put("pods", _item("b"))
        store.put("services", _item("c"))
        store.put("pods", _item("b", 1))
        store.delete("pods", ("n", "a"))
        return await task

    changes = asyncio.run(scenario())
    assert [c.kind for c in changes] == ["ADDED", "MODIFIED", "DELETED"]


def test_a_version_before_the_log_is_gone() -> None:
    """Compacting, and a full log, both make older versions 410."""
    store = Store()
    store.put("pods", _item("a"))
    store.compact()
    with pytest.raises(GoneError):
        store.check_version(store.version - 1)
    store.check_version(store.version)
    kept = store.version
    for number in range(KEPT_CHANGES + 2):
        store.put("pods", _item("a", number))
    with pytest.raises(GoneError):
        store.check_version(kept)
