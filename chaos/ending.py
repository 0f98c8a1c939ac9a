"""Ending: what a stack must do again when nothing goes wrong any more.

In: a case after its faults and redrives. Out: what is not as it must be: the status
page is of the last minutes, the uptime is counted, all targets are in the overview.
It does not: check the figures; tests of uptime do.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3

from chaos.stack import STATUS
from chaos.world import NAMES
from parallax.links.key import LinkKey
from parallax.links.overview import overview_query
from parallax.links.signature import Signer

if TYPE_CHECKING:
    from chaos.case import Case

DIAGNOSE, REPORT = "DiagnoseFunction", "ReportFunction"
FRESH = timedelta(minutes=66)
"""The page is written each hour if nothing changed."""
COUNTED = 2 * 3600.0
"""Seconds that the last count of uptime may be old: an hour, and half an hour more."""


def ended(case: "Case") -> list[str]:
    """Return what is not as it must be."""
    return [*_status(case), *_uptime(case), *_overview(case)]


def overview_query_now(table: str) -> str | None:
    """Return the query of a link to the overview; None: no mail had a link yet."""
    key = LinkKey(table).read()
    signer = Signer(stack=table, key=key) if key else None
    return overview_query(signer, datetime.now(UTC)) if signer else None


def _status(case: "Case") -> list[str]:
    with case.gate.quiet():
        found: Any = boto3.client("s3").list_objects_v2(Bucket=STATUS)
    written = [one["LastModified"] for one in found.get("Contents", ())]
    if len(written) == 3 and datetime.now(UTC) - min(written) < FRESH:  # noqa: PLR2004 - its files
        return []
    return [
        f"status page: {len(written)} files, the oldest of {min(written, default='')}"
    ]


def _uptime(case: "Case") -> list[str]:
    result = case.deliveries.invoke(DIAGNOSE, {"uptime": True}, None)
    until = (result.response or {}).get("counted_until")
    now = datetime.now(UTC).timestamp()
    if result.error or (until is not None and now - until > COUNTED):
        return [f"uptime: counted until {until}, {result.error}"]
    return []


def _overview(case: "Case") -> list[str]:
    if not case.people.has_mail:
        return []
    answer = case.people.overview_now() or {}
    missing = [name for name in NAMES if name not in answer.get("body", "")]
    if answer.get("statusCode") == 200 and not missing:  # noqa: PLR2004 - HTTP
        return []
    return [f"overview: status {answer.get('statusCode')}, without {missing}"]
