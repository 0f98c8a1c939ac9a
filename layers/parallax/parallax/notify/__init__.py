"""Notify: findings to the queue, turns of an incident by mail.

In: findings. Out: a CloudEvent each, and a plain-text mail where the turn asks.
It does not: decide either; `parallax.diagnose` does.
"""
