"""Journal: the observations of the last two days, sorted by source and time.

In: observations from `probe`, `inspect` and `ingest`. Out: what a judgement needs
of a target, for `diagnose`; and a stream, which triggers `diagnose` and `inspect`.
It does not: judge, or keep anything for longer.

- `observation`: observations as items, and back; `agent_items`: what a cluster's
  targets share.
- `agents`: reports and heartbeats in a table; `reading_store`: the parts of readings.
- `round_times`: when the probes ran.
- `dynamodb`: the journal in a table; `printed`: the journal without one; `choose`
  opens one of them.
"""
