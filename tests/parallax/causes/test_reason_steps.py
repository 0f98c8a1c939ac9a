"""Reason steps: each names its object, and has the way back that is written for it."""

import pytest

from parallax.causes.reason_steps import STEPS, reason_steps
from parallax.evidence.reasons.why import Why
from parallax.model.reason import Reason

REASONS = sorted({reason for step in STEPS for reason in step.reasons})


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_has_the_steps_written_for_it(reason: Reason) -> None:
    """With names in place of the marks; a change has its undo."""
    why = Why(reason=reason, text="", name="web 1", container="app")
    made = reason_steps(why, "my shop")
    written = [step for step in STEPS if reason in step.reasons]
    assert len(made) == len(written)
    for step, source in zip(made, written, strict=True):
        assert (step.undo is None) == (source.undo is None)
        for text in (step.text, step.command or "", step.undo or ""):
            assert "%(" not in text
        assert "'web 1'" in (step.command or "") or "%(name)s" not in source.command
        assert "-n 'my shop'" in (step.command or "") or (
            "%(kubectl)s" not in source.command
        )


def test_without_a_reason_there_is_no_step() -> None:
    """The cause's own steps remain."""
    assert reason_steps(None, "shop") == ()
