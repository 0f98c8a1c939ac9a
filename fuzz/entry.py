"""Entry: one place where bytes of others enter Parallax.

In: recorded inputs, the call that takes one, the errors that it documents. Out: the
same, as a value. It does not: run anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Kind(Enum):
    """How an input is damaged."""

    BYTES = auto()
    """Any byte may change."""
    JSON = auto()
    """Fields of a JSON document change, vanish and get other types; so do bytes."""
    TYPED = auto()
    """Fields change and keep their type, as behind a server that checks a schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry; `call` may raise `allowed`, and any other error is a crash.

    `share` is its part of the inputs, in relation to that of the others. `seeds`
    returns at least one input that the entry accepts.
    """

    name: str
    seeds: Callable[[], Sequence[bytes]]
    call: Callable[[bytes], object]
    allowed: tuple[type[Exception], ...] = ()
    kind: Kind = Kind.BYTES
    share: int = 10
