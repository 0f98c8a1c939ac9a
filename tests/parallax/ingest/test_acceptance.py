"""Accepting a push: signed, fresh, small, known, or refused in one clear sentence."""

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from parallax.ingest import BODY_LIMIT, PushRejected, accept
from parallax.model.cluster import NodeReport, Sighting
from parallax.model.push import SCHEMA, Push
from parallax.model.wire import encode

KEY = "whsec_" + base64.b64encode(b"k" * 24).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 24).decode()


def push(**changes: Any) -> dict[str, Any]:
    """Make a push of one report, as JSON."""
    now = datetime.now(UTC)
    report = NodeReport(
        target="front", cluster="c", node="n", sent_at=now, interval=15.0
    )
    value = Push(schema=SCHEMA, cluster="c", node="n", sent_at=now, reports=(report,))
    return encode(value) | changes


def signed(
    body: bytes, key: str = KEY, at: datetime | None = None, id_: str = "msg_1"
) -> dict[str, str]:
    """Sign a body as an agent does."""
    when = at or datetime.now(UTC)
    return {
        "Webhook-Id": id_,
        "webhook-timestamp": str(int(when.timestamp())),
        "webhook-signature": Webhook(key).sign(id_, when, body.decode()),
        "content-type": "application/json",
    }


def altered(path: str, value: Any) -> bytes:
    """Return a push's body with one field of it, or of its report, set to this."""
    document = push()
    field = path.removeprefix("reports.0.")
    (document if field == path else document["reports"][0])[field] = value
    return json.dumps(document).encode()


def refusal(headers: dict[str, str], body: bytes, *keys: str) -> PushRejected:
    """Return the refusal that a push meets."""
    with pytest.raises(PushRejected) as caught:
        accept(headers, body, keys or (KEY,), datetime.now(UTC))
    return caught.value


def test_a_signed_push_is_taken_and_stamped() -> None:
    """Its reports carry the time of receipt."""
    body = json.dumps(push()).encode()
    now = datetime.now(UTC)
    taken = accept(signed(body), body, [KEY], now)
    assert taken.reports[0].received_at is not None
    assert abs(taken.reports[0].received_at - now) < timedelta(seconds=5)


def test_a_report_from_the_buffer_is_not_fresh() -> None:
    """What waited ten minutes in the agent is ten minutes old on receipt."""
    now = datetime.now(UTC)
    document = push()
    document["sent_at"] = encode(now)
    document["reports"][0]["sent_at"] = encode(now - timedelta(minutes=10))
    body = json.dumps(document).encode()
    taken = accept(signed(body), body, [KEY], now)
    assert taken.reports[0].received_at == now - timedelta(minutes=10)


def test_each_report_gets_the_sightings_of_its_push() -> None:
    """They are sent once; only a judgement decides which target each belongs to."""
    now = datetime.now(UTC)
    seen = encode(Sighting(request_id="0" * 32, seen_at=now, node="n"))
    (report,) = push()["reports"]
    both = [report, report | {"target": "api"}]
    body = json.dumps(push(sightings=[seen], reports=both)).encode()
    taken = accept(signed(body), body, [KEY], now)
    assert [(r.target, encode(r.sightings)) for r in taken.reports] == [
        ("front", [seen]),
        ("api", [seen]),
    ]
    assert taken.sightings == ()


@pytest.mark.parametrize("key", [KEY, OTHER])
def test_either_key_will_do_while_it_is_rotated(key: str) -> None:
    """Two keys are valid at a time."""
    body = json.dumps(push()).encode()
    assert accept(signed(body, key), body, [KEY, OTHER], datetime.now(UTC)).node == "n"


def test_a_wrong_signature_is_refused() -> None:
    """A push signed with another key is not believed."""
    body = json.dumps(push()).encode()
    rejection = refusal(signed(body, OTHER), body)
    assert (rejection.status_code, rejection.text) == (
        401,
        "not authorized: No matching signature found",
    )


def test_an_altered_body_is_refused() -> None:
    """A byte changed after signing is noticed."""
    body = json.dumps(push()).encode()
    assert refusal(signed(body), body.replace(b"front", b"fronT")).status_code == 401


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_or_early_timestamp_is_refused(minutes: int) -> None:
    """Beyond five minutes either way a message is a replay or a broken clock."""
    body = json.dumps(push()).encode()
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    rejection = refusal(signed(body, at=at), body)
    assert rejection.status_code == 401
    assert "timestamp too" in rejection.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-id": "a", "webhook-timestamp": "x", "webhook-signature": "v1,x"},
        {"webhook-id": "a", "webhook-timestamp": "nan", "webhook-signature": "v1,x"},
    ],
)
def test_malformed_signature_headers_are_refused(headers: dict[str, str]) -> None:
    """Headers that are not a signature are rejected, not a crash."""
    assert refusal(headers, b"{}").status_code == 401


def test_a_refused_body_or_signature_is_answered_with_the_reason() -> None:
    """Whoever operates the agent reads it in its log."""
    bad = {"webhook-id": "a", "webhook-timestamp": "0", "webhook-signature": "v1,x"}
    bad["webhook-timestamp"] = f"{int(datetime.now(UTC).timestamp())}"
    malformed = "not authorized: malformed signature headers or body"
    assert refusal(bad, b"\xff").text == malformed
    assert refusal(signed(b"[]"), b"[]").text == "the body is not a JSON object"


@given(
    st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]),
        st.text(max_size=40),
    ),
    st.binary(max_size=200),
)
def test_an_unsigned_request_only_gets_a_rejection(
    headers: dict[str, str], body: bytes
) -> None:
    """Whatever headers and body are made up, the answer is 401."""
    now = str(int(datetime.now(UTC).timestamp()))
    assert refusal({"webhook-timestamp": now} | headers, body).status_code == 401


def test_without_a_key_nothing_is_taken() -> None:
    """A stack without AgentKey rejects, and states what to set."""
    body = json.dumps(push()).encode()
    with pytest.raises(PushRejected, match="set the stack's parameter AgentKey"):
        accept(signed(body), body, [], datetime.now(UTC))


def test_two_megabytes_are_refused_before_anything_else() -> None:
    """Size is looked at before signature and content."""
    rejection = refusal({}, b"x" * 2 * BODY_LIMIT)
    assert (rejection.status_code, rejection.text) == (
        413,
        "the body has 2097152 bytes; the limit is 1048576",
    )


def test_a_packed_body_is_taken_by_its_plain_signature() -> None:
    """The signature is that of the uncompressed body, however it was sent."""
    body = json.dumps(push()).encode()
    headers = signed(body) | {"Content-Encoding": "gzip"}
    taken = accept(headers, gzip.compress(body), (KEY,), datetime.now(UTC))
    assert taken.reports[0].target == "front"


@pytest.mark.parametrize(
    ("encoding", "body", "code", "expected"),
    [
        ("br", b"x", 400, "'br'"),
        ("gzip", b"no gzip at all", 400, "not gzip"),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-9], 400, "truncated gzip"),
        ("gzip", gzip.compress(b" " * (BODY_LIMIT + 1), mtime=0), 413, "unpacked"),
    ],
)
def test_a_packed_body_is_refused_by_name(
    encoding: str, body: bytes, code: int, expected: str
) -> None:
    """Another encoding, no gzip, half a gzip, and one that unpacks to too much."""
    rejection = refusal({"Content-Encoding": encoding}, body)
    assert rejection.status_code == code
    assert expected in rejection.text


def test_an_unknown_schema_is_refused_by_name() -> None:
    """The refusal names the version sent and the one that is taken."""
    body = json.dumps(push(schema="io.parallax.observations.v9")).encode()
    rejection = refusal(signed(body), body)
    assert rejection.status_code == 400
    assert "io.parallax.observations.v9" in rejection.text
    assert SCHEMA in rejection.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        (json.dumps(push() | {"sent_at": "noon"}), "sent_at: "),
        (json.dumps(push() | {"reports": [{}]}), "and "),
    ],
)
def test_a_malformed_push_is_refused_with_the_field(text: str, expected: str) -> None:
    """Signed nonsense is refused with what is wrong and where."""
    rejection = refusal(signed(text.encode()), text.encode())
    assert rejection.status_code == 400
    assert expected in rejection.text
    assert "\n" not in rejection.text


@pytest.mark.parametrize("name", ["k8s.cluster.name", "k8s.node.name"])
def test_a_report_of_another_node_is_refused(name: str) -> None:
    """One push has one speaker: all of its reports are of the node that it names."""
    body = altered(f"reports.0.{name}", "other")
    rejection = refusal(signed(body), body)
    expected = f"reports.0.{name}: expected the value of the push"
    assert (rejection.status_code, rejection.text) == (400, expected)


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ("k8s.cluster.name", ["", " ", "a\nb", "x" * 254, "a\u202eb"]),
        ("k8s.node.name", ["", "a/b", "東" * 85, "\x1b[2J"]),
        ("target", ["", "\x00", "x" * 5000]),
    ],
)
def test_a_name_that_no_key_can_hold_is_refused_by_its_field(
    place: str, names: list[str]
) -> None:
    """Of the cluster, the node or a target; the name itself is not repeated."""
    for name in names:
        document = push()
        (report,) = document.pop("reports")
        if place != "target":
            document[place] = name
        document["reports"] = [report | {place: name}]
        body = json.dumps(document).encode()
        rejection = refusal(signed(body), body)
        assert rejection.status_code == 400
        assert f"{place}: expected a name of 1 to 253 bytes" in rejection.text
        assert len(rejection.text) < 250


@pytest.mark.parametrize("name", ["東京", "zürich", "~", "eu/prod", "\U0001f680"])
def test_a_cluster_of_any_script_is_accepted(name: str) -> None:
    """Its name goes into the report as it was written."""
    (report,), called = push()["reports"], {"k8s.cluster.name": name}
    document = push(reports=[report | called]) | called
    body = json.dumps(document).encode()
    taken = accept(signed(body), body, [KEY], datetime.now(UTC))
    assert taken.reports[0].cluster == name


LONG = "\x1b[31m\n\u202e" * 2_000


@pytest.mark.parametrize(
    ("headers", "document"),
    [
        ({"content-encoding": LONG}, {}),
        ({"webhook-id": LONG}, {}),
        ({"webhook-timestamp": LONG}, {}),
        ({"webhook-signature": LONG}, {}),
        ({"signed": "yes"}, {"schema": LONG}),
        ({"signed": "yes"}, {"sent_at": LONG}),
        ({"signed": "yes"}, {"reports": [{LONG: LONG, "k8s.node.name": [LONG]}] * 99}),
        ({"signed": "yes"}, {"k8s.node.name": LONG}),
    ],
)
def test_a_refusal_is_one_short_line_whatever_was_sent(
    headers: dict[str, str], document: dict[str, Any]
) -> None:
    """Nobody can fill the log, or forge a line of it, by what they send."""
    body = json.dumps(push() | document).encode()
    right = signed(body)
    rejection = refusal(right if "signed" in headers else right | headers, body)
    assert len(rejection.text) < 400
    assert not set(rejection.text) & {"\x1b", "\n", "\u202e"}
    if "signed" not in headers:
        assert len(rejection.text) < 160


def test_a_refused_encoding_is_shown_by_its_beginning() -> None:
    """Eighty characters identify it."""
    rejection = refusal({"content-encoding": "x" * 8000}, b"")
    shown = "x" * 79 + "…"
    expected = f"unsupported Content-Encoding '{shown}'; use gzip or none"
    assert (rejection.status_code, rejection.text) == (400, expected)


PROBE = {
    "role": "first",
    "request_id": "r",
    "url.full": "https://front.example/",
    "started_at": "2025-11-20T12:00:00Z",
    "healthy": True,
    "duration": 0.1,
}


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        *(
            ("reports.0.interval", value, "interval: expected 1 to 3600 seconds")
            for value in (float("nan"), float("inf"), 1e308, -5, 0, 3601)
        ),
        ("sent_at", "2025-11-20T12:00:00", "sent_at: expected a time with a time zone"),
        ("reports.0.sent_at", "2025-11-20T12:00:00", "with a time zone"),
        ("reports.0.log_read_at", "2025-11-20T12:00:00", "with a time zone"),
        ("sent_at", "0001-01-01T00:00:00+14:00", "sent_at: expected a year"),
        ("reports.0.sent_at", "9999-12-31T23:59:59Z", "expected a year from 1970"),
        (
            "reports.0.probes",
            [PROBE | {"started_at": "9999-12-31T23:59:59Z"}],
            "reports.0.probes.0.started_at: expected a year from 1970 to 2199",
        ),
        (
            "reports.0.probes",
            [PROBE | {"duration": float("inf")}],
            "reports.0.probes.0.duration: expected a finite number",
        ),
        ("schema", [["x"]], "unknown schema (not a text)"),
        ("schema", "x" * 9999, "unknown schema 'xxx"),
        ("k8s.node.name", "\ud800", "k8s.node.name: "),
        (
            "sightings",
            [
                encode(
                    Sighting(request_id="\ud800", seen_at=datetime.now(UTC), node="n")
                )
            ],
            "sightings.0.request_id: expected text without half of a surrogate pair",
        ),
    ],
)
def test_a_value_out_of_bounds_is_rejected(
    path: str, value: Any, expected: str
) -> None:
    """A signed push out of bounds is rejected; a short error names the field."""
    body = altered(path, value)
    rejection = refusal(signed(body), body)
    assert rejection.status_code == 400
    assert expected in rejection.text
    assert len(rejection.text) < 250


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no report": ({"target": None}, "target: Input should be a valid string"),
    "interval": ({"interval": 3700}, "interval: expected 1 to 3600 seconds"),
    "another node": (
        {"k8s.node.name": "m"},
        "k8s.node.name: expected the value of the push",
    ),
    "a role of a later version": (
        {"probes": [PROBE | {"role": "new"}]},
        "probes.0.role: Input should be 'first', 'repeat',",
    ),
    "an error of a later version": (
        {"probes": [PROBE | {"error.type": "new"}]},
        "probes.0.error.type: Input should be 'name_not_resolved',",
    ),
    "infinite": (
        {"probes": [PROBE | {"duration": float("inf")}]},
        "probes.0.duration: expected a finite number",
    ),
    "half a surrogate pair": (
        {"reading": {"read_at": PROBE["started_at"], "problems": ["", "a\udfffb"]}},
        "reading.problems.1: expected text without half of a surrogate pair",
    ),
    "half a pair in a header": (
        {"probes": [PROBE | {"headers": [["X-A", "\ud800"]]}]},
        "probes.0.headers.0.1: expected text without half of a surrogate pair",
    ),
    "no number": (
        {"probes": [PROBE | {"duration": float("nan")}]},
        "probes.0.duration: expected a finite number",
    ),
}


@settings(deadline=None)
@given(st.lists(st.sampled_from(["right", *WRONG]), min_size=1, max_size=6))
def test_a_wrong_report_costs_only_itself(kinds: list[str]) -> None:
    """The others are accepted in order; each wrong one has its position and reason."""
    document = push()
    (report,) = document["reports"]
    changes: list[dict[str, Any]] = [
        {} if kind == "right" else WRONG[kind][0] for kind in kinds
    ]
    document["reports"] = [
        report | {"target": f"t{number}"} | change
        for number, change in enumerate(changes)
    ]
    body = json.dumps(document).encode()
    right = [number for number, kind in enumerate(kinds) if kind == "right"]
    if not right:
        assert refusal(signed(body), body).status_code == 400
        return
    taken = accept(signed(body), body, [KEY], datetime.now(UTC))
    assert [one.target for one in taken.reports] == [f"t{n}" for n in right]
    assert all(one.received_at for one in taken.reports)
    places = {("reports", number) for number in range(len(kinds))}
    assert {("reports", number) for number in right} | {*taken.refused} == places
    for (_, number), reason in taken.refused.items():
        assert reason.startswith(f"reports.{number}.{WRONG[kinds[number]][1]}")
        assert len(reason) < 250


@pytest.mark.parametrize("reports", [None, {}, "x", 1])
def test_reports_that_are_no_list_are_refused(reports: Any) -> None:
    """No single report is at fault then, so the push is rejected."""
    body = json.dumps(push(reports=reports)).encode()
    rejection = refusal(signed(body), body)
    assert (rejection.status_code, rejection.text.split(":")[0]) == (400, "reports")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"schema":' * 100_000])
def test_a_body_nested_too_deeply_is_refused(text: str) -> None:
    """The parser's own limit is a refusal too."""
    rejection = refusal(signed(text.encode()), text.encode())
    assert (rejection.status_code, rejection.text) == (
        400,
        "the body is nested too deeply",
    )


@pytest.mark.parametrize("mistyped", ["whsec_", "whsec_!!"])
def test_a_mistyped_key_beside_a_good_one_disables_no_agent(mistyped: str) -> None:
    """Mid-rotation the other key still fits; alone it is a fault of the stack."""
    body = json.dumps(push()).encode()
    headers = signed(body)
    assert accept(headers, body, (mistyped, KEY), datetime.now(UTC)).reports
    refused = refusal(headers, body, mistyped)
    assert (refused.status_code, "AgentKey" in refused.text) == (503, True)


def test_an_empty_key_in_the_list_verifies_nothing() -> None:
    """`key,` leaves an empty one behind; it neither lets in nor crashes."""
    body = json.dumps(push()).encode()
    now = datetime.now(UTC)
    assert accept(signed(body), body, ["", KEY], now).node == "n"
    assert refusal(signed(body, OTHER), body, KEY, "").status_code == 401
    assert "set the stack's parameter" in refusal(signed(body), body, "").text


def test_a_clock_set_back_makes_no_report_of_tomorrow() -> None:
    """A report that waited, stamped by a clock ahead, is received now at the latest."""
    now = datetime.now(UTC)
    body = altered("reports.0.sent_at", encode(now + timedelta(days=1)))
    assert accept(signed(body), body, [KEY], now).reports[0].received_at == now
