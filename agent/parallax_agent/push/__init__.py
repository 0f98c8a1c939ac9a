"""Push: sends the reports of a cycle to `ingest`.

In: one `Push` per cycle. Out: signed, compressed requests, and the interval that
`ingest` requests. It does not: lose a report before the buffer is full, or hide a loss.

- `pusher`: sends and retries
- `buffer`: the messages that wait
- `splitting`: messages that `ingest` accepts
- `heartbeat`: small reports while nothing changes
- `bound`: the length of texts
- `post`: one request
- `signing`: its signature
"""
