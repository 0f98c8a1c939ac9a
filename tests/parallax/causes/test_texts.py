"""The texts of causes can be read by a person, whatever evidence is missing."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from parallax.causes.reason_steps import STEPS
from parallax.diagnose.judge import judge
from parallax.model.judgement import Judgement
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s

LESS: dict[str, Callable[[Snapshot], Snapshot]] = {
    "everything": lambda x: x,
    "no agents": lambda x: replace(x, reports=(), sightings=()),
    "no log": lambda x: replace(x, sightings=()),
    "no balancer": lambda x: replace(x, balancer=None),
    "no internal probe": lambda x: replace(
        x, reports=tuple(replace(r, probes=()) for r in x.reports)
    ),
    "no reading": lambda x: replace(
        x, reports=tuple(replace(r, reading=None) for r in x.reports)
    ),
}


def texts(judgement: Judgement) -> Iterator[str]:
    """Yield all that a judgement says."""
    yield judgement.title
    for assessment in judgement.assessments:
        yield from (*assessment.evidence, *assessment.missing)
    for hop in judgement.path:
        yield hop.seen
    for step in judgement.next_steps:
        yield step.text
        if step.command is not None:
            yield step.command


@pytest.mark.parametrize("less", LESS)
@pytest.mark.parametrize("cause", s.FAULTS)
def test_each_text_is_whole(cause: str, less: str) -> None:
    """No value that is absent is written out, and no part of a sentence is lost."""
    for text in texts(judge(LESS[less](s.FAULTS[cause]()))):
        assert isinstance(text, str)
        assert text == text.strip() != ""
        assert not re.search(r"\bNone\b(?! of)", text)


def test_each_step_of_a_reason_is_whole() -> None:
    """It says what to do, with a command."""
    for step in STEPS:
        assert step.reasons
        assert step.text.endswith(".")
        assert step.command
