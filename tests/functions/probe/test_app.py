"""Probe takes its targets from the file, and from nowhere on the network."""

import json
from pathlib import Path
from typing import Any

import pytest

from parallax.probe import Plan
from parallax.targets import TargetsError

TARGETS = """targets:
  - name: front
    url: http://127.0.0.1:9/
    allow_private_addresses: true
  - name: api
    url: https://api.example/
"""


@pytest.fixture
def probe(load: Any, tmp_path: Path) -> Any:
    """Load probe with two targets."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    return load("probe", TARGETS=file)


def test_the_schedule_means_all_targets(probe: Any) -> None:
    """An event that names none means every one."""
    assert [target.name for target in probe.choose({})] == ["front", "api"]
    assert [target.name for target in probe.choose({"targets": ["api"]})] == ["api"]


def test_an_unknown_name_is_refused(probe: Any) -> None:
    """A typo is told, not skipped."""
    with pytest.raises(TargetsError, match="no target is named frnt"):
        probe.choose({"targets": ["frnt"]})


def test_a_wrong_targets_file_fails_with_file_and_line(
    load: Any, tmp_path: Path
) -> None:
    """The run fails as a whole, so that its dead letters and their alarm tell."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS.replace("https://", ""))
    with pytest.raises(TargetsError, match=r"targets\.yaml:6: .*url"):
        load("probe", TARGETS=file).handler({}, None)


def test_a_failing_target_is_printed_and_summed_up(
    probe: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both records of the run and the metrics are on standard output."""
    plan = Plan(repeats=1, interval=0.1, resolvers=())
    monkeypatch.setattr(probe, "plan", lambda: plan)
    (run,) = probe.handler({"targets": ["front"]}, None)["runs"]
    assert (run["healthy"], run["error.type"]) == (False, "connection_refused")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kinds = [x["would_store"]["kind"] for x in lines if "would_store" in x]
    assert kinds == ["run", "investigation"]
    assert any(x.get("probe_success") == [0.0] for x in lines)


def test_the_stack_s_parameters_make_the_plan(load: Any) -> None:
    """Pause, resolvers and the control's URL; without them the probe's own choice."""
    plan = load(
        "probe",
        CONTROL_URL="https://control.example/",
        RESOLVERS="203.0.113.53, 203.0.113.54",
        REPEAT_SECONDS="0.5",
    ).plan()
    assert plan.interval == 0.5
    assert plan.resolvers == ("203.0.113.53", "203.0.113.54")
    assert plan.control_url == "https://control.example/"
    own = load("probe", CONTROL_URL="", RESOLVERS="", REPEAT_SECONDS="").plan()
    assert own == Plan()
