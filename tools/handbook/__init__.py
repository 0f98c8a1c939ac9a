"""Handbook: docs/causes.md and its pictures, made from the causes themselves.

In: the causes' docstrings and the recorded lab runs in events/diagnose.
Out: one page and one picture a hop. It does not: say anything of its own.
"""
