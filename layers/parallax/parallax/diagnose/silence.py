"""Silence: when Parallax itself is blind.

In: a snapshot. Out: one judgement each for the agents and the probes, also when
they speak (cause `none`), so that their incidents can end. Agents are a cluster's
and probes are the stack's: the targets that share them share the incident.
It does not: say anything about a target. Silence never means that all is fine.
See docs/decisions/0003.
"""

from dataclasses import dataclass
from shlex import quote

from parallax.diagnose.blind import blind
from parallax.diagnose.complete import known_nodes
from parallax.evidence.words import of
from parallax.model.judgement import (
    AGENT_SILENT,
    MONITOR_BLIND,
    NONE,
    PROBES_SILENT,
    Class,
    Difference,
    Hop,
    Judgement,
    NextStep,
    Symptom,
    View,
)
from parallax.model.snapshot import Snapshot

_OF_THE_STACK = frozenset({PROBES_SILENT, MONITOR_BLIND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A judgement about a source of evidence, with the subject of its incident."""

    subject: str
    judgement: Judgement


def subject(cause: str, snapshot: Snapshot) -> str:
    """Return whose incident a cause is: the target's, its cluster's, or the stack's."""
    if cause == AGENT_SILENT:
        return f"{snapshot.target.reached.cluster}/agent"
    return "stack/probe" if cause in _OF_THE_STACK else snapshot.target.name


def silences(snapshot: Snapshot) -> tuple[Silence, ...]:
    """Return who is silent and who speaks; a source never heard is left out."""
    found: list[Silence] = []
    if snapshot.target.reached.cluster and snapshot.reports:
        whose = subject(AGENT_SILENT, snapshot)
        found.append(Silence(subject=whose, judgement=_agents(snapshot)))
    # If nobody speaks at all, this snapshot is old and the probes may be well.
    if snapshot.run is not None and (snapshot.outside or snapshot.live_reports):
        whose = subject(PROBES_SILENT, snapshot)
        found.append(Silence(subject=whose, judgement=_probes(snapshot)))
    return tuple(found)


def _agents(snapshot: Snapshot) -> Judgement:
    """Judge the agents: known nodes of which no live report is at hand.

    A node may have joined just now, its agent on the way: while all the others
    speak, one that was never heard is given the time of a settling cluster.
    """
    nodes = known_nodes(snapshot)
    silent = sorted(nodes - {r.node for r in snapshot.live_reports})
    if not silent:
        return _judgement(NONE, "All agents report")
    share = of(len(silent), len(nodes))
    title = f"{share} agents silent: {', '.join(silent)}"
    step = NextStep(
        text="See whether the agents run, and what they say.",
        command="kubectl get pods -A -o wide -l app.kubernetes.io/name=parallax-agent",
    )
    unheard = not {r.node for r in snapshot.reports}.intersection(silent)
    joined = f"no agent was heard yet on {', '.join(silent)}" if unheard else None
    return _judgement(AGENT_SILENT, title, step, settling=joined)


def _probes(snapshot: Snapshot) -> Judgement:
    """Judge the outside probes: none is fresh, or the probe gets to nobody."""
    if why := blind(snapshot):
        title = f"{why[:1].upper()}{why[1:]}"
        return _judgement(MONITOR_BLIND, title, *_look(snapshot))
    if snapshot.outside is not None:
        return _judgement(NONE, "The outside is probed")
    last = snapshot.run.started_at.strftime("%H:%M:%S UTC") if snapshot.run else "never"
    step = NextStep(
        text="Read the log of the probe function.",
        command="sam logs -n ProbeFunction --tail",
    )
    return _judgement(PROBES_SILENT, f"No probe from outside since {last}", step)


def _look(snapshot: Snapshot) -> tuple[NextStep, ...]:
    """Tell how to see whether the monitor's own network and resolver work."""
    log = NextStep(
        text="Read what the probe function says: its network, its resolver.",
        command="sam logs -n ProbeFunction --tail",
    )
    elsewhere = NextStep(
        text="Ask from elsewhere whether users are served.",
        command=f"curl -sv --http1.1 -o /dev/null {quote(snapshot.target.url)}",
    )
    return log, elsewhere


def _judgement(
    cause: str, title: str, *steps: NextStep, settling: str | None = None
) -> Judgement:
    """Return a judgement that holds nothing of the target it was made from."""
    silent = cause != NONE
    return Judgement(
        symptom=Symptom(
            external=View.UNKNOWN,
            internal=View.UNKNOWN,
            difference=Difference.UNKNOWN,
            summary=title,
        ),
        class_=Class.MONITOR if silent else None,
        hop=Hop.MONITOR if silent else None,
        cause=cause,
        title=title,
        settling=settling,
        complete=True,
        assessments=(),
        path=(),
        next_steps=steps,
    )
