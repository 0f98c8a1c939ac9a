"""Hops: the probes of a cycle: which hops this node probes, and when.

In: a target's path. Out: probes, at most `plan.MAX_REQUESTS` per target and cycle. It
does not: judge the responses, or decide when a target is due (`pace`).

- `plan`: the requests for a target
- `selection`: which pods and nodes of many
- `share`: what of the plan one of many nodes sends
- `memory`: the last probe of each hop
- `schedule`: their order and timing
"""
