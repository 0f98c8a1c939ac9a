"""Uptime: 90 days of each target, from the probes of every quarter of an hour.

In: the rounds of the probes, the targets, maintenance windows. Out: for each target and
day the seconds that were observed, and those without service; from them the uptime and
what is left of an error budget.
It does not: count time without a probe as up, or keep more than 90 days. See
docs/decisions/0024.

- `chapter`: half an hour of a shard's probes as one item; `chapters` stores them.
- `count`: probes of a target as seconds; `tally`: the seconds of a day.
- `history`: the days of some targets; `table`: all of them in DynamoDB.
- `roll_up`: adds the newest chapters to the histories.
- `objective`: uptime, error budget, burn rate.
"""
