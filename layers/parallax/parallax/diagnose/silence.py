"""Silence: whether agents or external probes stopped reporting.

In: a snapshot. Out: one judgement each for the agents and the probes. If they report,
its cause is `none`, so that their incidents can end. Agents belong to a cluster and
probes to the stack: the targets that share them share the incident.
It does not: judge the target. Silence never means that a target is healthy.
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
    """Return the subject of a cause's incident: target, agents or stack."""
    if cause == AGENT_SILENT:
        return f"{snapshot.target.reached.cluster}/agent"
    return "stack/probe" if cause in _OF_THE_STACK else snapshot.target.name


def silences(snapshot: Snapshot) -> tuple[Silence, ...]:
    """Return the judgements of both sources; one that never reported is left out."""
    judged: list[Silence] = []
    if snapshot.target.reached.cluster and snapshot.reports:
        name = subject(AGENT_SILENT, snapshot)
        judged.append(Silence(subject=name, judgement=_agents(snapshot)))
    # If no source reports, this snapshot is old and the probes may be fine.
    if snapshot.run is not None and (snapshot.outside or snapshot.live_reports):
        name = subject(PROBES_SILENT, snapshot)
        judged.append(Silence(subject=name, judgement=_probes(snapshot)))
    return tuple(judged)


def _agents(snapshot: Snapshot) -> Judgement:
    """Judge the agents: nodes without a recent report.

    A new node's agent may still be starting. So an agent that never reported counts as
    settling, as a changing cluster does.
    """
    nodes = known_nodes(snapshot)
    silent = sorted(nodes - {r.node for r in snapshot.live_reports})
    if not silent:
        return _judgement(NONE, "All agents report")
    share = of(len(silent), len(nodes))
    title = f"{share} agents not reporting: {', '.join(silent)}"
    step = NextStep(
        text="Check whether the agents run, and read their logs.",
        command="kubectl get pods -A -o wide -l app.kubernetes.io/name=parallax-agent",
    )
    new = not {r.node for r in snapshot.reports}.intersection(silent)
    starting = f"no agent has reported yet on {', '.join(silent)}" if new else None
    return _judgement(AGENT_SILENT, title, step, settling=starting)


def _probes(snapshot: Snapshot) -> Judgement:
    """Judge the external probes: none is recent, or the probe reaches no host."""
    if why := blind(snapshot):
        title = f"{why[:1].upper()}{why[1:]}"
        return _judgement(MONITOR_BLIND, title, *_network_steps(snapshot))
    if snapshot.outside is not None:
        return _judgement(NONE, "External probes run")
    last = snapshot.run.started_at.strftime("%H:%M:%S UTC") if snapshot.run else "never"
    step = NextStep(
        text="Read the log of the probe function.",
        command="sam logs -n ProbeFunction --tail",
    )
    return _judgement(PROBES_SILENT, f"No external probe since {last}", step)


def _network_steps(snapshot: Snapshot) -> tuple[NextStep, ...]:
    """Return how to check the monitor's own network and resolver."""
    log = NextStep(
        text="Read the probe function's log, and check its network and resolver.",
        command="sam logs -n ProbeFunction --tail",
    )
    elsewhere = NextStep(
        text="Request the URL from another network: are users served?",
        command=f"curl -sv --http1.1 -o /dev/null {quote(snapshot.target.url)}",
    )
    return log, elsewhere


def _judgement(
    cause: str, title: str, *steps: NextStep, settling: str | None = None
) -> Judgement:
    """Return a judgement without any evidence about the target."""
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
