"""Ingest: what the agents push, checked before anything believes it.

In: headers and body of `POST /v1/observations`. Out: a Push whose reports carry
the time of receipt, or a refusal with an HTTP status and one clear sentence.
It does not: store, or know where keys come from.
Source of the signature: Standard Webhooks, by the library `standardwebhooks`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from parallax.ingest.bounds import problems
from parallax.ingest.packed import TooLargeError, unpacked
from parallax.model.push import SCHEMA, Push
from parallax.model.wire import decode

BODY_LIMIT = 1024 * 1024
"""Bytes; five targets of one node are about 60 KB."""
NAMED_PROBLEMS = 3
"""How many wrong fields a refusal names."""
NAME_LIMIT = 80
"""Characters of a schema's name that a refusal repeats."""


class Refused(Exception):  # noqa: N818 - it is the answer, not a mishap
    """A push is not taken: an HTTP status and why, fit for the agent's log."""

    def __init__(self, status_code: int, text: str) -> None:
        super().__init__(text)
        self.status_code = status_code
        self.text = text


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
        raise Refused(413, f"{len(body)} bytes: no more than {BODY_LIMIT} are taken")
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
            reason = str(error)
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
        raise Refused(400, f"the body is not JSON: {error}") from error
    except RecursionError as error:
        raise Refused(400, "the body is nested too deeply") from error
    if not isinstance(document, dict):
        raise Refused(400, "the body is not a JSON object")
    version = cast("dict[str, Any]", document).get("schema")
    if version != SCHEMA:
        name = repr(version[:NAME_LIMIT]) if isinstance(version, str) else "(no text)"
        raise Refused(400, f"unknown schema {name}: this ingest takes {SCHEMA!r}")
    try:
        push = decode(Push, document)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        texts = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong)
        raise Refused(400, _explain(texts)) from error
    if unfit := _explain(problems(push)):
        raise Refused(400, unfit)
    return push


def _explain(texts: Iterable[str]) -> str:
    """Name the first wrong fields in one line, without repeating what they held."""
    named = list(texts)
    if len(named) > NAMED_PROBLEMS:
        named[NAMED_PROBLEMS:] = [f"and {len(named) - NAMED_PROBLEMS} more"]
    return "; ".join(named)


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
