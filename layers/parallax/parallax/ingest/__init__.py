"""Ingest: check and store the reports that the agents push.

In: the event of a function URL. Out: reports in the journal, and an HTTP response.
It does not: accept a push without a valid signature, or judge.
"""

from parallax.ingest.acceptance import accept
from parallax.ingest.body import BODY_LIMIT
from parallax.ingest.endpoint import Endpoint, Response, open_endpoint
from parallax.ingest.rejection import PushRejected

__all__ = [
    "BODY_LIMIT",
    "Endpoint",
    "PushRejected",
    "Response",
    "accept",
    "open_endpoint",
]
