"""Push: sends the reports of a cycle to `ingest`.

In: pushes: heartbeats, reports. Out: signed, compressed requests, and what `ingest`
requests. It does not: lose a report before the buffer is full, or hide a loss.

- `pusher`: sends and retries
- `buffer`: the messages that wait
- `splitting`: messages that `ingest` accepts
- `lean`: small reports while nothing changes
- `parts`: readings as parts that all nodes share
- `known_parts`: which of them `ingest` has
- `instructions`: what a response requests
- `versions`: a push for an `ingest` of an earlier version
- `bound`: the length of texts
- `outcome`: what a response means for the push
- `post`: one request
- `signing`: its signature; `aws_signature`: a second one, for AWS
"""
