"""The commands about incidents, with a stack in the emulator."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError, NoRegionError, ProfileNotFound
from typer import Exit
from typer.testing import CliRunner, Result

from parallax.cli import app
from parallax.cli.stack_groups import duration, person
from parallax.cli.terminal import fail_at_aws
from parallax.groups.table import DynamoGroups
from parallax.model.alert import Alert
from parallax.model.group import Groups
from parallax.model.incident_state import State
from parallax.redrive import stack
from tests.conftest import Cloud
from tests.parallax.cli.test_redrive import deploy
from tests.parallax.hostile import is_safe, poisoned
from tests.parallax.open_group import (
    ALERT,
    BOARD,
    COMMAND,
    ENDED,
    GROUP,
    GROUP_ID,
    OTHER_ID,
    member,
    store,
)

OTHER = replace(GROUP, id=OTHER_ID, members=(member("other"),), cause="pods-not-ready")
LINE = 80


@pytest.fixture
def name(cloud: Cloud) -> Iterator[str]:
    """Give a test a stack with two open incidents and an unconfirmed one."""
    stack.client.cache_clear()
    name = cloud.incidents
    deploy(cloud, name, IncidentsTable=cloud.incidents)
    late = member("late", state=State.PENDING)
    put(cloud, replace(BOARD, groups=(GROUP, OTHER), pending=(late,)))
    yield name
    stack.client.cache_clear()


def put(cloud: Cloud, board: Groups, alert: Alert = ALERT) -> None:
    """Store the groups and an alert instead of those that are there."""
    since = datetime.now(UTC) - timedelta(minutes=37, seconds=30)
    groups = tuple(replace(group, since=since) for group in board.groups)
    board = replace(board, groups=groups, version=read(cloud).version)
    store(cloud.incidents, board, alert)


def read(cloud: Cloud) -> Groups:
    """Return the groups as stored."""
    return DynamoGroups(cloud.incidents).get()


def run(name: str, *arguments: str) -> Result:
    """Run a command on the stack."""
    return CliRunner().invoke(app, [*arguments, "--stack", name])


def test_incidents_lists_state_targets_cause_and_time(name: str) -> None:
    """With the beginning of each id, which the other commands accept."""
    result = run(name, "incidents")
    assert result.exit_code == 0
    assert result.stdout == (
        "e3566463  FAILING for 37 min, lb-health-check-wrong-port\n"
        "          load-balancer lb-1, 2 targets: front (503), shop-api (503)\n"
        "a1b2c3d4  FAILING for 37 min, pods-not-ready\n"
        "          load-balancer lb-1, 1 target: other (503)\n"
        "not confirmed yet: late\n"
    )
    assert max(map(len, result.stdout.splitlines())) <= LINE


def test_without_an_open_incident_it_says_so(cloud: Cloud, name: str) -> None:
    """With exit status 0."""
    put(cloud, Groups())
    result = run(name, "incidents")
    assert (result.exit_code, result.stdout) == (0, "no open incidents\n")


def test_incidents_as_json(name: str) -> None:
    """With stable fields; null: nobody acknowledged or muted."""
    assert run(name, "ack", "e356", "--by", "Ana").exit_code == 0
    assert run(name, "mute", "other", "--for", "1h", "--by", "Ben").exit_code == 0
    document = json.loads(run(name, "incidents", "--json").stdout)
    first, second = document["incidents"]
    assert first["id"] == GROUP_ID
    assert first["state"] == "failing"
    assert first["place"] == {"kind": "load-balancer", "name": "lb-1"}
    assert [t["name"] for t in first["targets"]] == ["front", "shop-api"]
    assert first["acknowledged"]["by"] == "Ana"
    assert first["mute"] is None
    assert second["mute"]["subject"] == "other"
    assert [p["name"] for p in document["pending"]] == ["late"]
    assert len(document["mutes"]) == 1


@pytest.mark.parametrize("what", [GROUP_ID, "e35", "front", "shop-api"])
def test_ack_stops_the_reminders(cloud: Cloud, name: str, what: str) -> None:
    """By id, its beginning, or a target; the list shows who and when."""
    result = run(name, "ack", what, "--by", "Ana")
    assert result.exit_code == 0
    assert result.stdout == "e3566463 acknowledged by Ana: reminders stop\n"
    done = read(cloud).groups[0].acknowledged
    assert done is not None
    assert done.by == "Ana"
    assert "acknowledged by Ana" in run(name, "incidents").stdout
    result = run(name, "ack", what, "--withdraw")
    assert (result.exit_code, result.stdout) == (0, "e3566463 not acknowledged\n")
    assert read(cloud).groups[0].acknowledged is None


def test_ack_names_the_local_user_by_default(
    cloud: Cloud, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the system reports it."""
    monkeypatch.setenv("LOGNAME", "local-user")
    assert run(name, "ack", "e356").exit_code == 0
    done = read(cloud).groups[0].acknowledged
    assert done is not None
    assert done.by == "local-user"


def test_a_user_without_a_name_is_no_crash() -> None:
    """As in a container with an unknown user id."""

    def nobody() -> str:
        raise KeyError("uid not found")

    assert person(None, nobody) == ""
    assert person("Ana", nobody) == "Ana"


def test_mute_and_unmute_an_incident(cloud: Cloud, name: str) -> None:
    """The list shows who, until when and why."""
    result = run(
        name, "mute", "e356", "--for", "2d", "--by", "Ben", "--reason", "upgrade"
    )
    assert result.exit_code == 0
    assert result.stdout.startswith("incident e3566463 muted by Ben until ")
    (mute,) = read(cloud).mutes
    assert (mute.subject, mute.until - mute.at) == (GROUP_ID, timedelta(days=2))
    shown = run(name, "incidents").stdout
    assert "muted by Ben until" in shown
    assert "UTC: upgrade" in shown
    assert run(name, "unmute", "e356").stdout == "incident e3566463 unmuted\n"
    assert read(cloud).mutes == ()
    assert run(name, "unmute", "e356").stdout == "incident e3566463: was not muted\n"


def test_mute_of_one_target_states_what_it_does_not_do(name: str) -> None:
    """Mails about its incident continue while another target fails."""
    result = run(name, "mute", "front", "--for", "30m", "--by", "Ben")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first.startswith("target front muted by Ben until ")
    assert "incident e3566463 has other targets" in second
    assert "target front: muted by Ben" in run(name, "incidents").stdout


def test_unmute_of_an_incident_names_muted_targets(name: str) -> None:
    """Its mails are still held back."""
    for target in ("front", "shop-api"):
        assert run(name, "mute", target, "--for", "1h").exit_code == 0
    result = run(name, "unmute", "e356")
    assert "each of its targets is still muted, e.g. front" in result.stdout


@pytest.mark.parametrize("command", ["show", "ack", "unmute", "mute"])
@pytest.mark.parametrize("what", ["nothing", "", "e3566463-0000"])
def test_an_unknown_incident_is_an_error(name: str, command: str, what: str) -> None:
    """Exit status 2; the error repeats the name and names the command that lists."""
    more = ["--for", "1h"] if command == "mute" else []
    result = run(name, command, what, *more)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"'{what}': no open incident" in result.stderr
    assert "`parallax incidents` lists" in result.stderr


@pytest.mark.parametrize(
    "time", ["", "1", "h", "1w", "-1h", "1.5h", "0m", "8d", "999999999d", "\u0661h"]
)
def test_a_wrong_time_is_an_error(cloud: Cloud, name: str, time: str) -> None:
    """Exit status 2; the error states what is expected."""
    result = run(name, "mute", "e356", "--for", time)
    assert result.exit_code == 2
    assert "--for" in result.stderr
    assert "expected" in result.stderr
    assert read(cloud).mutes == ()


def test_times_are_read() -> None:
    """Minutes, hours and days."""
    assert duration("90m") == timedelta(minutes=90)
    assert duration("4h") == timedelta(hours=4)
    assert duration("7d") == timedelta(days=7)


@pytest.mark.parametrize("what", ["e356", "front"])
def test_show_prints_the_last_mail(name: str, what: str) -> None:
    """Behind the state; a command is one line, as in the mail."""
    result = run(name, "show", what)
    assert result.exit_code == 0
    assert result.stdout.startswith("e3566463  FAILING for 37 min")
    lines = result.stdout.splitlines()
    assert COMMAND in lines
    assert any(line.startswith("DOWN") for line in lines)


def test_show_prints_an_incident_that_ended(cloud: Cloud, name: str) -> None:
    """By its whole id, which each mail and page has."""
    put(cloud, Groups(), ENDED)
    result = run(name, "show", GROUP_ID)
    assert result.exit_code == 0
    assert result.stdout.startswith("This incident is not open.\n\nRESOLVED")


def test_show_as_json_is_the_alert(name: str) -> None:
    """With the finding."""
    document = json.loads(run(name, "show", "e356", "--json").stdout)
    assert document["group"] == GROUP_ID
    assert document["finding"]["cause"] == GROUP.cause


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_incident_without_a_mail_is_stated(name: str, options: list[str]) -> None:
    """All its targets were muted from the beginning, or its item expired."""
    result = run(name, "show", "other", *options)
    assert result.exit_code == 2
    assert "no mail is stored" in result.stderr


def test_hostile_texts_do_not_control_the_terminal(cloud: Cloud, name: str) -> None:
    """Of targets, places, people and reasons."""
    board = Groups(
        groups=(replace(poisoned(GROUP), id=GROUP_ID),),
        pending=(poisoned(member("late")),),
    )
    put(cloud, board, replace(poisoned(ALERT), group=GROUP_ID))
    result = run(name, "mute", GROUP_ID, "--for", "1h", "--by", "\x1b[2J\nx")
    assert is_safe(result.output)
    for command in (["incidents"], ["show", "e356"], ["incidents", "--json"]):
        result = run(name, *command)
        assert result.exit_code == 0
        assert is_safe(result.output)


def test_a_stack_that_does_not_exist_is_an_error(cloud: Cloud) -> None:
    """AWS's message names it."""
    assert cloud.incidents
    stack.client.cache_clear()
    result = run("no-such-stack", "incidents")
    assert result.exit_code == 2
    assert "no-such-stack" in result.stderr


def test_a_stack_of_something_else_is_an_error(cloud: Cloud) -> None:
    """The missing output is named."""
    stack.client.cache_clear()
    deploy(cloud, f"{cloud.incidents}-other", Something="x")
    result = run(f"{cloud.incidents}-other", "incidents")
    assert result.exit_code == 2
    assert "expected the output IncidentsTable" in result.stderr


def test_damaged_data_is_an_error(cloud: Cloud, name: str) -> None:
    """Without a traceback."""
    cloud.client("dynamodb").put_item(
        TableName=cloud.incidents,
        Item={"pk": {"S": f"group/{GROUP_ID}"}, "payload": {"B": b"no gzip"}},
    )
    result = run(name, "show", "e356")
    assert result.exit_code == 2
    assert "damaged" in result.stderr


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (NoRegionError(), "set AWS_REGION"),
        (ProfileNotFound(profile="x\x1b[2J"), "aws configure list-profiles"),
        (
            ClientError({"Error": {"Code": "ExpiredToken", "Message": "old"}}, "Read"),
            "aws sso login",
        ),
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Read"),
            "set AWS_PROFILE",
        ),
        (ClientError({"Error": {"Code": "Throttling"}}, "Read"), "Throttling"),
    ],
)
def test_an_error_of_aws_states_what_to_do(
    capsys: pytest.CaptureFixture[str], error: Exception, hint: str
) -> None:
    """A person at 3 a.m. does not look it up."""
    with pytest.raises(Exit):
        fail_at_aws(error)
    shown = capsys.readouterr().err
    assert hint in " ".join(shown.split())
    assert is_safe(shown)
