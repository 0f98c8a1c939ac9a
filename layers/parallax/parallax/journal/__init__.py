"""Journal: every observation of the last two days, sorted by source and time.

In: observations from `probe`, `inspect` and `ingest`. Out: what a judgement needs
of a target, for `diagnose`; and a stream, which triggers `diagnose` and `inspect`.
It does not: judge, or keep anything for longer.

- `rounds`: the healthy runs of a shard, as one item; `latest_rounds` finds a target's.
- `observation`: observations as items, and back.
- `dynamodb`: the journal in a table; `printed`: the journal without one; `choose`
  opens one of them.
"""
