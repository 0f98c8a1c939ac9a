"""What a log's lines show, and when silence means something."""

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


def heard(*lines: bytes, config: dict[str, str] | None = None) -> LogBatch:
    """Let a log say these lines."""
    evidence = LogEvidence("worker-01", "pod-1")
    evidence.set_format(select_format(None, config))
    for one in lines:
        evidence.add_line(one)
    return evidence.take(MOMENT)


def test_a_line_of_ours_is_a_sighting() -> None:
    """It says where it was seen, and the log is believed from then on."""
    got = heard(line())
    (sighting,) = got.sightings
    assert (sighting.request_id, sighting.node, sighting.pod) == (
        ID,
        "worker-01",
        "pod-1",
    )
    assert (sighting.status_code, sighting.request_time) == (503, 0.004)
    assert (got.read_at, got.problem) == (MOMENT, "")


def test_the_same_line_is_told_once() -> None:
    """A stream that was opened again repeats its last seconds."""
    evidence = LogEvidence("worker-01", "pod-1")
    evidence.add_line(line())
    assert len(evidence.take(MOMENT).sightings) == 1
    evidence.add_line(line())
    assert evidence.take(MOMENT).sightings == ()


def test_silence_of_an_unknown_log_means_nothing() -> None:
    """A log that never showed what it holds may hold none of our requests."""
    assert heard() == LogBatch()
    assert heard(b"I1123 controller started") == LogBatch()


def test_anybody_s_line_shows_what_the_log_holds() -> None:
    """It is not kept, but now silence would mean something."""
    assert heard(line(agent="curl/8.5")) == LogBatch((), MOMENT)


def test_the_configuration_can_show_it_as_well() -> None:
    """A ConfigMap that names id and User-Agent needs no line."""
    assert heard(config={"log-format-upstream": FIT}) == LogBatch((), MOMENT)


def test_a_configuration_without_our_id_is_a_problem_whatever_comes() -> None:
    """Lines of an older configuration don't make the newer one fit."""
    got = heard(line(), config={"log-format-upstream": "$status"})
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
def test_a_log_that_cannot_show_us_says_why(given: bytes, problem: str) -> None:
    """The reading's problems name what to change; silence proves nothing."""
    assert heard(given) == LogBatch((), None, problem)


def test_a_line_of_ours_ends_a_doubt() -> None:
    """Half a line does no lasting harm."""
    evidence = LogEvidence("worker-01", "pod-1")
    evidence.add_line(line())
    evidence.add_line(line()[:-40])
    assert evidence.take(MOMENT).read_at is None
    evidence.add_line(line())
    assert evidence.take(MOMENT).read_at == MOMENT


@pytest.mark.parametrize("foreign", [ENVOYS, "0123456789abcdef" * 2])
def test_a_replaced_id_ends_belief_though_others_are_kept(
    foreign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Envoy keeps the ids of inside probes and replaces those from outside."""
    evidence = LogEvidence("worker-01", "pod-1")
    evidence.add_line(line(request_id=foreign))
    evidence.add_line(line())
    got = evidence.take(MOMENT)
    assert len(got.sightings) == 1
    assert (got.read_at, got.problem) == (None, FOREIGN_IDS)
    monkeypatch.setattr(log_evidence, "FOREIGN_SECONDS", 0.0)
    evidence.add_line(line(request_id=foreign))
    assert evidence.take(MOMENT).read_at == MOMENT


def test_a_stranger_s_line_ends_no_doubt_about_ours() -> None:
    """That others can be read says nothing of ours."""
    got = heard(b'x "Parallax/0.1.0" x', line(agent="curl/8.5"))
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
def test_the_mark_elsewhere_does_no_harm(harmless: bytes) -> None:
    """Our name in a path or inside another's agent is nobody's line."""
    assert heard(line(agent="curl/8.5"), harmless) == LogBatch((), MOMENT)


def test_only_so_many_lines_are_examined() -> None:
    """A log that shows nothing costs no more than the first test, then."""
    noise = [b"noise"] * PROOF_LINES
    assert heard(*noise, line(agent="curl/8.5")) == LogBatch()
    assert heard(*noise, line()).read_at == MOMENT


def test_a_line_of_an_agent_is_no_sighting() -> None:
    """Of a large cluster they are thousands; what the log holds they show."""
    agents = [
        line(agent="Parallax/0.1.0+agent", request_id=f"{number:012x}4{0:03x}8{0:015x}")
        for number in range(MAX_SIGHTINGS + 1)
    ]
    fit = [line(agent="Parallax/0.1.0+agent")]
    assert heard(*fit, *agents) == LogBatch((), MOMENT)
    assert heard(b'x "Parallax/0.1.0" x', *fit) == LogBatch((), MOMENT)
    replaced = line(agent="Parallax/0.1.0+agent", request_id=ENVOYS)
    assert heard(*fit, replaced).problem == FOREIGN_IDS


def test_lines_that_were_given_up_make_silence_no_proof() -> None:
    """A flood under our name pushes lines out: then a missing one says nothing."""
    evidence = LogEvidence("worker-01", "pod-1")
    for number in range(MAX_SIGHTINGS + 1):
        evidence.add_line(line(request_id=f"{number:012x}4{0:03x}8{0:015x}"))
    flooded = evidence.take(MOMENT)
    assert len(flooded.sightings) == MAX_SIGHTINGS
    assert (flooded.read_at, flooded.problem) == (None, DROPPED_LINES)
    assert evidence.take(MOMENT) == LogBatch((), MOMENT)


def test_a_new_configuration_begins_anew() -> None:
    """What older lines showed is not true of the new format."""
    evidence = LogEvidence("worker-01", "pod-1")
    evidence.add_line(line())
    evidence.set_format(select_format(None, {"log-format-upstream": "$status"}))
    assert evidence.take(MOMENT).read_at is None
    evidence.set_format(select_format(None, {"log-format-upstream": FIT}))
    assert evidence.take(MOMENT).read_at == MOMENT
    evidence.set_format(select_format(None, None))
    assert evidence.take(MOMENT).read_at is None


@given(st.lists(st.binary(max_size=60) | st.binary().map(lambda b: b"Parallax/" + b)))
def test_any_bytes_are_heard(lines: list[bytes]) -> None:
    """Garbage is no sighting and never raises."""
    assert heard(*lines).sightings == ()


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
    got = heard(lines[kind].encode())
    assert len(got.sightings) == 1
    assert "s3cret" not in repr(got)
