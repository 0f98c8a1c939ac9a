"""Webhook: an alert's CloudEvent, signed by Standard Webhooks.

In: a notice, the fields `webhook_url` and `webhook_secret` (one or more keys with
commas between, while one is replaced). Out: a POST.
It does not: encrypt; the receiver checks the signature and the age, as `ingest` does.
Source: Standard Webhooks, by the library `standardwebhooks`: the id stays over retries,
the timestamp is that of the attempt; several signatures have spaces between them.
"""

from parallax.model.plain import json_text
from parallax.routes.notice import Notice, Place
from parallax.routes.request import PlaceError, Request, needed

CONTENT = "application/cloudevents+json"


def request(notice: Notice, place: Place) -> Request:
    """Return the request; raises `PlaceError` without a URL or a valid key."""
    from standardwebhooks import (  # noqa: PLC0415 - only this receiver needs it
        Webhook,
    )

    url, identity = needed(place, "webhook_url"), notice.id
    text = json_text(notice.event)
    keys = [key.strip() for key in needed(place, "webhook_secret").split(",")]
    try:
        signatures = [
            Webhook(key).sign(identity, notice.now, text) for key in keys if key
        ]
    except (ValueError, RuntimeError) as error:
        reason = "webhook_secret: expected whsec_<base64>"
        raise PlaceError(reason) from error
    headers = {
        "Content-Type": CONTENT,
        "webhook-id": identity,
        "webhook-timestamp": str(int(notice.now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return Request(url=url, body=text.encode(), headers=headers)
