"""A push's own fields and its heartbeat, checked without pydantic."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.ingest.heartbeat import heartbeat_push, is_only_heartbeat
from parallax.ingest.rejection import PushRejected
from parallax.model.push import SCHEMA_V2, Heartbeat, Push
from parallax.model.wire import decode, encode

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
BEAT = Heartbeat(sequence=7, interval=60.0, targets=20, nodes="0123456789abcdef" * 2)
PUSH = Push(schema=SCHEMA_V2, cluster="c", node="n", sent_at=NOW, heartbeat=BEAT)


def test_a_heartbeat_is_read_as_an_agent_sends_it() -> None:
    """It equals the value that pydantic would decode."""
    document = encode(PUSH)
    assert is_only_heartbeat(document)
    assert heartbeat_push(document) == PUSH == decode(Push, document)


@pytest.mark.parametrize(
    "change",
    [{"sequence": 0}, {"targets": 0}, {"sequence": 2**53}, {"interval": 1}],
    ids=repr,
)
def test_a_value_at_its_bound_is_accepted(change: dict[str, Any]) -> None:
    """An agent starts to count at 0, and may observe no target yet."""
    document = encode(PUSH)
    document["heartbeat"] |= change
    assert heartbeat_push(document).heartbeat == replace(BEAT, **change)


@pytest.mark.parametrize(
    ("sent_at", "expected"),
    [
        ("noon", "sent_at: expected a time as in RFC 3339"),
        ("2026-11-30T12:00:00", "sent_at: expected a time with a time zone"),
        ("0001-01-01T00:00:00Z", "sent_at: expected a year from 1970 to 2199"),
    ],
)
def test_a_wrong_time_is_answered_with_what_is_expected(
    sent_at: str, expected: str
) -> None:
    """Whoever wrote the agent reads it in its log."""
    with pytest.raises(PushRejected) as caught:
        heartbeat_push(encode(PUSH) | {"sent_at": sent_at})
    assert caught.value.text == expected


def test_a_push_without_heartbeat_has_none() -> None:
    """It has reports or readings then."""
    document = encode(PUSH) | {"heartbeat": None}
    assert heartbeat_push(document).heartbeat is None
    assert not is_only_heartbeat(document)


@pytest.mark.parametrize("name", ["reports", "readings"])
def test_a_push_with_other_parts_is_not_only_a_heartbeat(name: str) -> None:
    """An empty list does not count."""
    assert is_only_heartbeat(encode(PUSH) | {name: []})
    assert not is_only_heartbeat(encode(PUSH) | {name: [{}]})


COUNTS = [-1, 2**53 + 1, 1.0, "1", True, None]
WRONG = [
    *({"heartbeat": {"sequence": value}} for value in COUNTS),
    *({"heartbeat": {"targets": value}} for value in COUNTS),
    *(
        {"heartbeat": {"interval": value}}
        for value in (0, 3601, float("nan"), float("inf"), "60", True, None)
    ),
    *(
        {"heartbeat": {"nodes": value}}
        for value in ("", "0" * 31, "0" * 33, "A" * 32, "0" * 31 + "\n", 7, ["0" * 32])
    ),
    *({"sent_at": value} for value in ("noon", "2026-11-30T12:00:00", 7, None)),
    {"sent_at": "0001-01-01T00:00:00Z"},
    *({"k8s.cluster.name": value} for value in ("", "a\nb", None, 7, "\ud800")),
    *({"k8s.node.name": value} for value in ("", "a/b", "x" * 254, None, [])),
]


@pytest.mark.parametrize("change", WRONG, ids=repr)
def test_a_field_out_of_bounds_is_rejected_by_its_name(change: dict[str, Any]) -> None:
    """The value is not repeated: it may be anything."""
    document = encode(PUSH)
    ((name, value),) = change.items()
    if name == "heartbeat":
        ((field, _),) = value.items()
        name, value = f"heartbeat.{field}", document["heartbeat"] | value
        document["heartbeat"] = value
    else:
        document[name] = value
    with pytest.raises(PushRejected) as caught:
        heartbeat_push(document)
    assert caught.value.status_code == 400
    assert caught.value.text.startswith(f"{name}: expected ")


@pytest.mark.parametrize("beat", [7, "x", [], True])
def test_a_heartbeat_that_is_no_object_is_rejected(beat: Any) -> None:
    """Whatever else it is."""
    with pytest.raises(PushRejected, match="heartbeat: expected an object"):
        heartbeat_push(encode(PUSH) | {"heartbeat": beat})


json_like = st.recursive(
    st.none() | st.booleans() | st.text(max_size=9) | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(sorted(encode(PUSH))), json_like),
    st.dictionaries(st.sampled_from(sorted(encode(BEAT))), json_like),
)
def test_no_document_is_a_crash(fields: dict[str, Any], beat: dict[str, Any]) -> None:
    """Any JSON is a push, or a rejection."""
    document = encode(PUSH)
    document["heartbeat"] |= beat
    try:
        assert heartbeat_push(document | fields).cluster
    except PushRejected as refused:
        assert refused.status_code == 400  # noqa: PT017 - either outcome is right


def test_ingest_takes_a_heartbeat_without_importing_pydantic() -> None:
    """Neither its start nor such a push needs it."""
    code = """
import base64, datetime, json, sys
from standardwebhooks import Webhook
from parallax.ingest import accept
key = "whsec_" + base64.b64encode(b"k" * 24).decode()
now = datetime.datetime.now(datetime.UTC)
beat = {"sequence": 1, "interval": 60, "targets": 2}
body = json.dumps({"schema": "io.parallax.observations.v2", "k8s.cluster.name": "c",
    "k8s.node.name": "n", "sent_at": now.isoformat(), "heartbeat": beat})
headers = {"webhook-id": "m", "webhook-timestamp": str(int(now.timestamp())),
    "webhook-signature": Webhook(key).sign("m", now, body)}
assert accept(headers, body.encode(), [key], now).heartbeat.targets == 2
print("pydantic" in sys.modules)
"""
    run = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"
