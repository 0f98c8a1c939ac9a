"""A read-only Kubernetes API: recorded objects, kept true to the lab's state.

In: a case and what the lab's pods do. Out: what the official client reads.
It does not: accept writes, or admit, schedule or default anything.
"""
