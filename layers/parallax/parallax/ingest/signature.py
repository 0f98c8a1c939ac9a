"""Signature: which of the agents' keys signed a push.

In: headers and the uncompressed body, the keys that may have signed. Out: those that
did, or a rejection with 401.
It does not: read the keys, choose among them, or parse the body.
Source: Standard Webhooks, by the library `standardwebhooks`.
"""

from collections.abc import Mapping, Sequence

from parallax.ingest.agent_keys import AgentKey
from parallax.ingest.rejection import PushRejected, one_line
from parallax.ingest.statuses import UNAUTHORIZED


def verify(
    headers: Mapping[str, str], body: bytes, keys: Sequence[AgentKey]
) -> tuple[AgentKey, ...]:
    """Return the keys that signed the body within five minutes.

    Raises `PushRejected` if none did. `headers` have their names in lower case. All
    keys are tried, so that the order of the keys changes nothing.
    """
    # The library imports only json and hmac, but the probe imports nothing of this.
    from standardwebhooks import (  # noqa: PLC0415
        Webhook,
        WebhookVerificationError,
    )

    reason, signers = "", list[AgentKey]()
    for key in keys:
        try:
            Webhook(key.secret).verify(body, dict(headers), json_parse=False)
        except WebhookVerificationError as error:
            reason = one_line(str(error))
        except ValueError:  # a header or body that is not text or base64
            reason = "malformed signature headers or body"
        else:
            signers.append(key)
    if not signers:
        raise PushRejected(UNAUTHORIZED, f"not authorized: {reason}")
    return tuple(signers)
