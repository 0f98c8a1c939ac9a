"""Saved finding: the mail of a finding that an argument of the command line names.

In: a file, `-` or an `s3://` URL, as `saved_snapshot` reads them. Out: the mail. Of an
alert it is the one that was sent; of a finding, the one of its target alone; of a
snapshot, the one that begins its incident.
It does not: send, or print. What has no mail ends the command with status 2.
"""

from dataclasses import replace
from typing import Any, cast

from pydantic import ValidationError

from parallax.cli.saved_snapshot import (
    EXPECTED,
    fields_of,
    read_document,
    snapshot_in,
    wrong_fields,
)
from parallax.cli.terminal import fail, source
from parallax.diagnose.judge import judge
from parallax.groups.alert import alone
from parallax.model.finding import Finding, NotificationReason
from parallax.model.incident_state import State
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode
from parallax.notify.alert_event import TYPE as ALERT
from parallax.notify.event import ADVICE_TYPE
from parallax.notify.mail import Mail, render
from parallax.story.incident import advance
from parallax.story.rules import Rules

ELSEWHERE = {"snapshot": None, "snapshot_trimmed": None}
"""Fields of an event that are not needed for a mail."""


def read_mail(name: str) -> Mail:
    """Return the mail of what an argument names; exit 2 if it has none."""
    document = read_document(name)
    event = fields_of(document)
    if event.get("type") == ALERT:
        return _sent(event, source(name))
    if event.get("type") == ADVICE_TYPE:
        fail(f"{source(name)}: advice has no mail of its own; the daily mail lists it")
    fields = _finding_fields(event)
    if fields is not None:
        return render(alone(_with_turn(_decoded(fields, source(name)))))
    return render(alone(_with_turn(_begun(snapshot_in(document, name), source(name)))))


def _sent(event: dict[str, Any], where: str) -> Mail:
    """Return the mail that an alert carries."""
    data = event.get("data")
    mail: Any = cast("dict[str, Any]", data).get("mail") if data else None
    try:
        return Mail(subject=str(mail["subject"]), body=str(mail["text"]))
    except (TypeError, KeyError):
        fail(f"{where}: the alert has no data.mail with subject and text")


def _finding_fields(event: dict[str, Any]) -> dict[str, Any] | None:
    """Return the fields of a finding in an event; None: it contains none."""
    for fields in (event.get("data"), event.get("finding"), event):
        if isinstance(fields, dict) and "judged_at" in fields:
            found = cast("dict[str, Any]", fields)
            return {"id": event.get("id", "")} | found | ELSEWHERE
    return None


def _decoded(fields: dict[str, Any], where: str) -> Finding:
    labels = fields.get("labels")
    if isinstance(labels, dict):  # an event has an object, the model a list of pairs
        fields["labels"] = list(cast("dict[str, Any]", labels).items())
    try:
        return decode(Finding, {k: v for k, v in fields.items() if v is not None})
    except ValidationError as error:
        fail(f"{where}: not a valid finding: {wrong_fields(error)}; {EXPECTED}")


def _begun(snapshot: Snapshot, where: str) -> Finding:
    """Return the finding that begins the incident of a snapshot."""
    rules = Rules(settle_seconds=snapshot.settle_seconds)
    incident = advance(None, judge(snapshot), snapshot, rules=rules)
    if incident is None or incident.finding is None:
        fail(f"{where}: the target is served in this snapshot, so no mail is sent")
    return incident.finding


def _with_turn(finding: Finding) -> Finding:
    """Return a finding that has a mail; one without shows the mail of its state."""
    if finding.turn is not None:
        return finding
    ended = finding.state is State.RESOLVED
    turn = NotificationReason.RESOLVED if ended else NotificationReason.FIRING
    return replace(finding, turn=turn)
