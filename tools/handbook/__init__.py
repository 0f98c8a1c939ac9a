"""Handbook: docs/causes.md and its pictures, generated from the causes.

In: the causes' docstrings and the recorded lab runs in events/diagnose.
Out: one page, and one picture per hop. It does not: add text of its own.
"""
