"""Gates: what the bench must show, in one place.

In and out: numbers. It does not: measure.
Raise them as causes come and get better; docs/accuracy.md says what holds.
"""

WORKING_SEED = "working"
HOLDOUT_SEED = "holdout-2026-11-27-b"
"""Never drawn while working on causes: a third of the cases. Renewed whenever its
figures were looked at and causes are worked on again."""
WORKING_CASES = 620
HOLDOUT_CASES = 310
SLICE = 150
"""Working cases that every test run judges."""

CLASS_NAMED = 1.0
"""Share of all cases that name a class: nobody may be sent to a wrong team."""
WRONG_BLAMES = 0.0
"""Share of all cases."""
CLASS_RIGHT = 0.98
CAUSE_RIGHT = 0.98
ABSTENTIONS = 0.02
"""Shares of the cases with complete evidence; an abstention is not right there."""
