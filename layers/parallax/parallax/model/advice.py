"""Advice record: which advice applies to a target, and what of it was published.

In: advice from judgements. Out: frozen values, one record for each target.
It does not: decide what is published; `parallax.story.advice` does.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parallax.model.judgement import Advice
from parallax.model.wire import wired


class AdviceState(StrEnum):
    """What an event reports about one advice."""

    GIVEN = "given"
    GONE = "gone"
    UNWATCHED = "no-longer-watched"
    """Its target left the targets file, so that it is not checked any more."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceEvent:
    """One event about one advice; `url` is None if the target is not watched."""

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
    """One advice that applies; `gone_since`: since when it was not observed."""

    advice: Advice
    since: datetime
    published: bool = False
    gone_since: datetime | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceRecord:
    """The advice of one target; `events` are those that this version publishes."""

    subject: str
    """`<target>/advice`."""
    version: int = 0
    number: int = 0
    """Counts events, so that each has its own id."""
    standing: tuple[Standing, ...] = ()
    events: tuple[AdviceEvent, ...] = ()
