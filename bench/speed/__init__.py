"""Speed: what the parts cost, compared with their limits.

In: generated objects and lines. Out: figures with their limits, docs/benchmarks.md.
It does not: check whether a judgement is right; bench/accuracy does.
"""
