"""Report: the figures as text, for the terminal and for docs/accuracy.md.

In: results of each part. Out: Markdown, the same for the same results.
It does not: count, or know the time.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.accuracy.figures import by_class, figures, matrix
from bench.accuracy.score import Outcome, Result

HEAD = """\
# Accuracy

How often Parallax names the right cause. `make bench-accuracy` writes this page; the
same code writes the same page. Clusters that others broke, with their own labels, are
on a page of their own: [accuracy on public data](accuracy-public-data.md). There are
three kinds of cases:

- **recorded**: the lab's run of every fault (`events/diagnose/`), on real servers.
- **working**: simulated platforms drawn with a seed that developers of causes use.
- **holdout**: the same generator with a seed that nobody looks at during development.
  About half of all drawn cases. If working is much better than holdout, the causes were
  fitted to the cases.

Two pages measure the same differently: [incidents that others
reported](accuracy-worlds.md), and [accuracy by topology, and with two faults at
once](accuracy-topologies.md).

## How a case is drawn

A drawn case is a small simulated platform (`bench/accuracy/platform`). These vary:

- 1 to 12 nodes; any names, ports and hosts; IPv6;
- the ingress: ingress-nginx, Traefik, Envoy or HAProxy;
- the CDN: none, a known one, or an unknown one;
- the load balancer's service: tcp, http or https; PROXY protocol on either side;
- its targets: by server, label or address, private or public;
- policy Cluster or Local; pods on the host's network or on an overlay;
- apps, meshes and ingresses whose pages look like the load balancer's;
- nodes that are removed; a load balancer that has not noticed a recovery yet.

One fault is injected, or two at once, or only a harmless look-alike. Then requests are
simulated: external ones, health checks, and internal ones. The evidence is what each
observer would receive; the label is what was injected. The generator imports the model,
but no cause and no writer; an import contract checks this.

## How a case is scored

- Evidence is **complete** if every source reported. It is **partial** if one source was
  removed, or if the platform itself hides what would decide. A removed source is: all
  agents, half of them, a silent one, the Hetzner token, the log, the EndpointSlices, a
  fresh reading, or most of the repeats.
- On partial evidence `not-established` is as right as the true cause.
- Where two answers are right, the label has both, with the reason.
- **A wrong blame** names a cause that is not in the label. It is worse than an
  abstention, and is counted over all cases.
- Intervals are Wilson's, 95 %.

`python -m bench.week`, the second half of `make bench-accuracy`, simulates each minute
of a week. The platform is healthy; its observers fail one at a time: agents, Hetzner's
API, probes, the log, the probe's resolver and route, a clock. Rollouts and lost
requests happen in between. It fails if a target's cause is named, or if a mail reports
anything but a silence.
"""
MEASURED = Path(__file__).with_name("measured.txt")
"""What is written by hand: all figures of one commit, and what is left out."""
HELD = "holdout"
REPLAY = """\
`python -m bench.accuracy --show ID` prints a case with its judgement, `--save FILE`
writes its snapshot for `parallax judge FILE`.
"""


UNSEEN = "Recorded and working cases. Of the holdout, only the figures above are shown."


def page(parts: Mapping[str, Sequence[Result]]) -> str:
    """Return docs/accuracy.md; the held-out cases are counted, not shown."""
    everything = [r for results in parts.values() for r in results]
    shown = [r for name, results in parts.items() for r in results if name != HELD]
    lines = [HEAD, "## Figures", "", *_table(parts), ""]
    lines += [
        "## Which class it names",
        "",
        "Rows: label. Columns: judgement. All cases.",
    ]
    lines += ["`-` means that no class is named.", "", *_classes(everything), ""]
    lines += ["## Which cause it names", "", "All cases."]
    lines += ["", *_causes(everything), "", "## Wrong blames", "", UNSEEN, ""]
    lines += [*_wrong(shown), "", "## Abstentions on complete evidence", ""]
    lines += [*_abstained(shown), "", MEASURED.read_text(encoding="utf-8")]
    lines += [REPLAY.rstrip()]
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
    columns = sorted({cause for row in found.values() for cause in row})
    yield "| | " + " | ".join(columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for label, row in found.items():
        yield f"| {label} | " + " | ".join(f"{row[c] or ''}" for c in columns) + " |"


def _causes(results: Sequence[Result]) -> Iterator[str]:
    yield "| label | cases | judged |"
    yield "|---|---|---|"
    for label, row in matrix(results).items():
        counts = sorted(row.items(), key=lambda pair: (-pair[1], pair[0]))
        text = ", ".join(f"{cause} {count}" for cause, count in counts)
        yield f"| {label} | {row.total()} | {text} |"


def _wrong(results: Sequence[Result]) -> Iterator[str]:
    found = [r for r in results if r.outcome is Outcome.WRONG]
    if not found:
        yield "None."
        return
    yield "| case | injected | removed evidence | judged |"
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
    yield "| injected | abstained |"
    yield "|---|---|"
    for fault, count in sorted(found.items(), key=lambda p: (-p[1], p[0])):
        yield f"| {fault} | {count} of {total[fault]} |"
