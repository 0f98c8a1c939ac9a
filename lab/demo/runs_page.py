"""Runs page: docs/lab-runs.md, from the kept runs of all cases.

In: runs, the machine. Out: the text of the page; `python -m lab.demo.runs_page` writes
it. It does not: play a fault; `make end-to-end TIMING=production` does.
"""

import os
import platform
from collections.abc import Iterable, Sequence
from statistics import median, quantiles

from lab.case import load
from lab.demo.runs import RIGHT, Mailed, Run, read
from lab.demo.selection import select_faults
from lab.stage.emulator import ROOT
from parallax.model.judgement import NOT_ESTABLISHED

STACK = "stack/"
"""How the subject of an incident begins that is about Parallax itself."""
CASES = ("keybuzz", "bookshop", "k3s", "local", "haproxy", "hostport")
PAGE = """\
# Every fault, end to end, in each case of the lab

Real servers, agents and functions in the emulator, from the injected fault to the mail.
{summary}

{figures}

**Seconds** are from the start of the first failed probe to the first mail of a target.
Of several targets in one run, the table below shows the slowest. "Evidence suffices":
the mail names a cause, and every source of evidence had reported. A request without a
response fails only when its time is over; "without the first wait" counts from then.
A mail about Parallax itself waits 45 s for other sources, and then for the next minute.

## Faults and cases
The seconds of a run with the right cause; otherwise its verdict. An empty cell:
the case cannot have the fault. "not played": it can.

{table}

## Runs that were not right
{misses}

## How it is measured
`make end-to-end TIMING=production FAULTS=all CASE=lab/cases/<case>.yaml` plays the
faults one after the other, and keeps each run in `lab/runs/`.
`python -m lab.demo.runs_page` writes this page. The waits that delay a first mail are
the template's: ten repeats two seconds apart, 45 s for missing evidence. Two are not.
An alert waits 20 s after a change in the cluster, and 120 s in production, where a
rollout takes minutes. The agents learn of a failure within ten seconds, as in
production, but by shorter heartbeats. The first probe follows the injection at once.
An intermittent fault is then probed every eight seconds. The delays of AWS and of
e-mail are not in the figures. Of a fault that was played again, after a repair or by
chance, the newest run counts. Several cases were played at the same time. On
1 December other work kept the machine busy, so its seconds are longer. Why one host of
a dropped NodePort may have no cause: [decision
3](decisions/0003-cause-order-and-evidence-age.md).

What takes the time: 18 s are the ten repeats. A cause that needs the ingress logs waits
up to six seconds for them (`cdn-cannot-reach-origin`). A request that hangs takes its
whole time at the beginning and at the end (`dns-stale-address-dead`). A shorter series
of repeats would tell an intermittent failure from a constant one less well.
"""


def page(runs: Sequence[Run], machine: str) -> str:
    """Return the page's text."""
    mails = [mail for run in runs for mail in run.mails]
    commits = ", ".join(sorted({run.commit for run in runs}))
    days = sorted({mail.failed_at[:10] for mail in mails})
    span = " to ".join(dict.fromkeys((days[0], days[-1]))) if days else "never"
    right = sum(run.verdict == RIGHT for run in runs)
    summary = (
        f"{right} of {len(runs)} runs named the injected cause and no other.\n"
        f"Played {span} at {commits}, on {machine}."
    )
    misses = "\n".join(map(_miss, (r for r in runs if r.verdict != RIGHT))) or "None."
    return PAGE.format(
        summary=summary, figures=_figures(mails), table=_table(runs), misses=misses
    )


def _figures(mails: Sequence[Mailed]) -> str:
    about_targets = [m for m in mails if not m.subject.startswith(STACK)]
    sufficing = [m for m in about_targets if m.complete and m.cause != NOT_ESTABLISHED]
    own = [m.seconds for m in mails if m.subject.startswith(STACK)]
    rows = (
        ("mails about targets", [m.seconds for m in about_targets]),
        ("where evidence suffices", [m.seconds for m in sufficing]),
        ("the same, without the first wait", [m.seconds - m.probe for m in sufficing]),
        ("mails about Parallax itself", own),
    )
    head = "| seconds to the mail | mails | median | p95 | maximum |"
    lines = [head, "|---|---|---|---|---|"]
    for name, values in rows:
        if values:
            figures = (median(values), p95(values), max(values))
            shown = " | ".join(f"{figure:.1f}" for figure in figures)
            lines.append(f"| {name} | {len(values)} | {shown} |")
    return "\n".join(lines)


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile of at least one value."""
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=20, method="inclusive")[-1]


def _table(runs: Iterable[Run]) -> str:
    played = {(run.fault, run.case): run for run in runs}
    possible = {case: _possible(case) for case in CASES}
    faults = list(dict.fromkeys(f for found in possible.values() for f in found))
    lines = [f"| fault | {' | '.join(CASES)} |", f"|---|{'---|' * len(CASES)}"]
    for fault in sorted(faults, key=lambda f: ("+" in f, f)):
        cells = [
            _cell(played.get((fault, case)), possible=fault in possible[case])
            for case in CASES
        ]
        lines.append(f"| `{fault}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def _possible(case: str) -> list[str]:
    platform_of = load(ROOT / "lab" / "cases" / f"{case}.yaml")
    return [fault.id for fault in select_faults("all", platform_of)]


def _cell(run: Run | None, *, possible: bool) -> str:
    if run is None:
        return "not played" if possible else ""
    if run.verdict == RIGHT and run.seconds is not None:
        return f"{run.seconds:.0f}"
    return f"**{run.verdict}**"


def _miss(run: Run) -> str:
    named = ", ".join(f"{t}: `{c}`" for t, c in sorted(run.named.items()))
    words = f"- {run.case}, `{run.fault}`: {run.verdict}."
    return f"{words} {named}." if named else words


def write() -> None:
    """Write the page from all kept runs."""
    runs = [run for case in CASES for run in read(case)]
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    (ROOT / "docs" / "lab-runs.md").write_text(page(runs, machine))


if __name__ == "__main__":
    write()
