"""Ingest: what the agents push, checked before anything believes it.

In: headers and body of `POST /v1/observations`. Out: a Push whose reports carry
the time of receipt, or a refusal with an HTTP status and one clear sentence.
It does not: store, or know where keys come from.
Source of the signature: Standard Webhooks, by the library `standardwebhooks`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from parallax.ingest.bounds import problems
from parallax.ingest.packed import unpacked
from parallax.ingest.refused import Refused, cut, joined
from parallax.model.packed import TooLargeError
from parallax.model.push import SCHEMA, Push
from parallax.model.wire import decode

BODY_LIMIT = 1024 * 1024
"""Bytes; five targets of one node are about 60 KB."""
__all__ = ["BODY_LIMIT", "Refused", "accept"]


def accept(
    headers: Mapping[str, str], body: bytes, keys: Sequence[str], now: datetime
) -> Push:
    """Check a push and return it, or raise `Refused`.

    In the order of what is cheapest to refuse: size, packed and plain (413), signature
    and age of the message (401), schema version, fields and their bounds (400). The
    signature is that of the plain body. Any of the keys will do, so that they can be
    rotated.
    """
    if len(body) > BODY_LIMIT:
        raise Refused(
            413,
            f"the body has {len(body)} bytes; no more than {BODY_LIMIT} are accepted",
        )
    lowered = {name.lower(): value for name, value in headers.items()}
    encoding = lowered.get("content-encoding", "identity").lower()
    try:
        plain = unpacked(body, encoding, BODY_LIMIT)
    except TooLargeError as error:
        raise Refused(413, f"{error}") from error
    except ValueError as error:
        raise Refused(400, f"{error}") from error
    _verify(lowered, plain, keys)
    return _receive(_read(plain), now)


def _verify(headers: dict[str, str], body: bytes, keys: Sequence[str]) -> None:
    # The library draws in json and hmac only, but the probe imports nothing of this.
    from standardwebhooks import (  # noqa: PLC0415
        Webhook,
        WebhookVerificationError,
    )
    from standardwebhooks.webhooks import EmptyWebhookSecretError  # noqa: PLC0415

    reason = "no key is configured: set the stack's parameter AgentKey"
    for key in filter(None, keys):  # `key,` is a list with an empty key behind it
        try:
            Webhook(key).verify(body, headers, json_parse=False)
        except WebhookVerificationError as error:
            reason = cut(str(error))
        except EmptyWebhookSecretError:  # a typo in one must not shut out the others
            reason = "a key in the stack's parameter AgentKey is not whsec_<base64>"
        except ValueError:  # a header or body that is not even text or base64
            reason = "malformed signature headers or body"
        else:
            return
    raise Refused(401, f"not accepted: {reason}")


def _read(body: bytes) -> Push:
    from pydantic import ValidationError  # noqa: PLC0415 - after the cheap refusals

    try:
        document: Any = json.loads(body)
    except ValueError as error:
        raise Refused(400, f"the body is not JSON: {cut(str(error))}") from error
    except RecursionError as error:
        raise Refused(400, "the body is nested too deeply") from error
    if not isinstance(document, dict):
        raise Refused(400, "the body is not a JSON object")
    version = cast("dict[str, Any]", document).get("schema")
    if version != SCHEMA:
        name = f"'{cut(version)}'" if isinstance(version, str) else "(no text)"
        raise Refused(400, f"unknown schema {name}; expected '{SCHEMA}'")
    try:
        push = decode(Push, document)
    except ValidationError as error:
        # Without the input: what a wrong field held is nobody's to read in a log.
        wrong = error.errors(include_url=False, include_input=False)
        raise Refused(
            400, joined(_named(one["loc"], one["msg"]) for one in wrong)
        ) from error
    if unfit := joined(problems(push)):
        raise Refused(400, unfit)
    return push


def _named(place: Sequence[object], what: str) -> str:
    return f"{cut('.'.join(map(str, place)))}: {cut(what)}"


def _receive(push: Push, now: datetime) -> Push:
    """Give each report the time of its receipt, by ingest's clock, and the sightings.

    A report that waited in the agent's buffer is not fresh: the node's clock is
    compared through `push.sent_at`, the instant of sending, so that `received_at`
    is when the report would have come had it been sent at once. Never later than
    now: the node's clock may have been set back while the report waited.
    """
    skew = now - push.sent_at
    reports = tuple(
        replace(
            report,
            received_at=min(now, report.sent_at + skew),
            sightings=(*report.sightings, *push.sightings),
        )
        for report in push.reports
    )
    return replace(push, reports=reports, sightings=())
