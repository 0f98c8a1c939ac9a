"""Probe takes its targets from the file, and from nowhere on the network."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parallax.model.packed import TooLargeError
from parallax.model.probe import ProbeRun
from parallax.model.target import Target
from parallax.model.wire import encode
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
    app = load("probe", TARGETS=file, METRICS="success")
    plan = Plan(repeats=1, interval=0.1, resolvers=())
    app.probing = replace(app.probing, plan=plan)
    return app


def test_the_schedule_means_all_targets(probe: Any, capsys: Any) -> None:
    """An event that names none is a round, with an item of its own."""
    with_targets(probe, both())
    found = probe.handler({}, None)
    assert (found["targets"], found["probed"]) == (2, 2)
    assert found["failing"] == ["front", "other"]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (stored,) = [line["round"] for line in lines if "round" in line]
    assert stored["failing"] == ["front", "other"]


def test_an_unknown_name_is_refused(probe: Any) -> None:
    """A typo is reported, not skipped."""
    with pytest.raises(TargetsError, match="no target is named frnt"):
        probe.handler({"targets": ["frnt"]}, None)


def test_a_disabled_target_is_probed_only_by_its_name(
    load: Any, tmp_path: Path
) -> None:
    """By hand, to see whether it works again."""
    file = tmp_path / "targets.yaml"
    file.write_text(
        TARGETS.split("  - name: api", maxsplit=1)[0] + "    enabled: false\n"
    )
    app = load("probe", TARGETS=file)
    plan = Plan(repeats=1, interval=0.1, resolvers=())
    app.probing = replace(app.probing, plan=plan)
    assert app.handler({}, None)["targets"] == 0
    assert app.handler({"targets": []}, None)["runs"] == []
    (run,) = app.handler({"targets": ["front"]}, None)["runs"]
    assert run["target"] == "front"


def test_a_target_that_is_not_in_the_file_can_be_probed(probe: Any) -> None:
    """By hand, with all of its settings in the event."""
    target = encode(both()[0]) | {"name": "by-hand"}
    (run,) = probe.handler({"target": target}, None)["runs"]
    assert (run["target"], run["healthy"]) == ("by-hand", False)


def test_a_wrong_targets_file_fails_with_file_and_line(
    load: Any, tmp_path: Path
) -> None:
    """The run fails as a whole, so that a dead letter and its alarm report it."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS.replace("https://", ""))
    with pytest.raises(TargetsError, match=r"targets\.yaml:6:10: .*url"):
        load("probe", TARGETS=file).handler({}, None)


def test_a_failing_target_is_printed_and_summed_up(
    probe: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both records of the run and the metrics are on standard output."""
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
    ).probing.plan
    assert plan.interval == 0.5
    assert plan.resolvers == ("203.0.113.53", "203.0.113.54")
    assert plan.control_url == "https://control.example/"
    own = load("probe", CONTROL_URL="", RESOLVERS="", REPEAT_SECONDS="").probing.plan
    assert own == Plan()


def test_metrics_are_written_before_an_investigation_is_over(
    probe: Any, capsys: Any
) -> None:
    """A function that is cut off in the middle of one has emitted them all."""
    with_targets(probe, both())
    probe.handler({}, None)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kinds = [line.get("would_store", {}).get("kind") for line in lines]
    until = lines[: kinds.index("investigation")]
    measured = {line["target"] for line in until if "probe_success" in line}
    assert measured == {"front", "other"}


def test_a_run_that_cannot_be_stored_costs_only_itself(
    probe: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """The others are stored, all are measured, and the invocation fails at the end."""
    with_targets(probe, both())
    real = probe.probing.journal.record

    def record(run: ProbeRun) -> None:
        """Fail for one target, as a table that refuses it does."""
        if run.target == "front":
            raise OSError("table away")
        real(run)

    monkeypatch.setattr(probe.probing.journal, "record", record, raising=False)
    with pytest.raises(ExceptionGroup, match="some runs were not recorded"):
        probe.handler({}, None)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    stored = {x["would_store"]["pk"] for x in lines if "would_store" in x}
    measured = {x["target"] for x in lines if "probe_success" in x}
    assert (stored, measured) == ({"other", "#rounds"}, {"front", "other"})


def test_an_investigation_that_is_too_large_is_stored_lighter(
    probe: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """It names what it omits; the first probe is complete."""
    real = probe.probing.journal.record

    def record(run: ProbeRun) -> None:
        """Refuse a run that does not name an omission."""
        if len(run.probes) > 1 and not any("too large" in s for s in run.skipped):
            raise TooLargeError("too large")
        real(run)

    monkeypatch.setattr(probe.probing.journal, "record", record, raising=False)
    (run,) = probe.handler({"targets": ["front"]}, None)["runs"]
    assert run["probes"] > 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (full,) = [x for x in lines if x.get("would_store", {}).get("kind") != "run"][-1:]
    left_out = "certificate of all probes but the first: the run was too large"
    assert left_out in full["observation"]["skipped"]


def with_targets(probe: Any, targets: tuple[Target, ...]) -> None:
    """Let the schedule's event mean these targets."""
    probe.probing = replace(probe.probing, load=lambda: targets)


def both() -> tuple[Target, ...]:
    """Return two targets that refuse."""
    return tuple(
        Target(name=name, url="http://127.0.0.1:9/", allow_private_addresses=True)
        for name in ("front", "other")
    )
