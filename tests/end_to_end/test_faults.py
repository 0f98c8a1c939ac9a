"""Each fault leads to its own cause in queue and topic; a healthy minute to nothing."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from lab.demo.current import all_healthy
from lab.demo.explain import explain_finding, judge_again
from lab.demo.runs import keep, run_of
from lab.demo.story import Story, alarm
from lab.fault import Fault
from lab.stage.deployment import Stage
from lab.stage.emulator import ROOT
from lab.stage.inbox import Mail
from lab.stage.snapshots import with_snapshot
from parallax.model.snapshot import Snapshot
from parallax.model.stored_snapshot import decode_snapshot
from parallax.model.wire import decode
from tests.end_to_end.conftest import RECORDED, SECONDS

pytestmark = pytest.mark.lab
SCHEMA = ROOT / "docs/schema/finding.v1.schema.json"


def test_a_healthy_minute_raises_no_alarm(stage: Stage) -> None:
    """There is no finding and no mail, with scheduled probes only."""
    story = Story(stage)
    story.until(lambda: all_healthy(stage), "health")
    story.invoke()
    story.collect()
    assert all_healthy(stage)
    assert (story.lines(), story.mails) == ([], [])


def test_a_fault_names_its_own_cause(stage: Stage, fault: Fault) -> None:
    """The first alarm of each target hit names the injected cause, and no other.

    A fault that affects only the monitor leads to an alarm of the stack.
    """
    hit = set(fault.expected)
    story = Story(stage)
    try:
        with kept(fault, story), alarm(stage, fault, story, scheduled=RECORDED):
            fired = story.first_findings("firing")
            wrong = [
                explain_finding(f)
                for t, f in fired.items()
                if f["data"]["cause"] != fault.expected.get(t)
            ]
    except TimeoutError as error:
        pytest.fail(f"{fault.id}: {error}", pytrace=False)
    if wrong:
        explanations = "\n\n".join(wrong)
        save_snapshots(fault, fired)
        pytest.fail(f"expected {fault.expected}\n{explanations}", pytrace=False)
    for target, finding in fired.items():
        assert_publishable(finding, story.mails, target)
    assert_page(story.mails[0])
    story.until_over(hit)
    assert_reported_once(story, fault)
    steps = " ".join(f"{what} {took:.1f}" for what, took in story.seconds.items())
    SECONDS.append(f"{sum(story.seconds.values()):5.1f}  {fault.id}: {steps}")


@contextmanager
def kept(fault: Fault, story: Story) -> Iterator[None]:
    """Record the run of a fault, also if an alarm did not come."""
    try:
        yield
    finally:
        if RECORDED:
            keep(run_of(fault, story))
            save_findings(fault, story)


def save_findings(fault: Fault, story: Story) -> None:
    """Save all findings of a run, to see what an alarm waited for."""
    folder = ROOT / ".lab" / "findings" / story.stage.case.name
    folder.mkdir(parents=True, exist_ok=True)
    found = [with_snapshot(finding)["data"] for finding in story.findings]
    path = folder / f"{fault.id.replace(':', '-')}.json"
    path.write_text(json.dumps(found))


def save_snapshots(fault: Fault, fired: dict[str, dict[str, Any]]) -> None:
    """Save the snapshots of a wrong finding, for `parallax judge`."""
    folder = ROOT / ".lab" / "wrong"
    folder.mkdir(parents=True, exist_ok=True)
    for target, finding in fired.items():
        saved = {"snapshot": with_snapshot(finding)["data"]["snapshot"]}
        path = folder / f"{fault.id.replace(':', '-')}.{target}.json"
        path.write_text(json.dumps(saved))


def assert_publishable(finding: dict[str, Any], mails: list[Mail], target: str) -> None:
    """Assert that the event is valid, refers to its snapshot, and was mailed.

    The mail of a group has the snapshot of the target that stands for all.
    """
    Draft202012Validator(_schema()).validate(finding)
    assert finding["data"]["snapshot"] is None
    snapshot = decode(Snapshot, with_snapshot(finding)["data"]["snapshot"])
    assert judge_again(target, snapshot).cause == finding["data"]["cause"]
    mailed = [mail for mail in mails if target in mail.targets]
    assert mailed
    assert all("\ns3://" in mail.text or "judge s3://" in mail.text for mail in mailed)


def assert_page(mail: Mail) -> None:
    """Assert that the mail's link opens a page with the snapshot, and the snapshot."""
    link = re.search(r"https?://\S+/i/\S+", mail.text)
    assert link
    base = Stage.reachable(link.group())
    path = link.group().partition("/i/")[2]
    page = httpx.get(f"{base}/i/{path}", timeout=30)
    assert page.status_code == 200
    assert "Raw data" in page.text
    assert "cannot be shown" not in page.text
    (raw,) = re.findall(r'href="(/i/[^"]+snapshot\.json[^"]+)"', page.text)
    document = httpx.get(f"{base}{unescape(raw)}", timeout=30).json()
    assert decode_snapshot(document).past


def assert_reported_once(story: Story, fault: Fault) -> None:
    """Assert one firing and one resolved finding per target hit, and unique ids.

    An intermittent fault may be resolved within the tests' short quiet time, and fire
    again.
    """
    ids = [f["id"] for f in story.findings]
    assert len(ids) == len(set(ids))
    targets = {f["data"]["target"] for f in story.findings if f["data"]["turn"]}
    assert targets == set(fault.expected), story.lines()
    for group in {mail.group for mail in story.mails}:
        turns = [mail.turn for mail in story.mails if mail.group == group]
        assert turns == ["firing", "resolved"], turns
    for target in targets:
        turns = story.reasons(target)
        times = len(turns) // 2 if fault.intermittent else 1
        assert turns == ["firing", "resolved"] * times, story.lines()


def _schema() -> dict[str, Any]:
    return json.loads(SCHEMA.read_text())
