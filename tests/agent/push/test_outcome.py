"""What a response means: only ingest's own words about a push end it."""

import json
from dataclasses import replace

import pytest

from parallax.ingest.statuses import STATUSES, Status
from parallax.model.push import SCHEMA
from parallax_agent.push.buffer import Message
from parallax_agent.push.outcome import Outcome, outcome_of
from parallax_agent.push.post import Answer
from tests.agent.push.test_versions import BEAT_ONLY, PUSH
from tests.agent.push.version_one import REJECTED

OLD = json.dumps({"message": REJECTED}).encode()


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        (202, b"", Outcome.STORED),
        (202, b'{"refused": 1}', Outcome.STORED),
        (400, b"", Outcome.REFUSED),
        (413, b"", Outcome.REFUSED),
        (400, OLD, Outcome.OLD_SCHEMA),
        (401, OLD, Outcome.RETRY),
        (403, b"", Outcome.RETRY),
        (503, OLD, Outcome.RETRY),
    ],
)
def test_a_response_decides_what_becomes_of_a_push(
    code: int, body: bytes, expected: Outcome
) -> None:
    """A proxy's error, or one that a newer key may repair, loses nothing."""
    for push in (PUSH, BEAT_ONLY):
        assert outcome_of(Answer(code, body), Message(push), 0.1) is expected


def test_a_push_of_the_first_schema_is_never_converted_again() -> None:
    """Otherwise a server that rejects every schema would get it forever."""
    first = Message(replace(PUSH, schema=SCHEMA))
    assert outcome_of(Answer(400, OLD), first, 0.1) is Outcome.REFUSED


@pytest.mark.parametrize("status", STATUSES, ids=lambda status: str(status.code))
def test_the_agent_does_what_the_description_of_the_endpoint_states(
    status: Status,
) -> None:
    """docs/api/openapi.json says for each status whether a sender keeps the push."""
    outcome = outcome_of(Answer(status.code, b""), Message(PUSH), 0.1)
    assert (outcome is Outcome.RETRY) == status.keep
