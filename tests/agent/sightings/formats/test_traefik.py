"""Traefik's access log: JSON with headers kept, and the limits of both formats."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax_agent.sightings.access_line import AccessLine
from parallax_agent.sightings.formats import RECOGNIZED
from parallax_agent.sightings.formats.traefik import LACKING_HEADERS, LACKING_ID

ID = "0123456789ab4def8123456789abcdef"
POD = "10.42.0.9:8080"


def written(**changes: object) -> str:
    """Write a JSON line as Traefik 3 does, with both headers kept."""
    line: dict[str, object] = {
        "ClientAddr": "10.42.0.1:50112",
        "DownstreamContentSize": 43,
        "DownstreamStatus": 503,
        "Duration": 5_000_000,
        "OriginContentSize": 43,
        "OriginDuration": 4_000_000,
        "OriginStatus": 503,
        "RequestPath": "/health",
        "RouterName": "websecure-api@kubernetes",
        "ServiceAddr": POD,
        "ServiceName": "ns-api-80@kubernetes",
        "ServiceURL": f"http://{POD}",
        "StartUTC": "2026-11-23T21:00:01.123456789Z",
        "level": "info",
        "msg": "",
        "request_User-Agent": "Parallax/0.1.0",
        "request_X-Request-Id": ID,
        "time": "2026-11-23T21:00:02Z",
    } | changes
    return json.dumps({k: v for k, v in line.items() if v is not None})


def read(line: str) -> AccessLine:
    """Parse a line that must be readable."""
    entry = RECOGNIZED.read(line)
    assert entry is not None
    return entry


def test_json() -> None:
    """Durations are nanoseconds; the server's address is present."""
    entry = read(written())
    assert entry.fit
    assert entry.seen_at == datetime(2026, 11, 23, 21, 0, 1, 123456, UTC)
    assert (entry.request_id, entry.status_code) == (ID, 503)
    assert (entry.upstream_address, entry.upstream_name) == (
        POD,
        "ns-api-80@kubernetes",
    )
    assert (entry.upstream_status, entry.upstream_response_length) == (503, 43)
    assert (entry.request_time, entry.upstream_response_time) == (0.005, 0.004)


def test_no_available_server() -> None:
    """Without a server the 503 is Traefik's, though the log has it as origin's."""
    entry = read(written(ServiceAddr=None, ServiceURL=None, OriginContentSize=20))
    assert (entry.upstream_address, entry.upstream_status) == (None, None)
    assert entry.upstream_response_length is None


@pytest.mark.parametrize(
    ("status", "length"), [(502, 11), (504, 15)], ids=["Bad Gateway", "Gateway Timeout"]
)
def test_its_own_text_for_a_server_that_did_not_respond(
    status: int, length: int
) -> None:
    """The length is its own text's, so it proves nothing about the pod."""
    line = written(
        OriginStatus=status, DownstreamStatus=status, OriginContentSize=length
    )
    assert read(line).upstream_response_length is None


def test_dropped_headers_make_the_log_unusable() -> None:
    """Traefik's default: no request header in JSON."""
    entry = read(written(**{"request_X-Request-Id": None, "request_User-Agent": None}))
    assert not entry.fit
    assert entry.lacking == LACKING_HEADERS


COMMON = (
    '10.42.0.1 - - [23/Nov/2026:21:00:01 +0000] "GET {path} HTTP/1.1" {status} 43 '
    '"-" "{agent}" 12 "{router}" "{server}" 5ms'
)


def test_the_common_format_cannot_contain_the_id() -> None:
    """The line is recognized by its User-Agent, and the problem has the solution."""
    line = COMMON.format(
        path="/health",
        status=502,
        agent="Parallax/0.1.0",
        router="r@kubernetes",
        server=f"http://{POD}",
    )
    entry = read(line)
    assert not entry.fit
    assert entry.lacking == LACKING_ID
    assert (entry.user_agent, entry.upstream_address) == ("Parallax/0.1.0", POD)
    assert entry.request_time == 0.005


TEXT = st.text(
    alphabet=st.characters(
        min_codepoint=32, max_codepoint=126, exclude_characters='"\\'
    )
)


@given(agent=TEXT, path=TEXT, status=st.integers(100, 599))
def test_a_rendered_common_line_returns_its_values(
    agent: str, path: str, status: int
) -> None:
    """With any request."""
    entry = read(
        COMMON.format(path=path, status=status, agent=agent, router="-", server="-")
    )
    assert (entry.user_agent, entry.status_code) == (agent, status)
    assert (entry.upstream_name, entry.upstream_address) == (None, None)


@given(
    st.dictionaries(
        st.sampled_from(["OriginStatus", "Duration", "ServiceAddr", "StartUTC", "x"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.just({}),
    )
)
def test_no_value_raises(changes: dict[str, object]) -> None:
    """Of any type."""
    RECOGNIZED.read(written(**changes))
