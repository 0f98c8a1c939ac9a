"""Acceptance: check a push completely before anything is stored.

In: headers and body of `POST /v1/observations`, the keys, the time. Out: a Push whose
reports have the time of receipt, with the reasons why other reports of it are refused;
or a rejection of the whole push with an HTTP status and one sentence.
It does not: store, or read the keys.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from parallax.ingest.body import plain_body
from parallax.ingest.bounds import problems, report_problems
from parallax.ingest.rejection import PushRejected, joined, one_line
from parallax.ingest.signature import verify
from parallax.model.cluster import NodeReport
from parallax.model.push import SCHEMA, Push
from parallax.model.wire import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedPush(Push):
    """A push with its valid reports, and a reason for each other report.

    The keys of `refused` are positions in the push as it was sent, from 0.
    """

    refused: Mapping[int, str]


def accept(
    headers: Mapping[str, str], body: bytes, keys: Sequence[str], now: datetime
) -> AcceptedPush:
    """Check a push and return it, or raise `PushRejected`.

    The cheapest checks come first: size, compressed and uncompressed (413), signature
    and age of the message (401), schema version, fields and their bounds (400). The
    valid reports of a push are accepted even if others are not; a push without a valid
    one is rejected. The signature is that of the uncompressed body. Any of the keys is
    valid, so that they can be rotated.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    plain = plain_body(body, lowered.get("content-encoding", "identity").lower())
    verify(lowered, plain, keys)
    return _received(_within_bounds(*_decoded(_document(plain))), now)


def _document(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a body, if it has the known schema."""
    try:
        document: Any = json.loads(body)
    except ValueError as error:
        reason = one_line(str(error))
        raise PushRejected(400, f"the body is not JSON: {reason}") from error
    except RecursionError as error:
        raise PushRejected(400, "the body is nested too deeply") from error
    if not isinstance(document, dict):
        raise PushRejected(400, "the body is not a JSON object")
    fields = cast("dict[str, Any]", document)
    version = fields.get("schema")
    if version != SCHEMA:
        name = f"'{one_line(version)}'" if isinstance(version, str) else "(not a text)"
        raise PushRejected(400, f"unknown schema {name}; expected '{SCHEMA}'")
    return fields


def _decoded(document: dict[str, Any]) -> tuple[Push, dict[int, list[str]]]:
    """Return the push without its malformed reports, and the problems of those."""
    from pydantic import ValidationError  # noqa: PLC0415 - after the cheap checks

    try:
        return decode(Push, document), {}
    except ValidationError as error:
        # Without the input: the value of a wrong field may be secret.
        wrong = error.errors(include_url=False, include_input=False)
    refused: dict[int, list[str]] = {}
    for one in wrong:
        match one["loc"]:
            case ("reports", int(number), *_):
                problem = _field_problem(one["loc"], one["msg"])
                refused.setdefault(number, []).append(problem)
            case _:
                raise PushRejected(
                    400, joined(_field_problem(e["loc"], e["msg"]) for e in wrong)
                )
    sent = enumerate(document["reports"])
    valid = [report for number, report in sent if number not in refused]
    return decode(Push, document | {"reports": valid}), refused


def _within_bounds(push: Push, refused: dict[int, list[str]]) -> AcceptedPush:
    """Return the push without the reports that are out of bounds.

    Raises `PushRejected` if the push itself is, or if no report of it is valid.
    """
    if out_of_bounds := joined(problems(replace(push, reports=()))):
        raise PushRejected(400, out_of_bounds)
    count = len(push.reports) + len(refused)
    numbers = [number for number in range(count) if number not in refused]
    valid: list[NodeReport] = []
    for number, report in zip(numbers, push.reports, strict=True):
        if found := list(report_problems(push, number, report)):
            refused[number] = found
        else:
            valid.append(report)
    if count and not valid:
        texts = (text for number in sorted(refused) for text in refused[number])
        raise PushRejected(400, joined(texts))
    return AcceptedPush(
        schema=push.schema,
        cluster=push.cluster,
        node=push.node,
        sent_at=push.sent_at,
        reports=tuple(valid),
        sightings=push.sightings,
        refused={number: joined(found, 1) for number, found in refused.items()},
    )


def _field_problem(location: Sequence[object], problem: str) -> str:
    return f"{one_line('.'.join(map(str, location)))}: {one_line(problem)}"


def _received(push: AcceptedPush, now: datetime) -> AcceptedPush:
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
