"""Mailed: the advice that a digest had, in one item of the incidents' table.

In: marks of advice. Out: the same, at the next digest. It does not: send.

One item, not a mark for each publication as in `parallax.notify.marks`: those expire
after 14 days, and advice may stand for months. The item has only advice that still
stands, so it stays small: 20 bytes for each. An attempt is stored before the mail is
sent, and that it was sent after it. If the function stops in between, the mail may be
sent once more, and not a third time.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from parallax.incidents.items import Items, count
from parallax.model.packed import in_clear

KEY = "mailed/digest"
KIND = "digest"
AGAIN = timedelta(hours=12)
"""After a mail was sent, none follows for so long: the schedule calls three times, in
case the first call fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """What digests had. `tried`: in a mail with an unknown result, once.

    `sent_at` is when the last mail was sent; None: there was none.
    """

    mailed: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    sent_at: datetime | None = None
    version: int = 0


class MailedTable:
    """The item in the incidents' table."""

    def __init__(self, table: str) -> None:
        self._items = Items(table)

    def read(self) -> Mailed:
        """Return what earlier digests had; raises botocore's errors."""
        item = self._items.get(KEY) or {}
        return Mailed(
            mailed=_texts(item, "mailed"),
            tried=_texts(item, "tried"),
            sent_at=_instant(in_clear(item, "sent_at")),
            version=count(item, "version"),
        )

    def write(self, state: Mailed) -> Mailed:
        """Store what digests had, and return it with its new version.

        Raises `ConflictError` if another invocation did so in between.
        """
        stored = replace(state, version=state.version + 1)
        item: dict[str, dict[str, Any]] = {
            "pk": {"S": KEY},
            "kind": {"S": KIND},
            "version": {"N": str(stored.version)},
        }
        if stored.sent_at:
            item["sent_at"] = {"S": stored.sent_at.astimezone(UTC).isoformat()}
        for name, texts in (("mailed", stored.mailed), ("tried", stored.tried)):
            if texts:  # DynamoDB has no empty set
                item[name] = {"SS": sorted(texts)}
        self._items.put(item, read=state.version)
        return stored


def begun(state: Mailed, marks: frozenset[str], standing: frozenset[str]) -> Mailed:
    """Return the state before a mail with these marks is sent.

    What was tried before counts as mailed: this is its last attempt.
    """
    again = marks & state.tried
    return replace(state, mailed=(state.mailed | again) & standing, tried=marks - again)


def finished(state: Mailed, now: datetime) -> Mailed:
    """Return the state after the mail was sent."""
    mailed = state.mailed | state.tried
    return replace(state, mailed=mailed, tried=frozenset(), sent_at=now)


def is_recent(state: Mailed, now: datetime) -> bool:
    """Say whether the day's mail was sent; a time ahead of the clock is none."""
    return state.sent_at is not None and timedelta() <= now - state.sent_at < AGAIN


def _instant(text: str | None) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def _texts(item: Any, name: str) -> frozenset[str]:  # noqa: ANN401 - DynamoDB's JSON
    return frozenset(item.get(name, {}).get("SS", ()))
