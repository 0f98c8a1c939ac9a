"""`parallax redrive`: exit statuses, lines and JSON, with a stack in the emulator."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from parallax.cli import app
from parallax.redrive import stack
from tests.conftest import Cloud

RECORD = {"eventID": "1", "dynamodb": {"NewImage": {}}}
REASON = "odd\x1b[31m\nreason"
ASIDE = json.dumps({"reason": REASON, "function": "parallax-notify", "record": RECORD})


@pytest.fixture
def invoked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand for the functions; return the names of those that are invoked."""
    names: list[str] = []

    def invoke(function: str, _event: Mapping[str, Any]) -> str:
        names.append(function)
        return ""

    monkeypatch.setattr("parallax.redrive.run.invoke", invoke)
    return names


@pytest.fixture
def stack_name(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give a test a stack with notify and the test's dead-letter queue."""
    stack.client.cache_clear()
    monkeypatch.setattr("parallax.redrive.run.WAIT_SECONDS", 0)
    name = cloud.dead_letters.rpartition("/")[2]
    deploy(
        cloud,
        name,
        DeadLettersUrl=cloud.dead_letters,
        NotifyFunctionName="parallax-notify",
    )
    yield name
    stack.client.cache_clear()


def deploy(cloud: Cloud, name: str, **outputs: str) -> None:
    """Create a stack with these outputs."""
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    formation = cloud.client("cloudformation")
    formation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    formation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 1000}
    )


def redrive(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["redrive", *arguments])


def put(cloud: Cloud, body: str) -> None:
    """Send a letter."""
    cloud.client("sqs").send_message(QueueUrl=cloud.dead_letters, MessageBody=body)


def test_the_help_names_every_step() -> None:
    """Also one that was added lately."""
    shown = " ".join(CliRunner().invoke(app, ["redrive", "--help"]).stdout.split())
    assert f"{', '.join(stack.STEPS)}, or all" in shown


def test_without_letters_there_is_nothing_to_do(stack_name: str) -> None:
    """The output states it, with exit status 0."""
    result = redrive("--stack", stack_name)
    assert (result.exit_code, result.stdout) == (0, "no letters\n")


def test_a_replayed_letter_has_its_line_and_leaves_none(
    cloud: Cloud, stack_name: str, invoked: list[str]
) -> None:
    """Step, time, outcome, form and reason; nothing controls the terminal."""
    put(cloud, ASIDE)
    result = redrive("--stack", stack_name, "--step", "notify")
    assert result.exit_code == 0
    line, total = result.stdout.splitlines()
    assert line.startswith("notify ")
    assert line.endswith(" UTC  replayed: set aside: odd\ufffd[31m\ufffdreason")
    assert total == "1 letter: 1 replayed"
    assert invoked == ["parallax-notify"]
    assert cloud.messages(cloud.dead_letters) == []


def test_an_earlier_stack_s_letters_are_replayed(
    cloud: Cloud, invoked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its queues are named by step, its letters name no function; do it to upgrade."""
    stack.client.cache_clear()
    monkeypatch.setattr("parallax.redrive.run.WAIT_SECONDS", 0)
    name = f"{cloud.dead_letters.rpartition('/')[2]}-earlier"
    deploy(
        cloud,
        name,
        NotifyDeadLettersUrl=cloud.dead_letters,
        NotifyFunctionName="parallax-notify",
    )
    put(cloud, json.dumps({"reason": REASON, "record": RECORD}))
    result = redrive("--stack", name, "--step", "notify")
    stack.client.cache_clear()
    assert result.exit_code == 0
    assert invoked == ["parallax-notify"]


def test_letters_are_counted_by_step(
    cloud: Cloud, stack_name: str, invoked: list[str]
) -> None:
    """A minute's letter of one step must not hide the letter of another."""
    put(cloud, ASIDE)
    put(cloud, "odd")
    result = redrive("--stack", stack_name, "--dry-run")
    assert "by step: " in result.stdout
    assert "notify 1" in result.stdout
    assert "- 1" in result.stdout
    assert invoked == []


def test_a_remaining_letter_sets_the_exit_status(
    cloud: Cloud, stack_name: str, invoked: list[str]
) -> None:
    """1, with the reason why it cannot be replayed."""
    put(cloud, "odd")
    result = redrive("--stack", stack_name)
    assert result.exit_code == 1
    assert "cannot be replayed: unknown: it is not JSON" in result.stdout
    assert invoked == []


def test_a_dry_run_is_a_check(
    cloud: Cloud, stack_name: str, invoked: list[str]
) -> None:
    """1 while letters exist, and nothing changes."""
    put(cloud, ASIDE)
    result = redrive("--stack", stack_name, "--dry-run")
    assert result.exit_code == 1
    assert "can be replayed: set aside" in result.stdout
    assert invoked == []
    assert cloud.messages(cloud.dead_letters) == [ASIDE]


def test_letters_beyond_the_limit_are_reported(
    cloud: Cloud, stack_name: str, invoked: list[str]
) -> None:
    """Exit status 1, and a line that states that more remain."""
    put(cloud, ASIDE)
    put(cloud, ASIDE)
    result = redrive("--stack", stack_name, "--max", "1")
    assert result.exit_code == 1
    assert result.stdout.endswith("stopped after 1 letter (--max): more remain\n")
    assert len(invoked) == 1


def test_json_has_the_whole_of_each_letter(
    cloud: Cloud, stack_name: str, invoked: list[str]
) -> None:
    """One document on standard output; the lines are on standard error."""
    put(cloud, ASIDE)
    result = redrive("--stack", stack_name, "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    (letter,) = document["letters"]
    assert document["total"] == {"replayed": 1}
    assert document["notes"] == []
    assert letter["reason"] == "odd\x1b[31m\nreason"
    assert document["steps"] == {"notify": 1}
    assert (letter["step"], letter["queue"]) == ("notify", "letters")
    assert (letter["form"], letter["outcome"]) == ("set aside", "replayed")
    assert len(result.stderr.splitlines()) == len(invoked) == 1


def test_an_interrupted_run_reports_that_letters_remain(
    cloud: Cloud, stack_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1, and the letter is visible at once."""

    def interrupt(_function: str, _event: Mapping[str, Any]) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("parallax.redrive.run.invoke", interrupt)
    put(cloud, ASIDE)
    result = redrive("--stack", stack_name)
    assert result.exit_code == 1
    assert "interrupted: the other letters remain" in result.stdout
    assert cloud.messages(cloud.dead_letters) == [ASIDE]


def test_an_unknown_step_is_wrong_use() -> None:
    """2, with the steps that there are."""
    result = redrive("--step", "ingest")
    assert result.exit_code == 2
    assert "--step ingest: unknown step; expected probe, " in result.stderr


def test_a_step_that_the_stack_does_not_have_is_wrong_use(stack_name: str) -> None:
    """2: its outputs name no function for it."""
    result = redrive("--stack", stack_name, "--step", "publish")
    assert result.exit_code == 2
    lacking = "expected the outputs DeadLettersUrl and PublishFunctionName"
    assert lacking in result.stderr


@pytest.mark.usefixtures("cloud")
def test_an_unknown_stack_is_wrong_use() -> None:
    """2, with AWS's reason."""
    stack.client.cache_clear()
    result = redrive("--stack", "gone")
    assert result.exit_code == 2
    assert "gone does not exist" in result.stderr


def test_a_stack_of_something_else_is_wrong_use(cloud: Cloud) -> None:
    """2, with what its outputs lack."""
    stack.client.cache_clear()
    name = f"{cloud.dead_letters.rpartition('/')[2]}-other"
    deploy(cloud, name)
    result = redrive("--stack", name)
    assert result.exit_code == 2
    assert f"stack {name}: expected the outputs" in result.stderr


def test_an_unreachable_aws_is_no_letter_s_fault(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2, with the address that does not respond."""
    del cloud
    stack.client.cache_clear()
    monkeypatch.setattr("parallax.redrive.stack.ATTEMPTS", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    result = redrive()
    stack.client.cache_clear()
    assert result.exit_code == 2
    assert "127.0.0.1:1" in result.stderr
