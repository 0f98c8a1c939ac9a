"""Table: the groups in DynamoDB, in the incidents' table and its stream.

In: the groups, and the alerts of one change. Out: the same, to the next change and,
through the table's stream, to `notify`: the groups are one item, and each group has an
item with its last alert. Both are written in one transaction, so that no alert is lost
and none is published twice.
It does not: decide when a group changes; `parallax.groups` does.
Source: Amazon DynamoDB, `TransactWriteItems`: at most 100 items, 4 MB.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from parallax.aws import client, error_code
from parallax.incidents.items import (
    ConflictError,
    Item,
    Items,
    check_version,
    count,
    unchanged_since,
    unpacked,
)
from parallax.incidents.table import OnUnreadable
from parallax.model.alert import PREFIX, Alert
from parallax.model.finding import without_snapshot
from parallax.model.group import Groups
from parallax.model.packed import ITEM_LIMIT, UnreadableError, pack

KEY = "groups/open"
"""The item of all open groups. No target and no cluster's agents have this subject."""
KIND = "group"
"""The kind of the item with a group's last alert, which the stream's filter passes."""
MOST_ALERTS = 90
"""Alerts of one transaction."""
KEPT = timedelta(days=90)
"""How long a group's last alert is kept; links and reports refer to it."""


class DynamoGroups:
    """The groups of a stack."""

    def __init__(self, table: str, on_unreadable: OnUnreadable | None = None) -> None:
        """Without `on_unreadable`, reading never writes: an unreadable item raises."""
        self._items = Items(table)
        self._on_unreadable = on_unreadable

    def get(self) -> Groups:
        """Return the groups as last stored.

        An unreadable item is replaced by no groups and passed to `on_unreadable`, as
        an incident is. Open incidents then open their groups again, at the next
        `tick`: a mail too many, not one too few. Who only reads gets an
        `UnreadableError` instead. Raises botocore's errors.
        """
        item = self._items.get(KEY)
        if item is None:
            return Groups()
        try:
            board = unpacked(Groups, item)
            check_version(item, board.version)
        except UnreadableError as error:
            if self._on_unreadable is None:
                raise
            empty = Groups(version=count(item, "version") + 1)
            self._items.replace(_item(empty), before=item)
            self._on_unreadable(item, str(error))
            return empty
        return board

    def last(self, group: str) -> Alert | None:
        """Return the last alert of a group, open or ended; None: there is none.

        Raises `UnreadableError`, and botocore's errors.
        """
        item = self._items.get(f"{PREFIX}{group}")
        return unpacked(Alert, item) if item else None

    def put(self, board: Groups, alerts: Sequence[Alert] = ()) -> Groups:
        """Store the groups with the alerts of this change; return the new version.

        Raises `ConflictError` if another change was stored since they were read, and
        botocore's errors.
        """
        stored = replace(board, version=board.version + 1)
        if not alerts:
            self._items.put(_item(stored), read=board.version)
            return stored
        writes = [self._guarded(_item(stored), board.version)]
        writes += [self._write(alert_item(alert)) for alert in alerts[:MOST_ALERTS]]
        dynamodb = client("dynamodb")
        try:
            dynamodb.transact_write_items(TransactItems=writes)
        except dynamodb.exceptions.ClientError as error:
            if _is_conflict(error):
                raise ConflictError(KEY) from error
            raise
        return stored

    def _write(self, item: Item) -> dict[str, Any]:
        return {"Put": {"TableName": self._items.table, "Item": item}}

    def _guarded(self, item: Item, read: int) -> dict[str, Any]:
        write = self._write(item)
        write["Put"] |= unchanged_since({"N": str(read)})
        return write


def _is_conflict(error: Exception) -> bool:
    """Say whether another change came first; else a retry reads nothing new.

    Source: Amazon DynamoDB, `TransactWriteItems`, cancellation reasons.
    """
    response: dict[str, Any] = getattr(error, "response", {})
    reasons = {one.get("Code") for one in response.get("CancellationReasons", ())}
    if error_code(error) != "TransactionCanceledException":
        return error_code(error) == "TransactionConflictException"
    return bool(reasons & {"ConditionalCheckFailed", "TransactionConflict"})


def _item(board: Groups) -> dict[str, dict[str, Any]]:
    """Return the item of all groups.

    If it is too large, it remembers no versions: an old record that is delivered again
    may then open a group, which ends at the next minute.
    """
    payload = pack(board)
    if len(payload) > ITEM_LIMIT:
        payload = pack(replace(board, seen=()))
    return {
        "pk": {"S": KEY},
        "kind": {"S": "groups"},
        "version": {"N": str(board.version)},
        "payload": {"B": payload},
    }


def alert_item(alert: Alert) -> dict[str, dict[str, Any]]:
    """Return the item of a group's last alert.

    If it is too large, its finding is stored without its snapshot.
    """
    payload = pack(alert)
    if len(payload) > ITEM_LIMIT:
        finding = without_snapshot(alert.finding, "incidents table")
        payload = pack(replace(alert, finding=finding))
    return {
        "pk": {"S": alert.subject},
        "kind": {"S": KIND},
        "number": {"N": str(alert.number)},
        "payload": {"B": payload},
        "expires_at": {"N": str(int((alert.at + KEPT).timestamp()))},
    }


def alert_in(image: Mapping[str, Any]) -> Alert:
    """Return the alert in an item, or in the new image of a stream record.

    Raises `UnreadableError`, and nothing else, if the image holds none.
    """
    return unpacked(Alert, image)
