"""Snapshots: the judged observations by claim check, stored once in S3.

In: the snapshot of a new finding; later, its address. Out: a reference (address, hash
and size) that the finding carries instead; the snapshot again.
It does not: decide which finding is new, or delete an object; a lifecycle rule of the
bucket does.

- `claim_check`: replaces the snapshot of a new finding by its reference.
- `bucket`: stores a snapshot, in bounded time; `deadline` bounds it.
- `download`: reads a snapshot; `address`: its key and its URL.
"""
