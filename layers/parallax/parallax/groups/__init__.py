"""Groups: one fault, one alert, however many targets it stops.

In: incidents, as `parallax.incidents` stored them. Out: groups of those with the same
cause at the same place, and an alert for each change that people learn.
It does not: judge, send, stop the monitoring of anything, or end an incident: a group
ends when the last of its incidents does. See docs/decisions/0019.

- `take`: the groups after a new version of an incident; `tick`: after some time.
- `person`: after a person acknowledged or muted something.
- `members`, `due`: the parts of these.
- `alert`: what is published about a group.
- `table`: the groups in DynamoDB; `keeping`: the steps between it and the others;
  `opening`: these for the settings of a function.
"""
