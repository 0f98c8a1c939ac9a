"""Reasons: why a Service has no ready pod, one level below the cause.

In: a cluster reading. Out: a `Why`: the stable id of the reason, and a sentence with
the real names.
It does not: decide whether users are affected; causes do.

- `why`: the result, and the words that several modules use
- `scheduling`: why the scheduler finds no node
- `creation`: why a workload's controller cannot create pods
- `images`: why an image is not pulled
- `containers`: why containers do not start, or end
- `pods`: the reason of one pod, and of several
- `selection`: why a Service has no pod at all
"""
