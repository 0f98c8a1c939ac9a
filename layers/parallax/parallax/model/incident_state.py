"""Incident state: the states of an incident, apart from all else about it.

In and out: values. It does not: change a state; `parallax.story` does.
"""

from enum import StrEnum


class State(StrEnum):
    """The state of an incident."""

    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"
