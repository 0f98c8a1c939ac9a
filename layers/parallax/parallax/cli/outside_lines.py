"""Outside lines: one investigation as lines for the terminal.

In: what `outside` found, the file in which it was saved. Out: lines for `page`: what
was seen from this machine, the verdict, the path, the next steps.
It does not: print, or send a request.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shlex import quote

from rich.text import Text

from parallax.cli.judgement_lines import (
    assessment_lines,
    cause_line,
    further_lines,
    heading,
    lead_lines,
    path_lines,
)
from parallax.cli.outside import Outside
from parallax.cli.outside_facts import facts
from parallax.cli.page import Line
from parallax.diagnose.judge import NO_REPORTS, judge
from parallax.model.judgement import Answer, HopState, Judgement, NextStep, View
from parallax.model.snapshot import Snapshot
from parallax.model.web_url import without_secret_values

NAME = 14
"""Columns of the name before a fact; the longest is `load balancer`."""
UNREAD = "Most need the state of the load balancer, or an agent in the cluster."
UNSEEN = "Most need an agent in the cluster."
WITH_TOKEN = NextStep(
    text="Set HCLOUD_TOKEN to a read-only token of the Hetzner project, and run this"
    " command again: the state of the load balancer decides more."
)


def lines(found: Outside, saved: Path | None) -> Iterator[Line]:
    """Yield every line, top to bottom."""
    target = found.snapshot.target
    judgement = from_here(judge(found.snapshot), found.snapshot)
    at = f"{found.run.started_at:%Y-%m-%d %H:%M:%S %Z}"
    url = without_secret_values(target.url)
    yield Line(Text.assemble((url, "bold"), f"  {at}"), None)
    yield from heading("Seen from this machine")
    for name, value in facts(found):
        yield Line(Text(f"  {name:<{NAME}} {value}"), NAME + 3)
    yield from heading("Verdict")
    yield from _verdict(judgement)
    yield from _harmless(found)
    if judgement.path:
        yield from path_lines(judgement)
    yield from further_lines(judgement)
    yield from _others(judgement, found.snapshot)
    yield from _file(saved)


def from_here(judgement: Judgement, snapshot: Snapshot) -> Judgement:
    """Return the judgement without what only an agent could have seen.

    No agent was queried, so "no agent reports" would be wrong.
    """
    target = snapshot.target
    steps = [step for step in judgement.next_steps if step != NO_REPORTS]
    if judgement.lead and _is_unread(snapshot):
        steps.append(WITH_TOKEN)
    if target.reached.cluster:
        steps.append(
            NextStep(
                text=f"In the cluster {target.reached.cluster}, show the path of this"
                " host as an agent sees it.",
                command="kubectl -n parallax exec ds/parallax-agent --"
                f" /agent/bin/parallax-agent explain {quote(target.host)}",
            )
        )
    # A URL with an address needs no DNS, so nothing was tested there.
    resolved = f"{target.host} resolves to {target.host}"
    path = [
        hop
        for hop in judgement.path
        if hop.state is not HopState.UNKNOWN and hop.seen != resolved
    ]
    return replace(judgement, next_steps=tuple(steps), path=tuple(path))


def _verdict(judgement: Judgement) -> Iterator[Line]:
    """Yield the cause with its evidence, or what is known without one."""
    yield cause_line(judgement)
    if judgement.symptom.external is View.UNKNOWN:
        why = judgement.symptom.summary.partition(";")[0]
        why += ")" * (why.count("(") - why.count(")"))
        yield Line(Text(f"{why[:1].upper()}{why[1:]}."), 2)
        yield Line(Text("Check the network and the resolver of this machine first."), 2)
    if judgement.lead:
        yield from lead_lines(judgement.lead)
    for assessment in judgement.assessments:
        if assessment.answer is Answer.SUPPORTED:
            yield from assessment_lines(assessment)


def _harmless(found: Outside) -> Iterator[Line]:
    """Yield what to do if the URL only redirects to a page that works."""
    last = next(reversed(found.redirects), None)
    if last is not None and last.healthy and not found.run.first.healthy:
        url, code = without_secret_values(last.url), found.run.first.status_code
        text = f"The redirects end at a page that works: investigate {url} instead,"
        yield Line(Text(f"{text} or state --expect {code} if a redirect is right."), 2)


def _others(judgement: Judgement, snapshot: Snapshot) -> Iterator[Line]:
    """Yield the causes that are ruled out, and how many are not determined."""
    answers: dict[Answer, list[str]] = {answer: [] for answer in Answer}
    for assessment in judgement.assessments:
        answers[assessment.answer].append(assessment.cause)
    if judgement.lead is None and not answers[Answer.SUPPORTED]:
        return
    yield from heading("Other causes")
    if refuted := answers[Answer.REFUTED]:
        yield Line(Text(f"  ruled out: {', '.join(refuted)}"), 4)
    if unknown := answers[Answer.UNKNOWN]:
        rest = UNREAD if _is_unread(snapshot) else UNSEEN
        yield Line(Text(f"  not determined: {len(unknown)} causes. {rest}"), 4)


def _is_unread(snapshot: Snapshot) -> bool:
    """Say whether a load balancer may be in the path, and was not read."""
    return snapshot.balancer is None and not snapshot.target.reached.no_balancer


def _file(saved: Path | None) -> Iterator[Line]:
    yield Line(Text())
    if saved is None:
        yield Line(Text("--save FILE keeps what was seen", "dim"))
        return
    yield Line(Text("saved; to show each cause with its evidence:", "dim"))
    yield Line(Text(f"  parallax judge {quote(str(saved))}", "cyan"), None)
