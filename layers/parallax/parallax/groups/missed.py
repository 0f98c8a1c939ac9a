"""Missed: incidents that the groups do not show as they are, and who may take them.

In: the groups, the open incidents. Out: the subjects whose versions the stream lost.
It does not: read or write a table.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

from parallax.incidents.index import Open
from parallax.model.group import Groups
from parallax.model.incident_state import State

type Begin = Callable[[str], AbstractContextManager[bool]]
"""Says whether to begin something that may have ended an earlier process."""
ALL = "missed"
"""The name of all missed incidents together."""


class EndedError(RuntimeError):
    """An earlier process ended at an incident, and this one does not begin it."""


def always(_name: str) -> AbstractContextManager[bool]:
    """Begin everything."""
    return nullcontext(enter_result=True)


def missed(board: Groups, opened: Mapping[str, Open]) -> list[str]:
    """Return the subjects whose incidents the groups do not show as they are.

    A pending incident that no group has alarms nobody.
    """
    known = {m.target: m for m in board.pending}
    known |= {m.target: m for g in board.groups for m in g.members}
    found = known.keys() - opened.keys()
    for name, one in opened.items():
        member = known.get(name)
        if member is None:
            found |= {name} if one.state is not State.PENDING else set()
        elif (member.state, member.since) != (one.state, one.since):
            found |= {name}
    return sorted(found)
