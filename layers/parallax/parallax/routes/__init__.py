"""Routes: send each alert to the chats, pagers and systems that a stack has configured.

In: alerts as CloudEvents, from a queue of the findings topic. Out: one HTTP request for
each alert and receiver. A receiver that fails delays no other one.
It does not: decide what is an alert; `parallax.groups` does.

- `handling`: one message: one copy of the alert for each receiver, or one delivery
- `attempt`: one delivery: once, with a mark, a retry or a dead letter
- `kinds`: the receivers; `slack`, `teams`, `pagerduty`, `opsgenie`, `alertmanager`,
  `webhook`, `ntfy`: notice to request, pure
- `notice`: what a receiver shows; `request`, `sending`: HTTP
- `trial`: a test alert, by hand
"""
