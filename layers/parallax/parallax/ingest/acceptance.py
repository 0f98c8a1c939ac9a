"""Acceptance: check a push completely before anything is stored.

In: headers and body of `POST /v1/observations`, the keys, the time. Out: a Push whose
reports have the time of receipt, or a rejection with an HTTP status and one sentence.
It does not: store, or read the keys.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from parallax.ingest.body import plain_body
from parallax.ingest.bounds import problems
from parallax.ingest.rejection import PushRejected, joined, one_line
from parallax.ingest.signature import verify
from parallax.model.push import SCHEMA, Push
from parallax.model.wire import decode


def accept(
    headers: Mapping[str, str], body: bytes, keys: Sequence[str], now: datetime
) -> Push:
    """Check a push and return it, or raise `PushRejected`.

    The cheapest checks come first: size, compressed and uncompressed (413), signature
    and age of the message (401), schema version, fields and their bounds (400). The
    signature is that of the uncompressed body. Any of the keys is valid, so that they
    can be rotated.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    plain = plain_body(body, lowered.get("content-encoding", "identity").lower())
    verify(lowered, plain, keys)
    return _received(_decoded(plain), now)


def _decoded(body: bytes) -> Push:
    from pydantic import ValidationError  # noqa: PLC0415 - after the cheap checks

    try:
        document: Any = json.loads(body)
    except ValueError as error:
        reason = one_line(str(error))
        raise PushRejected(400, f"the body is not JSON: {reason}") from error
    except RecursionError as error:
        raise PushRejected(400, "the body is nested too deeply") from error
    if not isinstance(document, dict):
        raise PushRejected(400, "the body is not a JSON object")
    version = cast("dict[str, Any]", document).get("schema")
    if version != SCHEMA:
        name = f"'{one_line(version)}'" if isinstance(version, str) else "(not a text)"
        raise PushRejected(400, f"unknown schema {name}; expected '{SCHEMA}'")
    try:
        push = decode(Push, document)
    except ValidationError as error:
        # Without the input: the value of a wrong field may be secret.
        wrong = error.errors(include_url=False, include_input=False)
        raise PushRejected(
            400, joined(_field_problem(one["loc"], one["msg"]) for one in wrong)
        ) from error
    if out_of_bounds := joined(problems(push)):
        raise PushRejected(400, out_of_bounds)
    return push


def _field_problem(location: Sequence[object], problem: str) -> str:
    return f"{one_line('.'.join(map(str, location)))}: {one_line(problem)}"


def _received(push: Push, now: datetime) -> Push:
    """Return the push with its time of receipt and the sightings in each report.

    A report that waited in the agent's buffer is not fresh. `push.sent_at`, the time of
    sending, gives the difference between the two clocks, so that `received_at` is when
    the report would have arrived without the wait. It is never later than now: the
    node's clock may have been set back while the report waited.
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
