"""Evidence: what a snapshot shows, hop by hop, read once for every judgement.

In: a snapshot. Out: a `Scene`, and readings of it, each a value or a `Missing`.
It does not: conclude; the causes do.
"""
