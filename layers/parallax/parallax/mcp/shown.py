"""Shown: one incident with its finding and its mail, as the fields of an answer.

In: the open groups, the last alert of a group, an instant. Out: the answer.
It does not: read the alert.
"""

from datetime import datetime

from parallax.mcp import untrusted
from parallax.mcp.answer import Answer, Fields
from parallax.mcp.finding import (
    FindingFacts,
    FindingObserved,
    finding_facts,
    finding_observed,
)
from parallax.mcp.incident import (
    TARGETS,
    IncidentFacts,
    IncidentObserved,
    TargetFacts,
    ended_observed,
    incident_facts,
    incident_observed,
    names,
    target_facts,
)
from parallax.model.alert import Alert
from parallax.model.group import Groups
from parallax.notify.mail import render


class ShownFacts(Fields):
    """An incident. `open` is null if it ended; `alert_*` describe its last mail.

    `failing_targets` is one page of `failing_count`; `next_offset` is null on the last.
    """

    id: str
    open: IncidentFacts | None
    alert_number: int
    alert_reason: str
    alert_at: datetime
    failing_count: int
    next_offset: int | None
    failing_targets: list[TargetFacts]
    recovered_count: int
    recovered: list[str]
    watched_there: int | None
    finding: FindingFacts


class MailObserved(Fields):
    """The mail as people got it, without the link to acknowledge."""

    subject: str
    text: str


class ShownObserved(Fields):
    """The texts of an incident."""

    incident: IncidentObserved
    finding: FindingObserved
    mail: MailObserved


class TargetFindingFacts(Fields):
    """A finding; `incident_state` is null if it was judged from a snapshot."""

    incident_state: str | None
    finding: FindingFacts


class TargetFindingObserved(Fields):
    """The texts of a finding."""

    finding: FindingObserved


def shown(
    board: Groups, alert: Alert, now: datetime, offset: int = 0
) -> Answer[ShownFacts, ShownObserved]:
    """Return the answer about an incident, with its targets from a position on."""
    page = alert.failing[offset : offset + TARGETS]
    after = offset + len(page)
    group = next((g for g in board.groups if g.id == alert.group), None)
    mail = render(alert)
    facts = ShownFacts(
        id=alert.group,
        open=group and incident_facts(board, group, now),
        alert_number=alert.number,
        alert_reason=alert.turn.value,
        alert_at=alert.at,
        failing_count=len(alert.failing),
        next_offset=after if after < len(alert.failing) else None,
        failing_targets=[target_facts(member) for member in page],
        recovered_count=len(alert.recovered),
        recovered=names(alert.recovered),
        watched_there=alert.watched,
        finding=finding_facts(alert.finding),
    )
    observed = ShownObserved(
        incident=incident_observed(board, group, now)
        if group
        else ended_observed(alert.place.name),
        finding=finding_observed(alert.finding),
        mail=MailObserved(
            subject=untrusted.sentence(mail.subject), text=untrusted.mail(mail.body)
        ),
    )
    return Answer(facts=facts, observed=observed)
