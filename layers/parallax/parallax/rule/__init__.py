"""Rule: whether a response satisfies its target's health rule.

In: a rule and the parts of one response. Out: what the response lacks, in words.
It does not: send requests, or name a cause. The probe function and the agents use it,
so both sides judge by the same rule.
"""

from parallax.rule.response import Response, digest, unmet

__all__ = ["Response", "digest", "unmet"]
