"""Notify: publish findings and alerts to programs, and alerts to people.

In: findings, advice events, alerts. Out: a CloudEvent for each; for an alert also a
mail and a text for each other protocol of the alerts topic.
It does not: decide what is published; `parallax.story` and `parallax.groups` do.

- `batch`: one invocation; `grouping`: its groups; `delivery`: one route during it.
- `routes`: the topics; `publication`: what one item of the table publishes.
- `marks`: what was published; `waiting`: what a route rejected for now.
- `event`, `alert_event`: the CloudEvents; `replay`: that of a saved snapshot.
- `mail`, with `paragraph`: the mail; `digest`: the mail of advice.
- `variants`: an alert's text for each protocol, with `sms`; `chat`: for a chat's topic.
- `attributes`, `event_attributes`: what subscriptions filter on.
"""
