"""Pace: which targets are due, and how much of each.

In: the time, what was observed, what `ingest` answered. Out: the work that is due now.
It does not: read, probe or push; `parallax_agent.cycle` and `push` do.

- `agenda`: the work that is due, for all targets
- `work`: what is due, and what it showed
- `alert`: whether one target needs reports, and how often
- `turns`: when it is this node's turn to send a target one request
- `rank`: the two nodes that report a change of the cluster
"""
