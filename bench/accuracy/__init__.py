"""Accuracy: labeled cases, judged and counted.

In: simulated platforms with an injected fault, and recorded lab runs.
Out: how often class and cause are right, with a confidence interval.
It does not: use the code of a cause to label a case. `platform` and `faults` import the
model only; an import contract in pyproject.toml checks it.
"""
