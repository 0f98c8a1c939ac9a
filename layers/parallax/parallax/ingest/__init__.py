"""Ingest: check and store the heartbeats, reports and readings that the agents push.

In: the event of a function URL. Out: items in the journal, and an HTTP response that
requests full reports, missing readings and the next heartbeat.
It does not: accept a push without a valid signature, or judge.

- `request`, `body`, `signature`, `document`: from the event to signed JSON
- `agent_keys`: which keys may have signed, and for which cluster
- `acceptance`: all checks; `heartbeat` without pydantic, `contents` with it
- `rejection_log`: a line about rejections, at most one a second
- `store`: each part of a push by itself
- `answer`: the response, from `alert`, `pace` and the journal
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
