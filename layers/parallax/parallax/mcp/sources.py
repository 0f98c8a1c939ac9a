"""Sources: the finding that an argument of a tool means.

In: a stack, and an incident, a target or the address of a snapshot. Out: a finding.
It does not: shape it for an assistant.
"""

from dataclasses import dataclass, replace

from parallax.diagnose.judge import judge
from parallax.groups.person import UnknownGroupError, any_group_named
from parallax.mcp import untrusted
from parallax.mcp.problems import StackProblemError
from parallax.mcp.stack import Stack
from parallax.model.finding import Finding, SnapshotRef
from parallax.model.group import Groups
from parallax.story.incident import advance
from parallax.story.rules import Rules

ID_LENGTH = 36
"""Characters of the whole id of a group."""
SCHEME = "s3://"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A finding, and where its incident stands; `state` is null for a snapshot."""

    finding: Finding
    state: str | None = None


def group_id(board: Groups, name: str) -> str:
    """Return the id of the group that a name means; raises `UnknownGroupError`.

    A whole id may be that of an incident that ended.
    """
    if len(name) == ID_LENGTH and not any(g.id == name for g in board.groups):
        return name
    return any_group_named(board, name).id


def without_mail(group: str) -> str:
    """Return why an incident cannot be shown."""
    return (
        f"incident {group}: no mail is stored: its mails were muted, or it ended more"
        " than 90 days ago; show_target shows the finding of one of its targets"
    )


def of_target(stack: Stack, target: str) -> Source:
    """Return the last finding of a target; raises `StackProblemError` without one."""
    incident = stack.incident(target)
    name = untrusted.name(target)
    if incident is None:
        raise StackProblemError(
            f"{name}: no failure of a target of this name is stored; list_incidents"
            " lists the targets that fail now"
        )
    if incident.finding is None:
        raise StackProblemError(
            f"{name}: its last incident is {incident.state.value} since"
            f" {incident.changed_at:%Y-%m-%d %H:%M} UTC, and its finding is not kept"
            " here; judge_snapshot judges it from its snapshot's address"
        )
    return Source(finding=incident.finding, state=incident.state.value)


def of_snapshot(stack: Stack, address: str) -> Source:
    """Return the finding of an incident that begins with a stored snapshot.

    Raises `StackProblemError` if the target was healthy then.
    """
    snapshot = stack.snapshot(address)
    rules = Rules(settle_seconds=snapshot.settle_seconds)
    incident = advance(None, judge(snapshot), snapshot, rules=rules)
    if incident is None or incident.finding is None:
        raise StackProblemError(
            f"{untrusted.name(snapshot.target.name)}: it did not fail in this snapshot"
        )
    reference = SnapshotRef(url=address, sha256="", bytes=0)
    return Source(finding=replace(incident.finding, snapshot_ref=reference))


def any_finding(stack: Stack, source: str) -> Finding:
    """Return the finding of an incident, a target or a snapshot's address."""
    if source.startswith(SCHEME):
        return of_snapshot(stack, source).finding
    board = stack.groups()
    try:
        alert = stack.last_alert(group_id(board, source))
    except UnknownGroupError:
        alert = None
    return alert.finding if alert else of_target(stack, source).finding
