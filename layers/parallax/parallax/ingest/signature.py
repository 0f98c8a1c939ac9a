"""Signature: whether one of the agents' keys signed a push.

In: headers and the uncompressed body, the keys. Out: nothing, or a rejection with 401.
It does not: read the keys, or parse the body.
Source: Standard Webhooks, by the library `standardwebhooks`.
"""

from collections.abc import Mapping, Sequence

from parallax.ingest.rejection import PushRejected, one_line
from parallax.ingest.statuses import UNAUTHORIZED


def verify(headers: Mapping[str, str], body: bytes, keys: Sequence[str]) -> None:
    """Raise `PushRejected` unless one of the keys signed the body within five minutes.

    `headers` have their names in lower case.
    """
    # The library imports only json and hmac, but the probe imports nothing of this.
    from standardwebhooks import (  # noqa: PLC0415
        Webhook,
        WebhookVerificationError,
    )
    from standardwebhooks.webhooks import EmptyWebhookSecretError  # noqa: PLC0415

    reason = "no key is configured: set the stack's parameter AgentKey"
    for key in filter(None, keys):  # `key,` is a list whose last key is empty
        try:
            Webhook(key).verify(body, dict(headers), json_parse=False)
        except WebhookVerificationError as error:
            reason = one_line(str(error))
        except EmptyWebhookSecretError:  # a typo in one key must not disable the others
            reason = "a key in the stack's parameter AgentKey is not whsec_<base64>"
        except ValueError:  # a header or body that is not text or base64
            reason = "malformed signature headers or body"
        else:
            return
    raise PushRejected(UNAUTHORIZED, f"not authorized: {reason}")
