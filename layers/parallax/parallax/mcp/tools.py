"""Tools: what an assistant can call. Each method is a tool, and each only reads.

In: the arguments of a call. Out: facts and observed texts, apart from each other; or an
error that says what to do. The first line of a docstring is the tool's description.
It does not: acknowledge, mute, or change anything else.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from mcp.types import CallToolResult
from pydantic import Field

from parallax.groups.person import any_group_named
from parallax.mcp import cause, evidence, incident, sources
from parallax.mcp.answer import Answer, Nothing, result
from parallax.mcp.evidence import EvidenceFacts, EvidenceObserved
from parallax.mcp.finding import finding_facts, finding_observed
from parallax.mcp.incident import BoardFacts, BoardObserved
from parallax.mcp.problems import problems, refusal
from parallax.mcp.shown import (
    ShownFacts,
    ShownObserved,
    TargetFindingFacts,
    TargetFindingObserved,
    shown,
)
from parallax.mcp.stack import Stack

LONGEST = 400
"""Characters of an argument; the address of a snapshot has about 150."""
Text = Annotated[str, Field(max_length=LONGEST)]
Offset = Annotated[int, Field(ge=0, le=10_000, description="`next_offset` of a page.")]


def _now() -> datetime:
    return datetime.now(UTC)


class Tools:
    """The tools of one stack."""

    def __init__(self, stack: Stack, now: Callable[[], datetime] = _now) -> None:
        self._stack = stack
        self._now = now

    def list_incidents(
        self, offset: Offset = 0
    ) -> Annotated[CallToolResult, Answer[BoardFacts, BoardObserved]]:
        """List the open incidents: state, cause, targets, who works on them."""
        now = self._now()
        with problems(self._stack.forget):
            board = self._stack.groups()
        facts = incident.board_facts(board, now, offset)
        texts = incident.board_observed(board, now, offset)
        return result(Answer(facts=facts, observed=texts))

    def show_incident(
        self,
        incident: Annotated[
            Text,
            Field(description="Id, beginning of an open id, or a failing target."),
        ],
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, Answer[ShownFacts, ShownObserved]]:
        """Show an incident: cause, evidence, path, next steps, timeline, its mail."""
        now = self._now()
        with problems(self._stack.forget):
            board = self._stack.groups()
            alert = self._stack.last_alert(sources.group_id(board, incident))
            if alert is None:
                group = any_group_named(board, incident)
                raise refusal(sources.without_mail(group.id))
        return result(shown(board, alert, now, offset))

    def show_target(
        self, target: Annotated[Text, Field(description="Name in the targets file.")]
    ) -> Annotated[CallToolResult, Answer[TargetFindingFacts, TargetFindingObserved]]:
        """Show the last finding of one target, also if its incident ended recently."""
        with problems(self._stack.forget):
            found = sources.of_target(self._stack, target)
        return result(_finding_answer(found))

    def judge_snapshot(
        self,
        address: Annotated[
            Text, Field(description="`snapshot_address` of a finding: s3://…")
        ],
    ) -> Annotated[CallToolResult, Answer[TargetFindingFacts, TargetFindingObserved]]:
        """Judge the stored observations of a finding again, with today's causes."""
        with problems(self._stack.forget):
            found = sources.of_snapshot(self._stack, address)
        return result(_finding_answer(found))

    def list_evidence(
        self,
        source: Annotated[
            Text,
            Field(description="Id of an incident, a target, or a snapshot's address."),
        ],
        answer: Annotated[
            evidence.Filter, Field(description="Only causes with this answer.")
        ] = "all",
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, Answer[EvidenceFacts, EvidenceObserved]]:
        """List each cause that was assessed, with the evidence for and against it."""
        with problems(self._stack.forget):
            found = sources.any_finding(self._stack, source)
        return result(evidence.page(found, answer, offset))

    def list_causes(
        self,
        search: Annotated[
            Text, Field(description="Words that a cause must contain; empty: all.")
        ] = "",
    ) -> Annotated[CallToolResult, Answer[cause.CausesFacts, Nothing]]:
        """List the causes that Parallax can name."""
        matching = cause.matching(search)
        facts = cause.CausesFacts(total=len(matching), causes=matching)
        return result(Answer(facts=facts, observed=Nothing()))

    def explain_cause(
        self, cause_id: Annotated[Text, Field(description="An id of list_causes.")]
    ) -> Annotated[CallToolResult, Answer[cause.ExplanationFacts, Nothing]]:
        """Explain a cause: how it is recognized, what it means, and what to do."""
        try:
            facts = cause.explanation(cause_id)
        except cause.UnknownCauseError as error:
            raise refusal(f"{error}") from None
        return result(Answer(facts=facts, observed=Nothing()))


def _finding_answer(
    found: sources.Source,
) -> Answer[TargetFindingFacts, TargetFindingObserved]:
    return Answer(
        facts=TargetFindingFacts(
            incident_state=found.state, finding=finding_facts(found.finding)
        ),
        observed=TargetFindingObserved(finding=finding_observed(found.finding)),
    )
