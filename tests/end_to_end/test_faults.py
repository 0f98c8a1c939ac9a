"""Each shipped fault names its own cause, through queue and topic; health nothing."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lab.demo.inbox import Mail
from lab.demo.play import look
from lab.demo.stage import Stage
from lab.demo.story import Story, alarm
from lab.emulator import ROOT
from lab.fault import fault_ids, load_fault
from parallax.diagnose import judge
from parallax.model.finding import View
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode

pytestmark = pytest.mark.lab
SCHEMA = ROOT / "docs/schema/finding.v1.schema.json"


def all_healthy(stage: Stage) -> bool:
    """Whether outside and inside of every target are seen, and well."""
    well = (View.HEALTHY, View.HEALTHY)
    judged = look(stage).values()
    return all((j.symptom.external, j.symptom.internal) == well for j in judged)


def test_health_raises_nothing(stage: Stage) -> None:
    """A healthy minute, probed by the schedule alone, gives no finding and no mail."""
    story = Story(stage)
    story.until(lambda: all_healthy(stage), "health")
    stage.wake("Probe")
    assert all_healthy(stage)
    assert (story.lines(), story.mails) == ([], [])


@pytest.mark.parametrize("fault_id", fault_ids())
def test_a_fault_names_its_own_cause(stage: Stage, fault_id: str) -> None:
    """The first alarm of each target hit names the injected cause, and no other."""
    fault = load_fault(fault_id, stage.case)
    hit = set(fault.expected)
    with alarm(stage, fault) as story:
        fired = story.turned("firing")
    assert {t: f["data"]["cause"] for t, f in fired.items()} == fault.expected
    for target, finding in fired.items():
        assert_publishable(finding, story.mails, target)
    stage.wake("Probe")
    story.until_turned("resolved", hit)
    assert_told_once(story, hit)


def assert_publishable(finding: dict[str, Any], mails: list[Mail], target: str) -> None:
    """Assert that event and mail are what a subscriber and a person need."""
    Draft202012Validator(_schema()).validate(finding)
    snapshot = decode(Snapshot, finding["data"]["snapshot"])
    assert judge(snapshot).cause == finding["data"]["cause"]
    assert any(target in mail.subject for mail in mails)


def assert_told_once(story: Story, hit: set[str]) -> None:
    """Each target got one firing mail and one resolved mail; ids never repeat."""
    ids = [f["id"] for f in story.findings]
    assert len(ids) == len(set(ids))
    turns = [f["data"]["turn"] for f in story.findings if f["data"]["turn"]]
    assert sorted(turns) == sorted(["firing", "resolved"] * len(hit))


def _schema() -> dict[str, Any]:
    return json.loads(SCHEMA.read_text())
