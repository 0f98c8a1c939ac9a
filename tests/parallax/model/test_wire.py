"""Specification of the wire form: `parallax.model.wire`."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from parallax.model.finding import Finding, Incident
from parallax.model.judgement import Judgement
from parallax.model.probe import ErrorType, Phases, Probe, ProbeRun, Role
from parallax.model.push import Push
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode, decode_json, encode, schema

texts = st.text(st.characters(codec="utf-8"), max_size=20)
instants = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
)
seconds = st.none() | st.floats(min_value=0, max_value=100)
probes = st.builds(
    Probe,
    role=st.sampled_from(Role),
    started_at=instants,
    duration=st.floats(min_value=0, max_value=100),
    phases=st.builds(Phases, resolve=seconds, connect=seconds),
    status_code=st.none() | st.integers(100, 599),
    headers=st.lists(st.tuples(texts, texts), max_size=4).map(tuple),
    body=texts,
    error_type=st.none() | st.sampled_from(ErrorType),
    certificate=st.none(),
)
runs = st.builds(
    ProbeRun,
    target=texts,
    started_at=instants,
    probes=st.lists(probes, min_size=1, max_size=3).map(tuple),
    resolutions=st.just(()),
)


@given(runs)
def test_what_is_encoded_is_decoded_to_the_same_value(run: ProbeRun) -> None:
    """Encoding to JSON and decoding it gives the value back."""
    assert decode_json(ProbeRun, json.dumps(encode(run))) == run


@given(runs)
def test_encode_writes_what_pydantic_would_write(run: ProbeRun) -> None:
    """The encoder without pydantic gives the same result as pydantic."""
    dumped = TypeAdapter(ProbeRun).dump_python(
        run, mode="json", by_alias=True, exclude_none=True
    )
    assert encode(run) == dumped


def test_names_on_the_wire_are_opentelemetrys() -> None:
    """A status code travels as http.response.status_code, and so on."""
    wire = encode(
        Probe(
            role=Role.FIRST,
            request_id="id",
            url="https://a.example/",
            started_at=datetime(2026, 1, 1, tzinfo=UTC),
            healthy=True,
            duration=0.1,
            status_code=200,
            peer_address="192.0.2.1",
            node="worker-01",
        )
    )
    assert wire["http.response.status_code"] == 200
    assert wire["network.peer.address"] == "192.0.2.1"
    assert wire["url.full"] == "https://a.example/"
    assert wire["k8s.node.name"] == "worker-01"
    assert wire["started_at"] == "2026-01-01T00:00:00Z"


def test_a_wrong_value_is_named_in_the_error() -> None:
    """The error has the wire name of a field of the wrong type."""
    with pytest.raises(ValidationError, match="started_at"):
        decode(ProbeRun, {"target": "a", "started_at": "soon", "probes": []})


def test_unknown_fields_of_a_newer_sender_are_ignored() -> None:
    """A newer agent may send fields that this version does not have."""
    push = decode(
        Push,
        {
            "schema": "s",
            "k8s.cluster.name": "c",
            "k8s.node.name": "n",
            "sent_at": "2026-01-01T00:00:00Z",
            "news": 1,
        },
    )
    assert push.node == "n"


@pytest.mark.parametrize("kind", [Snapshot, Finding, Incident, Judgement, Push])
def test_every_published_value_has_a_schema(kind: type) -> None:
    """JSON Schema can be made of every value that leaves the process."""
    assert schema(kind)["type"] == "object"


def test_encoding_does_not_import_pydantic() -> None:
    """The probe's cold start does not include pydantic."""
    code = (
        "import sys, parallax.model.wire as w, parallax.model.finding;"
        "w.encode(()); sys.exit('pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 - our own code
    assert done.returncode == 0
