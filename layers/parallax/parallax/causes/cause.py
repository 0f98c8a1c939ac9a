"""Cause: one named way to fail, and the two questions it answers.

In: a snapshot. Out: an `Assessment`, and the next steps if it is the cause.
It does not: rank itself against other causes; `parallax.diagnose.naming` does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from parallax.evidence.scene import Scene
from parallax.model.judgement import Answer, Assessment, Class, Hop, NextStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause: its stable id, whom it blames, and how it is judged.

    `assess` is pure: no clock, no randomness. Evidence that is not to be had
    makes it `unknown`, never `refuted`. The first sentence of its evidence is
    the one the mail shows. `explains` holds the ids of the causes that are true
    because this one is: where both are shown, this one is named.
    """

    id: str
    class_: Class
    hop: Hop
    title: str
    assess: Callable[[Scene], Assessment]
    next_steps: Callable[[Scene], tuple[NextStep, ...]]
    explains: tuple[str, ...] = ()


def supported(cause: str, *evidence: str) -> Assessment:
    """Return the answer that the evidence shows this cause."""
    return Assessment(cause=cause, answer=Answer.SUPPORTED, evidence=evidence)


def refuted(cause: str, *evidence: str) -> Assessment:
    """Return the answer that the evidence rules this cause out."""
    return Assessment(cause=cause, answer=Answer.REFUTED, evidence=evidence)


def unknown(cause: str, *missing: str, evidence: tuple[str, ...] = ()) -> Assessment:
    """Return the answer that something is missing, and name it."""
    return Assessment(
        cause=cause, answer=Answer.UNKNOWN, evidence=evidence, missing=missing
    )
