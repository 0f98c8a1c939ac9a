"""What a cycle saw, sent to `ingest`.

In: a `Push` a cycle. Out: signed, compressed requests, and how soon `ingest` asks to
hear more. It does not: lose anything before the buffer is full, nor hide that it did.
"""
