"""Bench: what Parallax is measured with; nothing here is shipped.

In: the model, and simulated platforms. Out: figures.
It does not: change what it measures.
"""
