"""The commands about a stack in real terminals and pipes, with hostile texts in it."""

import os
import re
import subprocess
from dataclasses import replace

import pytest

from parallax.model.group import Groups
from tests.conftest import Cloud
from tests.parallax.cli.test_incident_commands import (  # noqa: F401 - name: a fixture
    name,
    put,
)
from tests.parallax.cli.test_terminals import ESCAPE, PARALLAX, STYLE, shown
from tests.parallax.hostile import poisoned
from tests.parallax.open_group import ALERT, GROUP, GROUP_ID, member

COMMANDS = [
    "incidents",
    "show e356",
    "ack e356 --by Ana",
    "mute e356 --for 1h --reason move",
    "unmute e356",
]


def words(command: str, stack: str) -> list[str]:
    """Return the words of a command about a stack."""
    return [*command.split(), "--stack", stack]


@pytest.mark.parametrize("command", COMMANDS)
def test_hostile_texts_move_no_cursor_in_a_narrow_terminal(
    cloud: Cloud,
    name: str,  # noqa: F811 - the fixture
    command: str,
) -> None:
    """Names of targets, places and people come from other machines."""
    board = Groups(
        groups=(replace(poisoned(GROUP), id=GROUP_ID),),
        pending=(poisoned(member("late")),),
    )
    put(cloud, board, replace(poisoned(ALERT), group=GROUP_ID))
    text = "\n".join(shown(words(command, name), 40))
    assert GROUP_ID[:8] in text
    assert ESCAPE not in STYLE.sub("", text)
    assert not re.search("[\x00-\x08\x0b-\x1a\x7f-\x9f\u2028\u202e]", text)
    assert not any(line.startswith("INJECTED") for line in text.splitlines())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_pipe_without_a_reader_changes_no_exit_status(
    name: str,  # noqa: F811 - the fixture
    command: str,
) -> None:
    """The change is made; nothing is complained about."""
    ours, theirs = os.pipe()
    os.close(ours)
    ended = subprocess.run(  # noqa: S603 - our own words
        [PARALLAX, *words(command, name)],
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(theirs)
    assert (ended.returncode, ended.stderr) == (0, b"")
