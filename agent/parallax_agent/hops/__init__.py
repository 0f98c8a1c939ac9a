"""The questions of a cycle: who is asked from this node, and at what pace.

In: a target's path. Out: the questions, at most `hops.MAX_REQUESTS` a target.
It does not: judge the answers.
"""
