"""HAProxy's HTTP log: captured headers, states, and missing captures."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax_agent.sightings.access_line import AccessLine
from parallax_agent.sightings.formats import RECOGNIZED, select_format
from parallax_agent.sightings.formats.haproxy import DEFAULT, LACKING, haproxy_format

ID = "0123456789ab4def8123456789abcdef"
AGENT = "Parallax/0.1.0"


def line(  # noqa: PLR0913 - a line has many fields
    captured: str = f"{{{ID}|{AGENT}}} ",
    *,
    server: str = "SRV_1",
    times: str = "0/0/1/4/5",
    status: int = 503,
    state: str = "----",
    head: str = "",
    end: str = '"GET /health HTTP/1.1"',
) -> str:
    """Write a line as `option httplog` does."""
    return (
        f"{head}::ffff:10.0.0.5:35178 [23/Nov/2026:21:00:01.715] https~ ns_api_http/"
        f"{server} {times} {status} 217 - - {state} 1/1/0/0/0 0/0 {captured}{end}"
    )


def read(text: str) -> AccessLine:
    """Parse a line that must be readable."""
    entry = RECOGNIZED.read(text)
    assert entry is not None
    return entry


@pytest.mark.parametrize(
    "captured",
    [
        f"{{{ID}|{AGENT}}} ",
        f"{{{AGENT}|{ID}}} ",
        f"{{api.example|{ID}|{AGENT}}} {{nginx}} ",
        f"{{{ID}|{AGENT}}} {{}} ",
    ],
)
def test_captures_in_any_order(captured: str) -> None:
    """The id and the User-Agent are found among all captures."""
    entry = read(line(captured))
    assert (entry.request_id, entry.user_agent) == (ID, AGENT)
    assert entry.seen_at == datetime(2026, 11, 23, 21, 0, 1, tzinfo=UTC)
    assert (entry.upstream_name, entry.upstream_address) == ("ns_api_http", "SRV_1")
    assert (entry.request_time, entry.upstream_response_time) == (0.005, 0.004)


@pytest.mark.parametrize(
    ("server", "state", "times", "expected"),
    [
        ("SRV_1", "----", "0/0/1/4/5", ("SRV_1", 503)),
        ("SRV_1", "SC--", "0/0/-1/-1/1001", ("SRV_1", None)),
        ("SRV_1", "sH--", "0/0/1/-1/5001", ("SRV_1", None)),
        ("SRV_1", "PR--", "0/0/1/4/5", ("SRV_1", None)),
        ("<NOSRV>", "SC--", "0/-1/-1/-1/0", (None, None)),
    ],
    ids=["answered", "refused", "timeout", "denied by HAProxy", "no server"],
)
def test_the_server_s_status(
    server: str, state: str, times: str, expected: tuple[str | None, int | None]
) -> None:
    """Only a complete response has the server's status."""
    entry = read(line(server=server, state=state, times=times))
    assert (entry.upstream_address, entry.upstream_status) == expected
    assert entry.upstream_response_length is None
    assert (entry.upstream_response_time is None) == ("-1/" in times)


@pytest.mark.parametrize(
    ("state", "status", "times", "expected"),
    [
        ("PH--", 502, "0/0/1/-1/21", (502, 0, 0.02)),
        ("SH--", 502, "0/0/1/-1/21", (502, 0, 0.02)),
        ("PH--", 502, "0/0/-1/-1/21", (502, 0, None)),
        ("SH--", 503, "0/0/1/-1/21", (None, None, None)),
        ("sH--", 504, "0/0/1/-1/21", (None, None, None)),
    ],
    ids=["invalid", "closed", "not connected", "another status", "late"],
)
def test_a_response_that_haproxy_cannot_use_has_no_byte(
    state: str,
    status: int,
    times: str,
    expected: tuple[int | None, int | None, float | None],
) -> None:
    """As nginx logs it: a 502 without a length, and the time after connecting."""
    entry = read(line(state=state, status=status, times=times))
    found = (
        entry.upstream_status,
        entry.upstream_response_length,
        entry.upstream_response_time,
    )
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    "head", ["haproxy[12]: ", "<134>Nov 23 21:00:01 lb haproxy[12]: "]
)
def test_a_syslog_prefix(head: str) -> None:
    """A relay's or HAProxy's own syslog prefix changes nothing."""
    assert read(line(head=head)).request_id == ID


@pytest.mark.parametrize(
    "end",
    [
        '"GET api.example/health HTTP/2.0"',
        '"GET / HTTP/1.1" 0/0000000000000000/0/0/0 api.example/TLSv1.3/TLS_AES_128',
    ],
    ids=["haproxytech", "httpslog"],
)
def test_other_endings(end: str) -> None:
    """The default of haproxytech and the https log are recognized as well."""
    assert read(line(end=end)).request_id == ID


def test_missing_captures_are_reported() -> None:
    """The default captures nothing, so the log cannot show Parallax's requests."""
    entry = read(line(""))
    assert not entry.fit
    assert entry.lacking == LACKING
    assert read(line("{a.example} ")).lacking == ""


def test_a_custom_format_from_the_config_map() -> None:
    """`http-log-format` of haproxy-ingress; a captured header by its sample."""
    template = "%ci:%cp %ST {%s} id:%[capture.req.hdr(0)] %{+Q}[capture.req.hdr(1)] %Ta"
    entry = select_format(None, {"http-log-format": template}).read(
        f'2026-11-23T21:00:01Z 10.0.0.5:35178 503 {{srv001}} id:{ID} "{AGENT}" 12'
    )
    assert entry is not None
    assert (entry.request_id, entry.user_agent) == (ID, AGENT)
    assert (entry.upstream_address, entry.request_time) == ("srv001", 0.012)


def test_a_format_without_status_is_rejected() -> None:
    """Without a status there is no sighting."""
    with pytest.raises(ValueError, match="%ST"):
        haproxy_format("%ci:%cp")


NAMES = st.from_regex(r"\A[a-z][A-Za-z0-9_.-]{0,11}\Z")


@given(
    server=NAMES,
    backend=NAMES,
    status=st.integers(100, 599),
    total=st.integers(0, 10**6),
    path=st.text(st.characters(min_codepoint=33, max_codepoint=126)).map(
        lambda text: text.replace('"', "#22")
    ),
)
def test_a_rendered_line_returns_its_values(
    server: str, backend: str, status: int, total: int, path: str
) -> None:
    """With any names and requests."""
    values = {
        "b": backend,
        "s": server,
        "ST": str(status),
        "Ta": str(total),
        "tr": "23/Nov/2026:21:00:01.715",
        "tsc": "----",
        "hr": f"{{{ID}|{AGENT}}}",
        "hs": "{}",
    }
    text = re.sub(
        r"%(?:\{\+Q\})?([A-Za-z]+)",
        lambda found: (
            f'"GET {path} HTTP/1.1"' if found[1] == "r" else values.get(found[1], "0")
        ),
        DEFAULT,
    )
    entry = read(text)
    assert (entry.upstream_name, entry.upstream_address) == (backend, server)
    assert (entry.status_code, entry.request_time) == (status, total / 1000)
