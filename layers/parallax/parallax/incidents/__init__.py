"""Incidents: one item for each subject, moved by compare-and-set.

In: the incident that `parallax.story` moved on. Out: the same, to the next judgement
and, through the table's stream, to `notify`: a transactional outbox.
It does not: decide when an incident moves; `parallax.story` does.

- `table`: incidents in DynamoDB; `advice`: advice records in the same table; `items`:
  the items of both.
- `judging`: one batch of observations; `move`: one target; `sweep`: targets that left
  the targets file; `shrink`: incidents that ended.
"""
