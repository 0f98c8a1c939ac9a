"""Inspect writes a reading for every target, also when it can read nothing."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from botocore.stub import Stubber

from parallax import aws
from parallax.journal.dynamodb import DynamoJournal
from parallax.model.balancer import BalancerReading, Problem
from parallax.model.probe import ErrorType, Probe, ProbeRun, Role
from parallax.model.target import Target
from parallax.targets import TargetsError
from tests.parallax.inspect.api import Api, error

TARGETS = """targets:
  - name: front
    url: https://front.example/
    reached: {load_balancer: lb}
"""
TOKEN = json.dumps({"hetzner_token": "s3cr3t\n", "agent_key": ""})


def test_without_a_token_the_reading_states_it(
    load: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Invoked by hand without an account, it prints the problem that it would store."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    inspect = load("inspect", TARGETS=file)
    answer = inspect.handler({}, None)
    (summary,) = answer["readings"]
    assert (summary["target"], summary["load_balancer"]) == ("front", None)
    assert summary["problem"] == "unauthorized"
    assert "set the stack's parameter HetznerToken" in summary["problem_detail"]
    assert "set the stack's parameter HetznerToken" in capsys.readouterr().out


MUTE = "  - {name: mute, url: 'https://mute.example/'}\n"


def test_without_a_token_an_unnamed_balancer_has_a_reading_too(
    load: Any, tmp_path: Path
) -> None:
    """By its address its balancer might have been found."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS + MUTE)
    summary = load("inspect", TARGETS=file).handler({}, None)["readings"]
    assert [t["target"] for t in summary] == ["front", "mute"]
    for one in summary:
        assert one["problem"] == "unauthorized"
        assert "set the stack's parameter HetznerToken" in one["problem_detail"]


def test_a_target_without_a_load_balancer_gets_no_reading(
    load: Any, tmp_path: Path
) -> None:
    """Nothing is missing for it, so no reading may say so."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS.replace("load_balancer: lb", "load_balancer: none"))
    assert load("inspect", TARGETS=file).handler({}, None)["readings"] == []


@pytest.mark.parametrize("word", ["AccessDeniedException", "ResourceNotFoundException"])
def test_an_unreadable_secret_is_reported_for_every_target(
    load: Any,
    cloud: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    word: str,
) -> None:
    """With its name and AWS's error code, in the summary and in the log."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS + MUTE)
    arn = f"arn:aws:secretsmanager:eu-central-1:000000000000:secret:{cloud.journal}"
    inspect = load("inspect", TARGETS=file, HETZNER_TOKEN_ARN=arn)
    with Stubber(aws._secrets().provider.client) as stub:
        stub.add_client_error("get_secret_value", word)
        summary = inspect.handler({}, None)["readings"]
    reason = f"cannot read the secret {cloud.journal}: {word}"
    assert [t["target"] for t in summary] == ["front", "mute"]
    for one in summary:
        assert one["problem"] == "unauthorized"
        assert one["problem_detail"].startswith(reason)
    assert reason in capsys.readouterr().out


def test_a_secret_of_another_form_is_reported(
    load: Any, cloud: Any, tmp_path: Path
) -> None:
    """A token put in as plain text: the reading names the form, not the text."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    name = cloud.journal + "-plain"
    cloud.client("secretsmanager").create_secret(Name=name, SecretString="s3cr3t")
    inspect = load("inspect", TARGETS=file, HETZNER_TOKEN_ARN=name)
    (summary,) = inspect.handler({}, None)["readings"]
    assert summary["problem"] == "unauthorized"
    form = 'expected a JSON object with the text "hetzner_token"'
    assert form in summary["problem_detail"]
    assert "s3cr3t" not in str(summary)


def test_an_unreachable_secrets_manager_is_reported(
    load: Any, cloud: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no code of AWS's then, and no answer."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    inspect = load("inspect", TARGETS=file, HETZNER_TOKEN_ARN=cloud.journal)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    (summary,) = inspect.handler({}, None)["readings"]
    reason = f"cannot read the secret {cloud.journal}: EndpointConnectionError"
    assert reason in summary["problem_detail"]


def test_an_api_out_of_reach_is_written_down(
    load: Any, cloud: Any, tmp_path: Path
) -> None:
    """The function succeeds, and the journal has the reason."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    name = cloud.journal + "-token"
    cloud.client("secretsmanager").create_secret(Name=name, SecretString=TOKEN)
    inspect = load(
        "inspect",
        TARGETS=file,
        JOURNAL_TABLE=cloud.journal,
        HETZNER_TOKEN_ARN=name,
        HETZNER_ENDPOINT="http://127.0.0.1:9/v1",
    )
    assert inspect.handler({}, None)["readings"][0]["problem"] == "unreachable"
    since = datetime.now(UTC) - timedelta(minutes=1)
    (reading,) = DynamoJournal(cloud.journal).recent("front", since)
    assert isinstance(reading, BalancerReading)
    assert reading.problem is Problem.UNREACHABLE
    assert "127.0.0.1" in str(reading.problem_detail)


def test_a_reading_that_cannot_be_stored_fails_the_run_after_all_others(
    load: Any, cloud: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are in the journal; the alarm of the function's errors can fire."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS + MUTE + MUTE.replace("mute", "last"))
    inspect = load("inspect", TARGETS=file, JOURNAL_TABLE=cloud.journal)
    store = inspect.inspection.journal.record

    def record(reading: BalancerReading) -> None:
        if reading.target == "front":
            raise OSError("no file left")
        store(reading)

    monkeypatch.setattr(inspect.inspection.journal, "record", record)
    with pytest.raises(ExceptionGroup, match="readings not stored"):
        inspect.handler({}, None)
    since, journal = datetime.now(UTC), DynamoJournal(cloud.journal)
    found = {name: len(journal.recent(name, since)) for name in ("mute", "last")}
    assert found == {"mute": 1, "last": 1}


@pytest.fixture
def keyed(load: Any, cloud: Any, tmp_path: Path) -> Any:
    """Load inspect with a token in the emulator, and an API out of reach."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    name = cloud.journal + "-cached"
    cloud.client("secretsmanager").create_secret(Name=name, SecretString=TOKEN)
    return load(
        "inspect",
        TARGETS=file,
        HETZNER_TOKEN_ARN=name,
        HETZNER_ENDPOINT="http://127.0.0.1:9/v1",
    )


def refused_token(inspect: Any, word: str) -> dict[str, Any]:
    """Return the reading while Secrets Manager refuses the token with this code."""
    with Stubber(aws._secrets().provider.client) as stub:
        stub.add_client_error("get_secret_value", word)
        (summary,) = inspect.handler({}, None)["readings"]
    return summary


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("AccessDeniedException", "unreachable"),
        ("ThrottlingException", "unreachable"),
        ("InvalidRequestException", "unauthorized"),
        ("ResourceNotFoundException", "unauthorized"),
    ],
)
def test_a_cached_token_serves_on_unless_it_was_revoked(
    keyed: Any, monkeypatch: pytest.MonkeyPatch, word: str, problem: str
) -> None:
    """Past its age it is used (the API is out of reach) until its secret is gone."""
    keyed.handler({}, None)
    now = monotonic() + aws.SECRET_SECONDS
    monkeypatch.setattr(aws._secrets(), "_now", lambda: now)
    assert refused_token(keyed, word)["problem"] == problem


@pytest.mark.parametrize(
    ("word", "problem"),
    [("AccessDeniedException", "unauthorized"), ("ThrottlingException", "other")],
)
def test_without_a_token_the_reading_has_the_true_reason(
    keyed: Any, word: str, problem: str
) -> None:
    """An error of AWS is not reported as a token to replace."""
    summary = refused_token(keyed, word)
    assert summary["problem"] == problem
    assert "cannot read the secret " in summary["problem_detail"]
    assert f": {word}" in summary["problem_detail"]
    advised = "secretsmanager:GetSecretValue" in summary["problem_detail"]
    assert advised is (problem == "unauthorized")


def test_a_wrong_token_is_reported_with_an_action(
    load: Any, cloud: Any, tmp_path: Path, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who invokes it by hand reads where a token is made, and where it goes."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    name = cloud.journal + "-wrong"
    cloud.client("secretsmanager").create_secret(Name=name, SecretString=TOKEN)
    api.reply = error(401, "unauthorized")
    inspect = load(
        "inspect", TARGETS=file, HETZNER_TOKEN_ARN=name, HETZNER_ENDPOINT=api.url
    )
    (summary,) = inspect.handler({}, None)["readings"]
    assert summary["problem"] == "unauthorized"
    assert "create a read-only API token" in summary["problem_detail"]
    assert "hetzner_token of the stack's secret ParallaxSecret" in str(summary)
    assert "s3cr3t" not in str(summary) + capsys.readouterr().out


def test_by_hand_it_prints_the_balancer_and_its_match(
    load: Any, cloud: Any, tmp_path: Path, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """The summary names it; who names none, and was not probed yet, is logged."""
    file = tmp_path / "targets.yaml"
    file.write_text(
        TARGETS.replace("load_balancer: lb", "load_balancer: lb-prod") + MUTE
    )
    name = cloud.journal + "-right"
    cloud.client("secretsmanager").create_secret(Name=name, SecretString=TOKEN)
    inspect = load(
        "inspect", TARGETS=file, HETZNER_TOKEN_ARN=name, HETZNER_ENDPOINT=api.url
    )
    (summary,) = inspect.handler({}, None)["readings"]
    assert (summary["load_balancer"], summary["matched_by"]) == ("lb-prod", "by name")
    (line,) = (
        r for r in caplog.records if "without a load balancer reading" in r.message
    )
    assert vars(line)["targets"] == ["mute"]


def failing_in_dns(at: datetime) -> ProbeRun:
    """Return a run of the front whose name was not resolved."""
    probe = Probe(
        role=Role.FIRST,
        request_id="front-unnamed",
        url="https://front.example/",
        started_at=at,
        healthy=False,
        duration=0.1,
        error_type=ErrorType.NAME_NOT_RESOLVED,
        error_phase="resolve",
    )
    return ProbeRun(target="front", started_at=at, probes=(probe,))


@pytest.mark.parametrize("failing", ["front", "another"])
def test_the_zone_is_read_for_a_failure_that_may_come_from_dns(
    load: Any, cloud: Any, tmp_path: Path, api: Api, failing: str
) -> None:
    """Of a target whose failing run started this one, and of no other."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS.replace("load_balancer: lb", "load_balancer: lb-prod"))
    name = f"{cloud.journal}-zone-{failing}"
    cloud.client("secretsmanager").create_secret(Name=name, SecretString=TOKEN)
    api.zones = [[{"id": 5, "name": "front.example", "status": "ok"}]]
    inspect = load(
        "inspect",
        TARGETS=file,
        JOURNAL_TABLE=cloud.journal,
        HETZNER_TOKEN_ARN=name,
        HETZNER_ENDPOINT=api.url,
    )
    journal, now = DynamoJournal(cloud.journal), datetime.now(UTC)
    journal.record(failing_in_dns(now - timedelta(seconds=5)))
    image = {"pk": {"S": failing}}
    inspect.handler({"Records": [{"dynamodb": {"NewImage": image}}]}, None)
    (reading,) = (
        found
        for found in journal.recent("front", now - timedelta(minutes=1))
        if isinstance(found, BalancerReading)
    )
    assert (reading.zone is not None) is (failing == "front")
    assert any("/zones" in path for path in api.paths) is (failing == "front")


def test_a_wrong_targets_file_fails_with_file_and_line(
    load: Any, tmp_path: Path
) -> None:
    """The run fails as a whole, so that a dead letter and its alarm report it."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS.replace("https://", ""))
    with pytest.raises(TargetsError, match=r"targets\.yaml:3:10: .*url"):
        load("inspect", TARGETS=file).handler({}, None)


NAMELESS = Target(name="nameless", url="https://front.example/")


@pytest.mark.parametrize(("minutes", "known"), [(1, ("203.0.113.20",)), (9, ())])
def test_a_target_s_addresses_are_those_of_its_newest_run(
    load: Any, cloud: Any, minutes: int, known: tuple[str, ...]
) -> None:
    """An old run does not count: the name may have other addresses by now."""
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    probe = Probe(
        role=Role.FIRST,
        request_id=f"nameless-{minutes}",
        url=NAMELESS.url,
        started_at=at,
        healthy=True,
        duration=0.1,
        peer_address="203.0.113.20",
    )
    run = ProbeRun(target=NAMELESS.name, started_at=at, probes=(probe,))
    inspect = load("inspect", JOURNAL_TABLE=cloud.journal)
    DynamoJournal(cloud.journal).record(run)
    assert inspect.inspection.addresses_of(NAMELESS) == known
    hourly = replace(NAMELESS, interval=3600.0)
    assert inspect.inspection.addresses_of(hourly) == ("203.0.113.20",)


def test_the_budget_is_the_stack_s_and_calls_are_logged(
    load: Any, cloud: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One allowance lives as long as the function's container."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    name = cloud.journal + "-counted"
    cloud.client("secretsmanager").create_secret(Name=name, SecretString=TOKEN)
    inspect = load(
        "inspect",
        TARGETS=file,
        HETZNER_TOKEN_ARN=name,
        HETZNER_ENDPOINT="http://127.0.0.1:9/v1",
        HETZNER_CALLS_PER_HOUR=60,
    )
    assert inspect.inspection.allowance().calls_per_hour == 60
    inspect.handler({}, None)
    (line,) = (r for r in caplog.records if r.message == "Hetzner API was read")
    # Nobody answered: no call is counted, and nothing is known of the rest.
    assert vars(line)["calls"] == 0
    assert vars(line)["remaining_to_the_project"] is None
