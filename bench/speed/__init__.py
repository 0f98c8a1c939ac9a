"""Speed: what the parts cost, held against the limits they were given.

In: generated objects and lines. Out: figures with their gates, docs/benchmarks.md.
It does not: judge whether what was found is right; bench/accuracy does.
"""
