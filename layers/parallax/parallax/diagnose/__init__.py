"""Diagnose: join what was observed, and judge it.

In: observations of one target. Out: a snapshot and its judgement.
It does not: read or write anything, or remember earlier judgements. It is pure, so
that a saved snapshot can be judged again anywhere.

- `join`: observations to a snapshot; `without_future` drops what cannot be dated.
- `judge`: a snapshot to a judgement; `naming` chooses the cause.
- `symptom`, with `follow` and `reach`: what users and the cluster see.
- `path`, with `path_inside`: what was observed at each hop.
- `settling`, `complete`: whether an alarm should wait.
- `silence`, with `blind`: whether Parallax itself lacks evidence.
"""
