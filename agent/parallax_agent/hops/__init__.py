"""Hops: the probes of a cycle: which hops this node probes, and when.

In: a target's path. Out: probes, at most `plan.MAX_REQUESTS` per target. It does not:
judge the responses.

- `plan`: the requests for a target
- `selection`: which pods and nodes of many
- `schedule`: their order and timing
"""
