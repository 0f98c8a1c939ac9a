"""Runs: what each fault that was played end to end led to, kept for the page.

In: a fault, and its story. Out: one `Run`, and one line
of JSON for each fault in the case's file; a fault that is played again replaces its
line. It does not: play a fault, or write the page (`runs_page` does).
"""

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from lab.demo.explain import judge_again
from lab.demo.story import Story
from lab.fault import Fault
from lab.stage.emulator import ROOT
from lab.stage.inbox import Mail
from lab.stage.snapshots import with_snapshot
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode

FOLDER = ROOT / "lab" / "runs"
RIGHT, WRONG, UNDECIDED, SILENT = "right", "wrong", "not-established", "no mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """The first mail of one incident. All times in seconds from `failed_at`.

    `failed_at` is the start of the first failed probe, `probe` how long that took,
    `investigated` the end of the last probe that was judged, `judged` the judgement.
    `complete`: every source of evidence had reported.
    """

    subject: str
    cause: str
    complete: bool
    failed_at: str
    probe: float
    investigated: float
    judged: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One fault, played once in one case."""

    case: str
    fault: str
    verdict: str
    expected: dict[str, str]
    named: dict[str, str]
    mails: list[Mailed] = field(default_factory=list[Mailed])
    commit: str = ""

    @property
    def seconds(self) -> float | None:
        """From the first failed probe to the slowest first mail; None: no mail."""
        return max((mail.seconds for mail in self.mails), default=None)


def verdict(expected: Mapping[str, str], named: Mapping[str, str]) -> str:
    """Return how the named causes compare with the injected ones; the worst counts."""
    others = {
        subject: cause
        for subject, cause in named.items()
        if expected.get(subject) != cause
    }
    if any(cause != NOT_ESTABLISHED for cause in others.values()):
        return WRONG
    if others:
        return UNDECIDED
    return RIGHT if set(named) == set(expected) else SILENT


def mailed(finding: Mapping[str, Any], mails: Iterable[Mail]) -> Mailed | None:
    """Return the mail of a firing finding that holds its snapshot; None: no mail."""
    data = finding["data"]
    if data["snapshot"] is None:
        return None
    snapshot = decode(Snapshot, data["snapshot"])
    failed_at = snapshot.failing_since or datetime.fromisoformat(data["since"])
    sent = _sent(data["target"], mails, failed_at)
    if sent is None:
        return None
    run = snapshot.run

    def after(instant: datetime) -> float:
        return round((instant - failed_at).total_seconds(), 1)

    ends = [after(p.started_at) + p.duration for p in run.probes] if run else []
    first = run.first.duration if run and run.started_at == failed_at else 0.0
    return Mailed(
        subject=data["target"],
        cause=data["cause"],
        complete=judge_again(data["target"], snapshot).complete,
        failed_at=failed_at.isoformat(timespec="milliseconds"),
        probe=round(first, 1),
        investigated=round(max(ends, default=0.0), 1),
        judged=after(datetime.fromisoformat(data["judged_at"])),
        seconds=after(sent),
    )


def _sent(subject: str, mails: Iterable[Mail], since: datetime) -> datetime | None:
    """Return when the first mail since then that lists a subject was sent, if one does.

    An earlier mail of its group counted it as unconfirmed.
    """
    times = [m.sent_at for m in mails if subject in m.targets and m.sent_at]
    return min((time for time in times if time >= since), default=None)


def run_of(fault: Fault, story: Story) -> Run:
    """Return the record of a fault, from the first alarms of its story so far."""
    firing = story.first_findings("firing")
    named = {target: f["data"]["cause"] for target, f in firing.items()}
    mails = (mailed(with_snapshot(f), story.mails) for f in firing.values())
    return Run(
        case=story.stage.case.name,
        fault=fault.id,
        verdict=verdict(fault.expected, named),
        expected=dict(fault.expected),
        named=named,
        mails=[mail for mail in mails if mail],
        commit=os.environ.get("PARALLAX_COMMIT") or _commit(),
    )


def _commit() -> str:
    """Return the short hash of the work tree's commit; empty outside a clone."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def keep(run: Run, folder: Path = FOLDER) -> None:
    """Write a run in its case's file, in the place of an older one of its fault."""
    folder.mkdir(parents=True, exist_ok=True)
    runs = {one.fault: one for one in read(run.case, folder)} | {run.fault: run}
    lines = [json.dumps(asdict(one)) for _, one in sorted(runs.items())]
    (folder / f"{run.case}.jsonl").write_text("".join(f"{line}\n" for line in lines))


def read(case: str, folder: Path = FOLDER) -> list[Run]:
    """Return the runs of a case; none if it was never played."""
    path = folder / f"{case}.jsonl"
    if not path.exists():
        return []
    return [_run(json.loads(line)) for line in path.read_text().splitlines()]


def _run(saved: dict[str, Any]) -> Run:
    fields: dict[str, Any] = saved | {"mails": [Mailed(**m) for m in saved["mails"]]}
    return Run(**fields)
