"""Accuracy: labeled cases, judged and counted.

In: platforms that were broken on purpose, and recorded lab runs.
Out: how often class and cause are right, and how sure that figure is.
It does not: know how a cause concludes; `platform` and `faults` import the model
only (an import contract in pyproject.toml holds them to it).
"""
