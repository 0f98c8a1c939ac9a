"""Evidence: what a snapshot shows, hop by hop, read once per judgement.

In: a snapshot. Out: a `Scene`, and readings of it. Each is a value or a `Missing`.
It does not: conclude; the causes do.
"""
