"""Bench: measures how right and how fast Parallax is; none of it is shipped.

In: the model, and simulated platforms. Out: figures.
It does not: change what it measures.
"""
