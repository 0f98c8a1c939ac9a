"""Worlds: public reports of incidents, as simulated platforms with expected answers.

In: reports (`reports`), the bench's platform. Out: how often the judgement is right.
It does not: know a cause. A world states what was true; the judgement has to find it.
"""
