"""Gates: what the bench must show, in one place.

In and out: numbers. It does not: measure.
Raise them as causes come and get better; docs/accuracy.md says what holds.
"""

WORKING_SEED = "working"
HOLDOUT_SEED = "holdout-2026-11"
"""Never drawn while working on causes: a third of the cases."""
WORKING_CASES = 620
HOLDOUT_CASES = 310
SLICE = 150
"""Working cases that every test run judges."""

CLASS_RIGHT = 0.98
CAUSE_RIGHT = 0.98
WRONG_BLAMES = 0.0
ABSTENTIONS = 0.02
"""Shares: the first three, of cases that blame; the last, of complete evidence."""
