"""Report: the figures as text, for the terminal and for docs/accuracy.md.

In: results of each part. Out: Markdown, the same for the same results.
It does not: count, or know the time.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bench.accuracy.figures import by_class, figures, matrix
from bench.accuracy.score import Outcome, Result

HEAD = """\
# Accuracy

How often Parallax names whom to blame, and why. Written by `make bench-accuracy`; the
same code writes the same page. The cases are of three kinds:

- **recorded**: the lab's run of every fault (`events/diagnose/`), on real servers.
- **working**: platforms drawn by a seed that is used while the causes are worked on.
- **holdout**: the same generator with a seed that nobody looks at meanwhile; a third
  of all that is drawn. If working is much better than holdout, the causes were fitted
  to the cases.

A drawn case is a small simulated platform (`bench/accuracy/platform`): 1 to 12 nodes,
any names, ports and hosts; ingress-nginx, Traefik, Envoy or HAProxy; with a CDN or
none; a tcp, http or https balancer service; targets by server, label or address,
private or public; policy Cluster or Local; pods on the host's network or an overlay;
IPv6; PROXY protocol on both sides; apps, meshes and ingresses whose pages look like the
balancer's, CDNs of no known make, nodes that go, a balancer that has not noticed yet
that all is well again. Something is broken on purpose, or only noisy, or
two things are broken at once. Then requests are played through it: outside, health
checks, inside. What each observer would have got is the evidence; what was broken is
the label. The generator imports the model only, no cause and no writer: an import
contract holds it to that.

Evidence is **complete** if every source spoke, and **partial** if one was kept back
(all agents, half of them or one silent, no Hetzner token, no log, no EndpointSlices, a
stale reading, few repeats) or the platform itself hides what would decide. On partial
evidence `not-established` is as right as the true cause. Where two answers are honest,
the label holds both, with the reason. **A wrong blame** names a cause that is not in
the label: worse than an abstention, and counted over all cases. Intervals are Wilson's,
95 %.

`python -m bench.week`, the second half of `make bench-accuracy`, plays a week of
minutes of a healthy platform whose observers fail one at a time (agents, Hetzner's
API, probes, the log, the probe's resolver and route, a clock), with rollouts and lost
requests between. It fails if anybody is blamed, or woken for anything but a silence.
"""
HELD = "holdout"
REPLAY = """\
`python -m bench.accuracy --show ID` prints a case with its judgement, `--save FILE`
writes its snapshot for `parallax judge FILE`.
"""


UNSEEN = "Recorded and working cases; of those held out, the figures above must do."


def page(parts: Mapping[str, Sequence[Result]]) -> str:
    """Return docs/accuracy.md; the held-out cases are counted, not shown."""
    everything = [r for results in parts.values() for r in results]
    shown = [r for name, results in parts.items() for r in results if name != HELD]
    lines = [HEAD, "## Figures", "", *_table(parts), ""]
    lines += ["## Whom it blames", "", "Label in the row, judgement in the column, all"]
    lines += ["cases; `-` blames nobody.", "", *_classes(everything), ""]
    lines += ["## Which cause it names", "", "All cases; only what was said is listed."]
    lines += ["", *_causes(everything), "", "## Wrong blames", "", UNSEEN, ""]
    lines += [*_wrong(shown), "", "## Abstentions on complete evidence", ""]
    lines += [*_abstained(shown), "", REPLAY.rstrip()]
    return "\n".join(lines) + "\n"


def _table(parts: Mapping[str, Sequence[Result]]) -> Iterator[str]:
    names = list(parts)
    found = [figures(parts[name]) for name in names]
    yield "| | " + " | ".join(names) + " |"
    yield "|---" * (len(names) + 1) + "|"
    rows = {
        "cases": [f"{f.cases}" for f in found],
        "class right (complete evidence)": [f"{f.class_}" for f in found],
        "cause right (complete evidence)": [f"{f.cause}" for f in found],
        "abstained (complete evidence)": [f"{f.abstained}" for f in found],
        "wrong blames (all cases)": [f"{f.wrong}" for f in found],
        "class right where one is named (all cases)": [f"{f.blamed}" for f in found],
        "cause right where one is named (all cases)": [f"{f.named}" for f in found],
        "cause right (partial evidence)": [f"{f.partial}" for f in found],
    }
    for what, cells in rows.items():
        yield f"| {what} | " + " | ".join(cells) + " |"


def _classes(results: Sequence[Result]) -> Iterator[str]:
    found = by_class(results)
    columns = sorted({said for row in found.values() for said in row})
    yield "| | " + " | ".join(columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for label, row in found.items():
        yield f"| {label} | " + " | ".join(f"{row[c] or ''}" for c in columns) + " |"


def _causes(results: Sequence[Result]) -> Iterator[str]:
    yield "| label | cases | said |"
    yield "|---|---|---|"
    for label, row in matrix(results).items():
        said = sorted(row.items(), key=lambda pair: (-pair[1], pair[0]))
        text = ", ".join(f"{cause} {count}" for cause, count in said)
        yield f"| {label} | {row.total()} | {text} |"


def _wrong(results: Sequence[Result]) -> Iterator[str]:
    found = [r for r in results if r.outcome is Outcome.WRONG]
    if not found:
        yield "None."
        return
    yield "| case | what was broken | kept back | said |"
    yield "|---|---|---|---|"
    for r in found:
        yield f"| `{r.id}` | {r.fault} | {r.hidden} | {r.cause} |"


def _abstained(results: Sequence[Result]) -> Iterator[str]:
    found = Counter(
        r.fault
        for r in results
        if r.outcome is Outcome.ABSTAINED and r.label.evidence == "complete"
    )
    if not found:
        yield "None."
        return
    total = Counter(r.fault for r in results if r.label.evidence == "complete")
    yield "| what was broken | abstained |"
    yield "|---|---|"
    for fault, count in sorted(found.items(), key=lambda p: (-p[1], p[0])):
        yield f"| {fault} | {count} of {total[fault]} |"
