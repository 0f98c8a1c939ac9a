"""Gates: the limits that the figures of the bench must keep.

In and out: numbers. It does not: measure.
Raise them when causes improve; docs/accuracy.md has the figures.
"""

WORKING_SEED = "working"
HOLDOUT_SEED = "holdout-2026-11-30"
"""Seed of half of the cases, which are never drawn while causes are developed.
Renew it when causes are developed further after its figures were read."""
WORKING_CASES = 620
HOLDOUT_CASES = 600
SLICE = 150
"""Working cases that every test run judges."""

CLASS_NAMED = 1.0
"""Share of all cases that name a class: no alert may go to a wrong team."""
WRONG_BLAMES = 0.0
"""Share of all cases."""
CLASS_RIGHT = 0.98
CAUSE_RIGHT = 0.98
ABSTENTIONS = 0.02
"""Shares of the cases with complete evidence, in which an abstention is wrong."""
