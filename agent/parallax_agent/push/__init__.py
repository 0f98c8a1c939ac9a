"""Push: sends the reports of a cycle to `ingest`.

In: one `Push` per cycle. Out: signed, compressed requests, and the interval that
`ingest` requests. It does not: lose a report before the buffer is full, or hide a loss.
"""
