"""Notify: publish findings to the queue, and to people by mail.

In: findings and advice events. Out: a CloudEvent for each, and a plain-text mail where
a finding has a notification reason.
It does not: decide what is published; `parallax.story` does.

- `batch`: one invocation; `delivery`: one route during it.
- `routes`: queue and topic; `publication`: what one item of the table publishes.
- `marks`: what was published; `waiting`: what a route rejected for now.
- `event`: the CloudEvent; `replay`: the same for a saved snapshot.
- `mail`, with `headline`, `blame`, `subject` and `paragraph`: the mail.
"""
