"""The parts of a push of schema v2: each is valid, or refused by itself."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from parallax.ingest import PushRejected, accept
from parallax.ingest.acceptance import AcceptedPush
from parallax.ingest.reading_digest import sent_digest
from parallax.model.cluster import ClusterReading, Endpoint, Node, NodeReport
from parallax.model.push import SCHEMA, SCHEMA_V2, Heartbeat, Push
from parallax.model.reading_parts import split
from parallax.model.wire import encode

KEY = "whsec_" + base64.b64encode(b"k" * 24).decode()
NOW = datetime.now(UTC)
READING = ClusterReading(
    read_at=NOW,
    nodes=(Node(name="n", internal_ip="10.0.0.1"),),
    endpoints=(Endpoint(address="10.0.0.9", ready=True, node="n"),),
)
REF, PARTS, _ = split(READING)
BEAT = Heartbeat(sequence=1, interval=60.0, targets=2, nodes=REF.nodes)


def push(*leave_out: str) -> dict[str, Any]:
    """Make a push with a heartbeat, two readings and a report, as JSON."""
    report = NodeReport(
        target="front",
        cluster="c",
        node="n",
        sent_at=NOW,
        interval=10.0,
        reading_ref=REF,
    )
    value = Push(
        schema=SCHEMA_V2,
        cluster="c",
        node="n",
        sent_at=NOW,
        heartbeat=BEAT,
        readings=PARTS,
        reports=(report,),
    )
    fields = encode(value).items()
    return {name: field for name, field in fields if name not in leave_out}


def taken(document: dict[str, Any]) -> AcceptedPush:
    """Sign a push and return what is accepted of it."""
    now, body = datetime.now(UTC), json.dumps(document).encode()
    headers = {
        "webhook-id": "m",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(KEY).sign("m", now, body.decode()),
    }
    return accept(headers, body, [KEY], now)


@pytest.mark.parametrize(
    "absent", [(), ("heartbeat",), ("readings",), ("reports",), ("reports", "readings")]
)
def test_a_push_may_have_any_of_its_parts(absent: tuple[str, ...]) -> None:
    """All that it has is accepted."""
    accepted = taken(push(*absent))
    assert (accepted.heartbeat is None) == ("heartbeat" in absent)
    assert accepted.readings == (() if "readings" in absent else PARTS)
    assert [one.reading_ref for one in accepted.reports] == (
        [] if "reports" in absent else [REF]
    )
    assert all(one.received_at for one in accepted.reports)
    assert not accepted.refused


def test_an_empty_push_is_rejected() -> None:
    """It says what is expected."""
    with pytest.raises(PushRejected, match="expected a heartbeat, reports or readings"):
        taken(push("heartbeat", "readings", "reports"))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"digest": "0" * 32}, "digest: expected the digest of the reading"),
    ({"digest": "A" * 32}, "digest: expected 32 hexadecimal digits"),
    ({"digest": None}, "digest: expected 32 hexadecimal digits"),
    ({"reading": None}, "digest: expected the digest of the reading"),
    ({"reading": {"read_at": "noon"}}, "reading.read_at: "),
    ({"reading": {"read_at": "2026-11-30T12:00:00"}}, "reading.read_at: expected a"),
    (
        {"reading": {"read_at": "2026-11-30T12:00:00Z", "problems": ["\ud800"]}},
        "reading.problems.0: expected text",
    ),
]


@pytest.mark.parametrize(("change", "reason"), WRONG, ids=repr)
def test_a_wrong_reading_costs_only_itself(change: dict[str, Any], reason: str) -> None:
    """The heartbeat, the other reading and the report are accepted."""
    document = push()
    wrong = document["readings"][0] | change
    if change.get("reading"):
        wrong["digest"] = sent_digest(change["reading"])
    document["readings"] = [wrong, document["readings"][1]]
    accepted = taken(document)
    assert accepted.readings == PARTS[1:]
    assert accepted.heartbeat == BEAT
    assert len(accepted.reports) == 1
    ((place, text),) = accepted.refused.items()
    assert place == ("readings", 0)
    assert text.startswith(f"readings.0.{reason}")


def test_one_wrong_reading_and_one_wrong_report_keep_their_places() -> None:
    """Positions are those of the push as it was sent."""
    document = push()
    document["readings"].insert(0, {"digest": "x"})
    (report,) = document["reports"]
    document["reports"] = [report | {"interval": 0}, report, {}]
    accepted = taken(document)
    assert accepted.readings == PARTS
    assert [*accepted.refused] == [("readings", 0), ("reports", 2), ("reports", 0)]
    assert len(accepted.reports) == 1


@pytest.mark.parametrize("name", ["target", "nodes"])
def test_a_report_with_an_unknown_form_of_digest_is_refused(name: str) -> None:
    """The heartbeat is accepted nevertheless."""
    document = push()
    document["reports"][0]["reading_ref"] |= {name: "md5:1"}
    accepted = taken(document)
    (text,) = accepted.refused.values()
    expected = f"reports.0.reading_ref.{name}: expected 32 hexadecimal digits"
    assert text.startswith(expected)
    assert accepted.heartbeat == BEAT


def test_a_push_of_which_nothing_is_valid_is_rejected() -> None:
    """With the problems of its parts."""
    document = push("heartbeat")
    document |= {"readings": [{}], "reports": [{}]}
    with pytest.raises(PushRejected) as caught:
        taken(document)
    assert caught.value.status_code == 400
    assert caught.value.text.startswith("readings.0.digest: ")


@pytest.mark.parametrize("value", ["x", 1, {}, None])
def test_readings_that_are_no_list_are_rejected(value: Any) -> None:
    """No single reading is at fault then."""
    with pytest.raises(PushRejected, match=r"^readings: "):
        taken(push() | {"readings": value})


@pytest.mark.parametrize("change", [{"new": [1, None]}, {"partial": ["nodes"]}])
def test_a_reading_of_another_version_has_its_digest(change: dict[str, Any]) -> None:
    """An agent may send fields that this version does not know, or leave some out."""
    reading = encode(PARTS[0].reading) | change
    del reading["problems"]
    part = {"digest": sent_digest(reading), "reading": reading}
    (accepted,) = taken(push() | {"readings": [part]}).readings
    assert accepted.digest != PARTS[0].digest
    assert accepted.reading.endpoints == READING.endpoints


def test_digests_are_those_that_agents_compute() -> None:
    """From the JSON of a part as it is sent."""
    for part in PARTS:
        assert sent_digest(json.loads(json.dumps(encode(part.reading)))) == part.digest


def test_a_push_of_schema_v1_has_reports_only() -> None:
    """Other parts of it are ignored, as before."""
    accepted = taken(push() | {"schema": SCHEMA, "heartbeat": 7, "readings": "x"})
    assert (accepted.heartbeat, accepted.readings) == (None, ())
    assert len(accepted.reports) == 1
