"""Cause: one named way to fail, with the functions that assess it.

In: a snapshot. Out: an `Assessment`, and the next steps if it is the cause.
It does not: rank itself against other causes; `parallax.diagnose.naming` does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from parallax.evidence.scene import Scene
from parallax.model.judgement import Answer, Assessment, Class, Hop, NextStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause: its stable id, the class and hop it blames, and how it is assessed.

    `assess` is pure: no clock, no randomness. Missing evidence makes it `unknown`,
    never `refuted`. The first evidence sentence states the fact that proves the cause.
    `explains` holds the ids of causes that are true because of this one. If both are
    shown, this one is named.
    """

    id: str
    class_: Class
    hop: Hop
    title: str
    assess: Callable[[Scene], Assessment]
    next_steps: Callable[[Scene], tuple[NextStep, ...]]
    explains: tuple[str, ...] = ()


def supported(cause: str, *evidence: str, reason: str | None = None) -> Assessment:
    """Return the assessment that the evidence proves this cause.

    `reason` is why it is true, one level below: an id of `parallax.model.reason`.
    """
    return Assessment(
        cause=cause, answer=Answer.SUPPORTED, evidence=evidence, reason=reason
    )


def refuted(cause: str, *evidence: str) -> Assessment:
    """Return the assessment that the evidence rules this cause out."""
    return Assessment(cause=cause, answer=Answer.REFUTED, evidence=evidence)


def hidden(cause: str, fault: str, *, evidence: tuple[str, ...] = ()) -> Assessment:
    """Return the assessment that another fault hides whether this cause is true."""
    what = f"a test, which is not possible now: {fault}"
    return Assessment(
        cause=cause,
        answer=Answer.UNKNOWN,
        evidence=evidence,
        missing=(what,),
        hidden_by=fault,
    )


def unknown(cause: str, *missing: str, evidence: tuple[str, ...] = ()) -> Assessment:
    """Return the assessment that evidence is missing, with its names."""
    return Assessment(
        cause=cause, answer=Answer.UNKNOWN, evidence=evidence, missing=missing
    )
