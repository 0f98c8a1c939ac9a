"""The table of exit statuses: each entry is a command that ends so."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from parallax.cli import app
from parallax.cli.exit_statuses import (
    FAILS,
    INTERRUPTED,
    MEANINGS,
    NOT_WRITTEN,
    OK,
    STATUSES,
    UNUSABLE,
    epilog,
)
from tests.conftest import Cloud
from tests.parallax.cli.served import Server, serving
from tests.parallax.cli.test_incident_commands import name  # noqa: F401 - a fixture
from tests.parallax.cli.test_redrive import (  # noqa: F401 - fixtures
    ASIDE,
    invoked,
    put,
    stack_name,
)

ROOT = Path(__file__).parents[3]
CAPTURE = ROOT / "tests/captures/haproxy/503_all_servers_down.http"
RECORDED = ROOT / "events/diagnose/lb-health-check-wrong-port.json"
LOCAL = "--allow-private --timeout 2"
QUICK = f"{LOCAL} --pause 0.1"
OFFLINE = {
    ("probe", OK): f"probe {LOCAL} {{url}}/",
    ("probe", FAILS): f"probe {LOCAL} {{url}}/down",
    ("probe", UNUSABLE): "probe shop.example",
    ("investigate", OK): f"investigate {QUICK} {{url}}/",
    ("investigate", FAILS): f"investigate {QUICK} {{url}}/down",
    ("investigate", UNUSABLE): "investigate {url}/",
    ("attribute", OK): f"attribute {CAPTURE}",
    ("attribute", UNUSABLE): "attribute /dev/null",
    ("judge", OK): f"judge {RECORDED}",
    ("judge", UNUSABLE): f"judge {CAPTURE}",
    ("mail", OK): f"mail {RECORDED}",
    ("mail", UNUSABLE): f"mail {CAPTURE}",
    ("causes", OK): "causes",
    ("causes", UNUSABLE): "causes nope",
    ("targets", OK): f"targets {ROOT}/targets.yaml",
    ("targets", UNUSABLE): f"targets {CAPTURE}",
    ("keys", OK): "keys {keys}",
    ("keys", UNUSABLE): f"keys {CAPTURE}",
    ("cost", OK): "cost",
    ("cost", UNUSABLE): "cost --region nowhere-1",
    ("mcp", OK): "mcp",
    ("mcp", UNUSABLE): "mcp --port 80",
    ("completion", OK): "completion fish",
    ("completion", UNUSABLE): "completion nosh",
}
OF_INCIDENTS = {
    ("incidents", OK): "incidents",
    ("show", OK): "show e356",
    ("show", UNUSABLE): "show nothing",
    ("ack", OK): "ack e356",
    ("ack", UNUSABLE): "ack nothing",
    ("mute", OK): "mute e356 --for 1h",
    ("mute", UNUSABLE): "mute e356 --for now",
    ("unmute", OK): "unmute e356",
    ("unmute", UNUSABLE): "unmute nothing",
}
OTHERS = {
    ("incidents", UNUSABLE): "incidents --stack no-such-stack",
    ("redrive", UNUSABLE): "redrive --step nope",
    ("overview", UNUSABLE): "overview --stack no-such-stack",
    ("status-page", UNUSABLE): "status-page . --url nope",
}
OF_LETTERS = {("redrive", OK), ("redrive", FAILS)}
OF_PAGES = {("overview", OK), ("status-page", OK)}
"""`tests/parallax/cli/test_page_commands.py` runs them."""
"""Statuses that `test_dead_letters_that_remain_are_status_1` shows."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve for all tests."""
    with serving() as made:
        yield made


def status(words: str) -> int:
    """Run a command; return its exit status."""
    result = CliRunner().invoke(app, words.split())
    assert (result.exit_code == UNUSABLE) is bool(result.stderr), result.stderr
    return result.exit_code


@pytest.mark.parametrize(
    ("expected", "words"), [(s, w) for (_, s), w in OFFLINE.items()]
)
def test_a_command_without_a_stack_ends_so(
    expected: int, words: str, server: Server, tmp_path: Path
) -> None:
    """With its own success, failure, and error."""
    keys = tmp_path / "agents.keys"
    keys.write_text("whsec_YQ==")
    assert status(words.format(url=server.url(""), keys=keys)) == expected


@pytest.mark.parametrize(
    ("expected", "words"), [(s, w) for (_, s), w in OF_INCIDENTS.items()]
)
def test_a_command_about_incidents_ends_so(
    expected: int,
    words: str,
    name: str,  # noqa: F811 - the fixture
) -> None:
    """With incidents in the emulator."""
    assert status(f"{words} --stack {name}") == expected


@pytest.mark.parametrize("words", OTHERS.values())
def test_what_a_stack_does_not_have_is_wrong_use(cloud: Cloud, words: str) -> None:
    """A stack or a step of this name."""
    assert cloud.incidents
    assert status(words) == UNUSABLE


def test_dead_letters_that_remain_are_status_1(
    cloud: Cloud,
    stack_name: str,  # noqa: F811 - the fixture
    invoked: list[str],  # noqa: F811 - the fixture
) -> None:
    """They remain after a dry run; then they are replayed."""
    put(cloud, ASIDE)
    assert status(f"redrive --stack {stack_name} --dry-run") == FAILS
    assert status(f"redrive --stack {stack_name}") == OK
    assert len(invoked) == 1


def test_every_entry_of_the_table_has_a_command_here() -> None:
    """And every command has an entry; 3 and 130 are shown elsewhere, for all."""
    listed = {(command, s) for command, own in MEANINGS.items() for s in own}
    assert listed == {*OFFLINE, *OF_INCIDENTS, *OTHERS, *OF_LETTERS, *OF_PAGES}
    named: dict[str, Any] = getattr(get_command(app), "commands")  # noqa: B009
    assert set(MEANINGS) == set(named)
    assert set(STATUSES) == {OK, FAILS, UNUSABLE, NOT_WRITTEN, INTERRUPTED}


def test_the_epilog_has_every_status() -> None:
    """`parallax --help` ends with it."""
    shown = " ".join(CliRunner().invoke(app, ["--help"]).stdout.split())
    assert shown.endswith(epilog())
    assert json.dumps(epilog()).isascii()
