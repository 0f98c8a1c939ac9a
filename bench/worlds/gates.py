"""Gates: the limits that worlds must keep.

In and out: values. It does not: measure.
"""

SLICE = 2
"""Draws of each world that every test run judges."""
