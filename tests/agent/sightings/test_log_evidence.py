"""What a log's lines show, and when a missing request is proof."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax_agent.sightings import log_evidence
from parallax_agent.sightings.formats import select_format
from parallax_agent.sightings.formats.traefik import LACKING_HEADERS, LACKING_ID
from parallax_agent.sightings.log_evidence import (
    DROPPED_LINES,
    FOREIGN_IDS,
    MAX_SIGHTINGS,
    PROOF_LINES,
    UNKNOWN_FORMAT,
    LogBatch,
    LogEvidence,
)

ID = "0123456789ab4def8123456789abcdef"
ENVOYS = "0a1b2c3d-4e5f-6789-8abc-def012345678"
MOMENT = datetime(2026, 11, 23, 21, 0, 5, tzinfo=UTC)
FIT = '$status $req_id "$http_user_agent"'


def line(agent: str = "Parallax/0.1.0", request_id: str = ID) -> bytes:
    """Write an ingress-nginx line."""
    return (
        '10.0.0.5 - - [23/Nov/2026:21:00:01 +0000] "GET / HTTP/1.1" 503 17 "-" '
        f'"{agent}" 210 0.004 [ns-api-80] [] - - - - {request_id}'
    ).encode()


def batch_of(*lines: bytes, config: dict[str, str] | None = None) -> LogBatch:
    """Return the batch of a log with these lines."""
    evidence = LogEvidence("worker-01", "pod-1")
    evidence.set_format(select_format(None, config))
    for one in lines:
        evidence.add_line(one)
    return evidence.take(MOMENT)


def test_an_own_line_is_a_sighting() -> None:
    """It has its place, and the log is usable from then on."""
    got = batch_of(line())
    (sighting,) = got.sightings
    assert (sighting.request_id, sighting.node, sighting.pod) == (
        ID,
        "worker-01",
        "pod-1",
    )
    assert (sighting.status_code, sighting.request_time) == (503, 0.004)
    assert (got.read_at, got.problem) == (MOMENT, "")


def test_the_same_line_is_one_sighting() -> None:
    """A reopened stream repeats its last seconds."""
    evidence = LogEvidence("worker-01", "pod-1")
    evidence.add_line(line())
    assert len(evidence.take(MOMENT).sightings) == 1
    evidence.add_line(line())
    assert evidence.take(MOMENT).sightings == ()


def test_an_unknown_log_proves_nothing() -> None:
    """A log that has not shown its content may lack the requests."""
    assert batch_of() == LogBatch()
    assert batch_of(b"I1123 controller started") == LogBatch()


def test_any_line_can_prove_the_log() -> None:
    """The line is not kept, but a missing request is proof from then on."""
    assert batch_of(line(agent="curl/8.5")) == LogBatch((), MOMENT)


def test_the_configuration_can_prove_the_log() -> None:
    """A ConfigMap that names id and User-Agent needs no line."""
    assert batch_of(config={"log-format-upstream": FIT}) == LogBatch((), MOMENT)


def test_a_configuration_without_the_id_is_a_problem() -> None:
    """Lines of an older configuration do not make the newer one usable."""
    got = batch_of(line(), config={"log-format-upstream": "$status"})
    assert got.read_at is None
    assert "lacks X-Request-ID and User-Agent" in got.problem


TRAEFIK = (
    b'10.42.0.1 - - [23/Nov/2026:21:00:01 +0000] "GET / HTTP/1.1" 200 17 "-" "%s" 1 '
    b'"r@kubernetes" "http://10.42.0.9:8080" 3ms'
)
TRAEFIK_JSON = b'{"DownstreamStatus":200,"StartUTC":"2026-11-23T21:00:01Z"}'


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (TRAEFIK % b"curl/8", LACKING_ID),
        (TRAEFIK % b"Parallax/0.1", LACKING_ID),
        (TRAEFIK_JSON, LACKING_HEADERS),
        (b'x "Parallax/0.1.0" x', UNKNOWN_FORMAT),
        (line(request_id=ENVOYS), FOREIGN_IDS),
    ],
    ids=["anybody's", "ours", "JSON", "unknown", "foreign ids"],
)
def test_an_unusable_log_has_a_problem(given: bytes, problem: str) -> None:
    """The problem has the solution; a missing request proves nothing."""
    assert batch_of(given) == LogBatch((), None, problem)


def test_an_own_line_makes_the_log_usable_again() -> None:
    """A truncated line has no lasting effect."""
    evidence = LogEvidence("worker-01", "pod-1")
    evidence.add_line(line())
    evidence.add_line(line()[:-40])
    assert evidence.take(MOMENT).read_at is None
    evidence.add_line(line())
    assert evidence.take(MOMENT).read_at == MOMENT


@pytest.mark.parametrize("foreign", [ENVOYS, "0123456789abcdef" * 2])
def test_a_replaced_id_makes_the_log_unusable(
    foreign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Envoy keeps the ids of internal probes and replaces external ones."""
    evidence = LogEvidence("worker-01", "pod-1")
    evidence.add_line(line(request_id=foreign))
    evidence.add_line(line())
    got = evidence.take(MOMENT)
    assert len(got.sightings) == 1
    assert (got.read_at, got.problem) == (None, FOREIGN_IDS)
    monkeypatch.setattr(log_evidence, "FOREIGN_SECONDS", 0.0)
    evidence.add_line(line(request_id=foreign))
    assert evidence.take(MOMENT).read_at == MOMENT


def test_another_client_s_line_does_not_make_the_log_usable() -> None:
    """It does not show that own lines can be parsed."""
    got = batch_of(b'x "Parallax/0.1.0" x', line(agent="curl/8.5"))
    assert got == LogBatch((), None, UNKNOWN_FORMAT)


@pytest.mark.parametrize(
    "harmless",
    [
        b"GET /docs/Parallax/0.1 x",
        line(agent="curl/8.5 Parallax/0.1"),
        line(request_id="a-stranger-s-own"),
        line(agent="Parallax/0.1 " + "x" * 20000),
        b"Parallax/\xff\xfe\x00",
    ],
    ids=["path", "inside another agent", "with an id", "long", "no UTF-8"],
)
def test_the_mark_in_another_field_has_no_effect(harmless: bytes) -> None:
    """In a path or inside another User-Agent."""
    assert batch_of(line(agent="curl/8.5"), harmless) == LogBatch((), MOMENT)


def test_a_limited_number_of_lines_is_examined() -> None:
    """After that, a line of an unusable log costs only the first test."""
    noise = [b"noise"] * PROOF_LINES
    assert batch_of(*noise, line(agent="curl/8.5")) == LogBatch()
    assert batch_of(*noise, line()).read_at == MOMENT


def test_a_line_of_an_agent_is_no_sighting() -> None:
    """In a large cluster there are thousands; they prove the log's content."""
    agents = [
        line(agent="Parallax/0.1.0+agent", request_id=f"{number:012x}4{0:03x}8{0:015x}")
        for number in range(MAX_SIGHTINGS + 1)
    ]
    fit = [line(agent="Parallax/0.1.0+agent")]
    assert batch_of(*fit, *agents) == LogBatch((), MOMENT)
    assert batch_of(b'x "Parallax/0.1.0" x', *fit) == LogBatch((), MOMENT)
    replaced = line(agent="Parallax/0.1.0+agent", request_id=ENVOYS)
    assert batch_of(*fit, replaced).problem == FOREIGN_IDS


def test_dropped_lines_make_the_log_unusable() -> None:
    """A flood of own lines drops some: then a missing one proves nothing."""
    evidence = LogEvidence("worker-01", "pod-1")
    for number in range(MAX_SIGHTINGS + 1):
        evidence.add_line(line(request_id=f"{number:012x}4{0:03x}8{0:015x}"))
    flooded = evidence.take(MOMENT)
    assert len(flooded.sightings) == MAX_SIGHTINGS
    assert (flooded.read_at, flooded.problem) == (None, DROPPED_LINES)
    assert evidence.take(MOMENT) == LogBatch((), MOMENT)


def test_a_new_configuration_starts_again() -> None:
    """What older lines showed does not apply to the new format."""
    evidence = LogEvidence("worker-01", "pod-1")
    evidence.add_line(line())
    evidence.set_format(select_format(None, {"log-format-upstream": "$status"}))
    assert evidence.take(MOMENT).read_at is None
    evidence.set_format(select_format(None, {"log-format-upstream": FIT}))
    assert evidence.take(MOMENT).read_at == MOMENT
    evidence.set_format(select_format(None, None))
    assert evidence.take(MOMENT).read_at is None


@given(st.lists(st.binary(max_size=60) | st.binary().map(lambda b: b"Parallax/" + b)))
def test_no_bytes_raise(lines: list[bytes]) -> None:
    """Invalid bytes are not a sighting."""
    assert batch_of(*lines).sightings == ()


@pytest.mark.parametrize("kind", ["nginx", "Traefik"])
def test_no_secret_of_a_line_is_in_its_sighting(kind: str) -> None:
    """Query, referer, user, cookie and an upstream's password stay in the log."""
    ours = line().decode()
    lines = {
        "nginx": ours.replace("GET / ", "GET /?token=s3cret ")
        .replace('"-"', '"https://a.test/?code=s3cret"')
        .replace("10.0.0.5 - -", "10.0.0.5 - s3cret"),
        "Traefik": TRAEFIK_JSON.decode().replace(
            "}",
            f',"request_X-Request-Id":"{ID}","request_User-Agent":"Parallax/0.1.0"'
            ',"request_Cookie":"a=s3cret","RequestPath":"/?token=s3cret"'
            ',"ClientUsername":"s3cret","ServiceURL":"http://u:s3cret@10.0.0.9:80/"}',
        ),
    }
    got = batch_of(lines[kind].encode())
    assert len(got.sightings) == 1
    assert "s3cret" not in repr(got)
