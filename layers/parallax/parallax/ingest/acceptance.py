"""Acceptance: check a push completely before anything is stored.

In: headers and body of `POST /v1/observations`, the keys, the time. Out: a Push whose
reports have the time of receipt, with the reasons why other parts of it are refused; or
a rejection of the whole push with an HTTP status and one sentence.
It does not: store, or read the keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from parallax.ingest.agent_keys import candidates, check_cluster
from parallax.ingest.body import plain_body
from parallax.ingest.document import document
from parallax.ingest.heartbeat import heartbeat_push, is_only_heartbeat
from parallax.ingest.rejection import PushRejected, joined
from parallax.ingest.signature import verify
from parallax.ingest.statuses import INVALID
from parallax.model.key_id import HEADER
from parallax.model.push import SCHEMA_V2, Push

type Place = tuple[str, int]
"""A part of a push as it was sent: `reports` or `readings`, and a position from 0."""
NONE: Mapping[Place, str] = MappingProxyType({})
EMPTY = "the push is empty; expected a heartbeat, reports or readings"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedPush(Push):
    """A push with its valid reports and readings, and a reason for each other one."""

    refused: Mapping[Place, str] = field(default_factory=lambda: NONE)


def accept(
    headers: Mapping[str, str], body: bytes, keys: Sequence[str], now: datetime
) -> AcceptedPush:
    """Check a push and return it, or raise `PushRejected`.

    `keys` are entries as `parallax.ingest.agent_keys` describes them. The cheapest
    checks come first: the key that the sender names (401), size, compressed and
    uncompressed (413), signature and age of the message (401), schema version, fields
    and their bounds (400), and last whether the key is of the push's cluster (403). The
    valid reports and readings of a push are accepted even if others are not; a push
    without a valid one is rejected, unless it has a heartbeat. The signature is that of
    the uncompressed body.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    named = candidates(keys, lowered.get(HEADER))
    plain = plain_body(body, lowered.get("content-encoding", "identity").lower())
    signers = verify(lowered, plain, named)
    push = _checked(document(plain), now)
    # The names of all parts of a push are those of the push itself (`bounds`).
    check_cluster(push.cluster, signers)
    return push


def _checked(sent: dict[str, Any], now: datetime) -> AcceptedPush:
    """Return the push in a signed JSON object; raises `PushRejected`."""
    if sent["schema"] != SCHEMA_V2:
        sent = {k: v for k, v in sent.items() if k not in {"heartbeat", "readings"}}
        return _with_reports(None, sent, now)
    push = heartbeat_push(sent)
    if is_only_heartbeat(sent):
        return _accepted(push, {})
    return _with_reports(push, sent, now)


def _with_reports(
    beat: Push | None, sent: dict[str, Any], now: datetime
) -> AcceptedPush:
    """Return the push with everything in it that is valid."""
    from parallax.ingest.contents import contents  # noqa: PLC0415 - imports pydantic

    push, refused = contents({k: v for k, v in sent.items() if k != "heartbeat"})
    if beat:
        push = replace(push, heartbeat=beat.heartbeat)
    if not (push.heartbeat or push.reports or push.readings):
        if refused:
            texts = (text for place in sorted(refused) for text in refused[place])
            raise PushRejected(INVALID, joined(texts))
        if beat:
            raise PushRejected(INVALID, EMPTY)
    return _accepted(_received(push, now), refused)


def _accepted(push: Push, refused: Mapping[Place, Sequence[str]]) -> AcceptedPush:
    return AcceptedPush(
        schema=push.schema,
        cluster=push.cluster,
        node=push.node,
        sent_at=push.sent_at,
        heartbeat=push.heartbeat,
        readings=push.readings,
        reports=push.reports,
        sightings=push.sightings,
        refused={place: joined(found, 1) for place, found in refused.items()},
    )


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
