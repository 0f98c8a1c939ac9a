"""Advice: what will fail later, at the end of a mail.

In: a finding. Out: lines. It does not: list advice that a step already carries out.
"""

from parallax.model.finding import Finding
from parallax.notify.paragraph import bullets, sentence


def advice(finding: Finding) -> str:
    """Return the advice, without what a step of the finding already corrects."""
    commands = {step.command for step in finding.next_steps}
    texts = (
        f"{sentence(one.title)} {sentence('; '.join(one.evidence))}"
        for one in finding.advice
        if commands.isdisjoint(step.command for step in one.next_steps)
    )
    return bullets("ADVICE", texts)
