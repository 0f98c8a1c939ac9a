"""Redrive covers the template: each place of dead letters, and each function with one.

In: template.yaml and the steps of redrive. It does not: reach AWS.
"""

import re

import pytest

from parallax.redrive.stack import LETTERS_OUTPUT, STEPS
from tests.functions.template import FUNCTIONS, RESOURCES, TEMPLATE, mentions, of_type

QUEUE, BUCKET = "DeadLetters", "StreamDeadLetterBucket"
KEEPERS = ("DeadLetterConfig", "OnFailure", "RedrivePolicy")
"""Settings of AWS that name where what failed goes."""


def places(settings: object, inside: bool = False) -> set[str]:  # noqa: FBT001, FBT002 - of a recursion
    """Return the logical ids that the settings of dead letters refer to."""
    if isinstance(settings, dict):
        return {
            place
            for name, value in settings.items()  # pyright: ignore[reportUnknownVariableType]
            for place in places(value, inside or name in KEEPERS)  # pyright: ignore[reportUnknownArgumentType]
        }
    if isinstance(settings, list):
        return {place for one in settings for place in places(one, inside)}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    named = str(settings).removesuffix(".Arn")
    return {named} if inside and named in RESOURCES else set()


def with_letters() -> set[str]:
    """Return the steps that can leave a dead letter, read from the template."""
    return {
        name.removesuffix("Function").lower()
        for name, function in FUNCTIONS.items()
        if any(mentions(function, place) for place in (QUEUE, BUCKET))
    }


def test_redrive_has_each_step_with_dead_letters_and_no_other() -> None:
    """A function that comes new with a dead letter needs a step of redrive."""
    assert set(STEPS) == with_letters()


def test_all_dead_letters_arrive_in_the_queue_that_redrive_reads() -> None:
    """The template has one queue; the bucket of streams announces its objects there."""
    assert places(RESOURCES) == {QUEUE, BUCKET}
    named = {q for q in of_type("SQS::Queue") if re.search("Dead|Letter|Failed", q)}
    named |= {b for b in of_type("S3::Bucket") if re.search("Dead|Letter|Failed", b)}
    assert named == {QUEUE, BUCKET}
    notified = RESOURCES[BUCKET]["Properties"]["NotificationConfiguration"]
    assert mentions(notified, QUEUE)
    assert TEMPLATE["Outputs"][LETTERS_OUTPUT]["Value"] == QUEUE


@pytest.mark.parametrize("step", STEPS)
def test_redrive_finds_each_step_s_function_by_an_output(step: str) -> None:
    """An output exists whenever its function does."""
    output = TEMPLATE["Outputs"][f"{step.title()}FunctionName"]
    function = f"{step.title()}Function"
    assert output["Value"] == function
    assert output.get("Condition") == RESOURCES[function].get("Condition")
