"""Advice record: which advice stands for a target, and what of it was told.

In: advice as judgements gave it. Out: frozen values, one record a target.
It does not: decide what is told; `parallax.diagnose.advised` does.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parallax.model.judgement import Advice
from parallax.model.wire import wired


class AdviceState(StrEnum):
    """What an event says of an advice."""

    GIVEN = "given"
    GONE = "gone"
    UNWATCHED = "no-longer-watched"
    """Its target left the file: nobody looks any more."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceNews:
    """One event about one advice; `url` is None where the target is not watched."""

    id: str
    target: str
    url: str | None = None
    state: AdviceState
    since: datetime
    judged_at: datetime
    advice: Advice


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One advice as the record keeps it; `gone_since`: not seen any more since then."""

    advice: Advice
    since: datetime
    told: bool = False
    gone_since: datetime | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceRecord:
    """The advice of one target. `news` is what this version tells, and only this."""

    subject: str
    """`<target>/advice`."""
    version: int = 0
    number: int = 0
    """Counts news, so that each gets an id of its own."""
    standing: tuple[Standing, ...] = ()
    news: tuple[AdviceNews, ...] = ()
