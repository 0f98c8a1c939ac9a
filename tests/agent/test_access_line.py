"""The access log's lines, after the table of the reference's signature sheet."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax_agent.access_line import AccessLine, parse

ID = "0123456789abcdef0123456789abcdef"


def line(  # noqa: PLR0913 - a line has many fields
    upstream: str = "10.0.0.112:8080 17 0.003 200",
    *,
    status: int = 200,
    name: str = "keybuzz-keybuzz-api-80",
    request: str = "GET /health HTTP/1.1",
    agent: str = "Parallax/0.1.0",
    user: str = "-",
    stamp: str = "",
) -> str:
    """Write a line as ingress-nginx does."""
    return (
        f"{stamp}10.0.0.5 - {user} [23/Nov/2026:21:00:01 +0000] "
        f'"{request}" {status} 17 "-" "{agent}" 210 0.004 [{name}] [] '
        f"{upstream} {ID}"
    )


def read(text: str) -> AccessLine:
    """Parse a line that must be readable."""
    entry = parse(text)
    assert entry is not None
    return entry


@pytest.mark.parametrize(
    ("case", "upstream", "expected"),
    [
        ("no endpoints", "- - - -", (None, None, None)),
        (
            "pod refused, one endpoint",
            "10.0.0.112:8080 0 0.000 502",
            ("10.0.0.112:8080", 502, 0),
        ),
        (
            "pod refused, three tries",
            (
                "10.0.0.110:8080, 10.0.0.111:8080, 10.0.0.112:8080 0, 0, 0 "
                "0.000, 0.000, 0.000 502, 502, 502"
            ),
            ("10.0.0.112:8080", 502, 0),
        ),
        (
            "pod hangs",
            "10.0.0.112:8080 0 60.001 504",
            ("10.0.0.112:8080", 504, 0),
        ),
        (
            "pod itself said 503",
            "10.0.0.112:8080 43 0.003 503",
            ("10.0.0.112:8080", 503, 43),
        ),
        (
            "custom-http-errors",
            "10.0.0.112:8080 : 10.42.1.9:8080 0 : 612 0.002 : 0.001 503 : 503",
            ("10.0.0.112:8080", 503, 0),
        ),
        (
            "custom-http-errors, no endpoints",
            "- : 10.42.1.9:8080 - : 612 - : 0.001 - : 503",
            (None, None, None),
        ),
        (
            "the balancer gave up first",
            "10.0.0.112:8080 - 29.998 -",
            ("10.0.0.112:8080", None, None),
        ),
        (
            "next try, then a redirect",
            (
                "10.0.0.1:80, 10.0.0.2:80 : 10.42.1.9:80 0, 0 : 5 0.1, 0.1 : 0.2 "
                "502, 504 : 200"
            ),
            ("10.0.0.2:80", 504, 0),
        ),
        ("an IPv6 pod", "[fd00::1]:8080 4 0.001 200", ("[fd00::1]:8080", 200, 4)),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_upstreams(
    case: str, upstream: str, expected: tuple[str | None, int | None, int | None]
) -> None:
    """The last upstream tried before a redirect is told; nobody asked is None."""
    entry = read(line(upstream))
    told = entry.upstream_address, entry.upstream_status, entry.upstream_response_length
    assert told == expected, case


def test_unknown_host() -> None:
    """The default backend's name stays as it is."""
    entry = read(line(status=404, name="upstream-default-backend"))
    assert (entry.status_code, entry.upstream_name) == (404, "upstream-default-backend")


@pytest.mark.parametrize(
    "request_line", ["PROXY TCP4 10.0.0.5 10.0.0.110 1 31695", "\\x00", ""]
)
def test_proxy_protocol_nobody_expected(request_line: str) -> None:
    """A balancer's PROXY line logged as a request is read, its name is empty."""
    entry = read(line("- - - -", status=400, request=request_line, name=""))
    assert (entry.status_code, entry.upstream_name) == (400, None)


def test_values_with_spaces() -> None:
    """Spaces in quoted values and in the user's name change nothing."""
    entry = read(line(agent="Parallax/0.1 (a b; [c])", user="Jane Q. Public"))
    assert entry.user_agent == "Parallax/0.1 (a b; [c])"


def test_the_runtime_s_timestamp_is_finer() -> None:
    """With the runtime's timestamp the moment has fractions of a second."""
    entry = read(line(stamp="2026-11-23T21:00:01.123456789Z "))
    assert entry.seen_at == datetime(2026, 11, 23, 21, 0, 1, 123456, UTC)
    assert read(line()).seen_at == datetime(2026, 11, 23, 21, 0, 1, 0, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I1123 21:00:01.0 7 controller.go:193] Backend successfully reloaded.",
        '{"status": 200, "http_user_agent": "Parallax/0.1.0"}',
        line()[:-40],
        line().replace("23/Nov", "99/Foo"),
        line() + " more",
        "x" * 20000,
    ],
)
def test_other_lines_are_nobody_s(text: str) -> None:
    """What is not the default format is None, not an error."""
    assert parse(text) is None


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    """No text whatever raises."""
    parse(text)


@given(st.text(alphabet=st.characters(blacklist_characters='"\n'), max_size=200))
def test_any_user_agent_is_taken(agent: str) -> None:
    """A stranger's User-Agent never raises, and comes back as it was."""
    entry = parse(line(agent=agent))
    assert entry is None or entry.user_agent == agent


@given(st.lists(st.sampled_from(["-", "a:1", ", ", " : ", " ", "[", '"', "502"])))
def test_any_upstreams_are_taken(pieces: list[str]) -> None:
    """However the upstreams look, nothing raises and nothing hangs."""
    parse(line("".join(pieces)))
