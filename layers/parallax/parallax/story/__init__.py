"""Story: how the incident of one failure develops, from judgement to judgement.

In: an incident or an advice record, a judgement, its snapshot, the rules. Out: the
incident or the record as it stands now.
It does not: store or send anything, or read a clock. `parallax.incidents` stores.

- `incident`: the next version of an incident; `state` decides its state.
- `notification`: whether a mail is due, and for which reason.
- `publish`: the finding that an incident publishes.
- `last_cause`: the proof of the last established cause, with its time.
- `ending`: the end of an incident whose target left the targets file.
- `advice`: the record of a target's advice.
- `rules`: the waiting times.
"""
