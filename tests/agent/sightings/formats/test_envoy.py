"""Envoy's access log, text and JSON, as Envoy, Istio and Envoy Gateway write it."""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax_agent.sightings.access_line import AccessLine
from parallax_agent.sightings.formats import RECOGNIZED, select_format
from parallax_agent.sightings.formats.envoy import ENVOY, ISTIO, envoy_format

ID = "0123456789ab4def8123456789abcdef"
POD = "10.42.0.9:8080"
MOMENT = datetime(2026, 11, 23, 21, 0, 1, 123000, UTC)
VALUES = {
    "START_TIME": "2026-11-23T21:00:01.123Z",
    "REQ(:METHOD)": "GET",
    "REQ(X-ENVOY-ORIGINAL-PATH?:PATH)": "/health",
    "PROTOCOL": "HTTP/1.1",
    "RESPONSE_CODE": "503",
    "RESPONSE_CODE_DETAILS": "via_upstream",
    "BYTES_SENT": "43",
    "DURATION": "5",
    "RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)": "4",
    "REQ(USER-AGENT)": "Parallax/0.1.0",
    "REQ(X-REQUEST-ID)": ID,
    "UPSTREAM_HOST": POD,
}


def rendered(template: str, **changes: str) -> str:
    """Write a line as Envoy does; absent values are `-`."""
    values = VALUES | changes
    return re.sub(r"%([^%]+)%", lambda found: values.get(found[1], "-"), template)


def read(line: str) -> AccessLine:
    """Parse a line that must be readable."""
    entry = RECOGNIZED.read(line)
    assert entry is not None
    return entry


@pytest.mark.parametrize("template", [ENVOY, ISTIO])
def test_an_upstream_that_responded(template: str) -> None:
    """The client's status is the upstream's; times are milliseconds."""
    entry = read(rendered(template))
    assert entry.fit
    assert (entry.request_id, entry.seen_at) == (ID, MOMENT)
    assert (entry.status_code, entry.upstream_status) == (503, 503)
    assert (entry.upstream_address, entry.upstream_response_length) == (POD, 43)
    assert (entry.request_time, entry.upstream_response_time) == (0.005, 0.004)


@pytest.mark.parametrize(
    ("flags", "host", "service"), [("UH", "-", "-"), ("UF", POD, "-"), ("UT", POD, "-")]
)
@pytest.mark.parametrize("template", [ENVOY, ISTIO])
def test_an_upstream_that_did_not_respond(
    template: str, flags: str, host: str, service: str
) -> None:
    """Envoy's own 503 and 504 have no upstream status."""
    changes = {
        "RESPONSE_FLAGS": flags,
        "UPSTREAM_HOST": host,
        "RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)": service,
        "RESPONSE_CODE_DETAILS": "upstream_reset_before_response_started{x}",
    }
    entry = read(rendered(template, **changes))
    assert (entry.upstream_status, entry.upstream_response_length) == (None, None)
    assert entry.upstream_address == (None if host == "-" else host)


def test_istio_names_the_cluster() -> None:
    """Istio's cluster holds the Service's name."""
    name = "outbound|80||api.ns.svc.cluster.local"
    assert read(rendered(ISTIO, UPSTREAM_CLUSTER=name)).upstream_name == name


@pytest.mark.parametrize(
    ("agent", "request_id", "service"),
    [
        ("user_agent", "request_id", "upstream_service_time"),
        ("user-agent", "x-request-id", "x-envoy-upstream-service-time"),
    ],
    ids=["Istio", "Envoy Gateway"],
)
@pytest.mark.parametrize("as_text", [True, False])
def test_json(agent: str, request_id: str, service: str, *, as_text: bool) -> None:
    """Keys are fields or header names; numbers come as numbers or as text."""
    number = str if as_text else int
    entry = read(
        json.dumps(
            {
                "start_time": "2026-11-23T21:00:01.123Z",
                "response_code": number(503),
                "response_flags": "-",
                "response_code_details": "via_upstream",
                "bytes_sent": number(43),
                "duration": number(5),
                service: number(4),
                agent: "Parallax/0.1.0",
                request_id: ID,
                "upstream_host": POD,
                "upstream_cluster": "httproute/ns/api/rule/0",
            }
        )
    )
    assert entry.fit
    assert (entry.request_id, entry.upstream_status) == (ID, 503)
    assert (entry.upstream_name, entry.upstream_response_time) == (
        "httproute/ns/api/rule/0",
        0.004,
    )


def test_a_client_that_disconnected_has_no_status() -> None:
    """Envoy writes status 0; such a line is not parsed."""
    assert RECOGNIZED.read(rendered(ENVOY, RESPONSE_CODE="0")) is None


def test_a_custom_format() -> None:
    """A format string from the settings is used as it is."""
    template = "%RESPONSE_CODE% id=%REQ(X-REQUEST-ID)%; by %REQ(USER-AGENT):20%; x"
    entry = select_format(f"envoy: {template}\\n", None).read(
        f"2026-11-23T21:00:01.123Z 503 id={ID}; by Parallax/0.1.0; x"
    )
    assert entry is not None
    assert (entry.request_id, entry.user_agent) == (ID, "Parallax/0.1.0")


def test_a_format_without_status_is_rejected() -> None:
    """Without a status there is no sighting."""
    with pytest.raises(ValueError, match="RESPONSE_CODE"):
        envoy_format("%START_TIME%")


TEXT = st.text(
    alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"%')
)


@given(agent=TEXT, host=TEXT, path=TEXT, code=st.integers(100, 599))
def test_a_rendered_line_returns_its_values(
    agent: str, host: str, path: str, code: int
) -> None:
    """With any path and headers."""
    changes = {
        "REQ(USER-AGENT)": agent or "-",
        "REQ(:AUTHORITY)": host or "-",
        "REQ(X-ENVOY-ORIGINAL-PATH?:PATH)": path or "-",
        "RESPONSE_CODE": str(code),
    }
    for template in (ENVOY, ISTIO):
        entry = read(rendered(template, **changes))
        assert (entry.user_agent or "-") == changes["REQ(USER-AGENT)"]
        assert (entry.status_code, entry.request_id) == (code, ID)
