"""Stack groups: the open incidents of a deployed stack, for the commands about them.

In: the stack's name. The usual variables of AWS set region and credentials.
Out: the groups, to read or to change; what goes wrong ends the command with status 2.
It does not: print anything else.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from getpass import getuser
from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.terminal import fail, fail_at_aws

if TYPE_CHECKING:
    from parallax.groups.keeping import Keeping
    from parallax.groups.table import DynamoGroups

TABLE_OUTPUT = "IncidentsTable"
"""The output of template.yaml with the table of the groups."""
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
LONGEST_TEXT = 6
"""Characters of a duration."""
Stack = Annotated[
    str, typer.Option("--stack", metavar="NAME", help="Name of the deployed stack.")
]
By = Annotated[
    str | None,
    typer.Option(
        "--by", metavar="NAME", help="Who does it. Default: the local user's name."
    ),
]


@contextmanager
def problems() -> Generator[None]:
    """End the command with status 2 if AWS, the stack or an id is at fault."""
    from botocore.exceptions import (  # pyright: ignore[reportMissingTypeStubs] - it has none
        BotoCoreError,
        ClientError,
    )

    from parallax.groups.person import UnknownGroupError
    from parallax.incidents.items import ConflictError
    from parallax.model.packed import UnreadableError
    from parallax.redrive.stack import StackError

    try:
        yield
    except UnknownGroupError as error:
        fail(f"{error}; `parallax incidents` lists the open incidents")
    except StackError as error:
        fail(str(error))
    except ConflictError:
        fail("the incidents changed several times meanwhile; run the command again")
    except UnreadableError as error:
        fail(f"the stored data is damaged: {error}")
    except (BotoCoreError, ClientError) as error:
        fail_at_aws(error)


def groups_of(stack: str) -> "DynamoGroups":
    """Return the groups of a stack; raises `StackError` and botocore's errors."""
    from parallax.groups.table import DynamoGroups

    return DynamoGroups(_table(stack))


def keeping_of(stack: str) -> "Keeping":
    """Return the groups of a stack, to change them; raises as `groups_of`."""
    from parallax.groups.keeping import Keeping
    from parallax.groups.table import DynamoGroups
    from parallax.incidents.table import DynamoIncidents
    from parallax.story.rules import Rules

    table = _table(stack)
    return Keeping(DynamoGroups(table), DynamoIncidents(table), Rules())


def _table(stack: str) -> str:
    from parallax.redrive.stack import StackError, outputs_of

    table = outputs_of(stack).get(TABLE_OUTPUT)
    if table is None:
        raise StackError(
            f"stack {stack}: expected the output {TABLE_OUTPUT}; check that it is a"
            " stack of Parallax"
        )
    return table


def person(name: str | None, user: Callable[[], str] = getuser) -> str:
    """Return who runs the command: the given name, or the local user's."""
    if name is not None:
        return name
    try:
        return user()
    except (KeyError, OSError):  # this machine has no name for the user
        return ""


def duration(text: str) -> timedelta:
    """Return a duration such as `30m`, `4h` or `2d`; exit 2 for any other text."""
    number, unit = text[:-1], text[-1:]
    is_number = number.isascii() and number.isdigit() and len(text) <= LONGEST_TEXT
    if not is_number or unit not in UNITS:
        fail(f"--for {text}: expected a number and m, h or d, for example 30m, 4h, 2d")
    return timedelta(**{UNITS[unit]: int(number)})
