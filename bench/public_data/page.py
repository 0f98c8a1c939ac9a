"""Page: the results of the public data sets, in docs/accuracy-public-data.md.

In: the results of one data set. Out: its section of the page, as text; the page with
that section replaced. It does not: judge.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from bench.accuracy.figures import Share
from bench.public_data.equivalences import Equivalence, Match
from bench.public_data.score import NO_ROW, Result, Results

HEAD = """\
# Accuracy on public data

Clusters that others broke, with the labels that they published.
`make bench-strangers DATA=<clone>` converts a data set's cases to our Snapshot, judges
them, and writes the data set's section of this page. [Accuracy](accuracy.md) has our
own cases, which these figures are not part of. No file of a data set is in this
repository.

| figure | meaning |
|---|---|
| named | a cause is named that the label allows |
| own label | the cause with its reason says the same as the label |
| true, says less | the reason is true, and the label says more |
| no reason, or another | the cause fits, and no reason of the label is named |
| not established | no cause is named |
| wrong | a cause is named that the label does not allow |

`bench/public_data/equivalences/` has the table of what each label means in our words,
with the reason for each row. "Cannot" marks a label that says more than any evidence
that the agent reads: why an app ends is in its own log, and what a rejected claim
requested is in no object of the cluster.
"""


def section(
    title: str, about: str, results: Results, equivalences: dict[str, Equivalence]
) -> str:
    """Return a data set's section: its figures, and a row for each label."""
    lines = [f"## {title}", "", about.strip(), "", *_figures(results), ""]
    lines += ["### By label", "", *_labels(results, equivalences), ""]
    lines += ["### Not converted", "", *_left_out(results), ""]
    return "\n".join(lines)


def page(before: str, title: str, new: str) -> str:
    """Return the page with one data set's section replaced, or added at the end."""
    _, *sections = before.split("\n## ")
    by_title = {text.partition("\n")[0]: text.rstrip() for text in sections}
    by_title[title] = new.removeprefix("## ").rstrip()
    parts = [HEAD.rstrip(), *(by_title[name] for name in sorted(by_title))]
    return "\n\n## ".join(parts) + "\n"


def _figures(results: Results) -> Iterator[str]:
    whole = len(results.judged)
    named = (Match.OWN, Match.COARSER, Match.NAMED)
    rows = {
        "named": results.count(*named),
        "own label": results.count(Match.OWN),
        "true, says less": results.count(Match.COARSER),
        "no reason, or another": results.count(Match.NAMED),
        "not established": results.count(Match.ABSTAINED),
        "wrong": results.count(Match.WRONG),
    }
    yield f"| | of {whole} |"
    yield "|---|---|"
    for what, part in rows.items():
        yield f"| {what} | {Share(part=part, whole=whole)} |"


def _labels(results: Results, equivalences: dict[str, Equivalence]) -> Iterator[str]:
    by_label: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results.judged:
        by_label[result.label].append(result)
    yield "| label | cases | own label | judged |"
    yield "|---|---|---|---|"
    for label, judged in sorted(by_label.items()):
        own = sum(r.match is Match.OWN for r in judged)
        counts = Counter(_words(r) for r in judged)
        text = ", ".join(f"{what} {n}" for what, n in counts.most_common())
        less = "" if equivalences[label].own else " (cannot)"
        yield f"| {label} | {len(judged)} | {own}{less} | {text} |"


def _words(result: Result) -> str:
    words = result.cause + (f": {result.reason}" if result.reason else "")
    return f"**{words} (wrong)**" if result.match is Match.WRONG else words


def _left_out(results: Results) -> Iterator[str]:
    if not results.left_out:
        yield "All cases are converted."
        return
    alone = sum(c.left_out == NO_ROW for c in results.left_out)
    if alone:
        yield f"{alone} cases: {NO_ROW}."
        yield ""
    others = [c for c in results.left_out if c.left_out != NO_ROW]
    if not others:
        return
    counts = Counter((c.left_out or "", c.label) for c in others)
    yield "| why | label | cases |"
    yield "|---|---|---|"
    for (why, label), number in sorted(counts.items()):
        yield f"| {why} | {label} | {number} |"
