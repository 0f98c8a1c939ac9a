"""nginx's formats: the default and others."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax_agent.sightings.access_line import AccessLine
from parallax_agent.sightings.formats import RECOGNIZED
from parallax_agent.sightings.formats.nginx import DEFAULT_FORMAT, nginx_format

ID = "0123456789ab4def8123456789abcdef"


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
    entry = RECOGNIZED.read(text)
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
    """The last upstream before a redirect; None if there was none."""
    entry = read(line(upstream))
    values = (
        entry.upstream_address,
        entry.upstream_status,
        entry.upstream_response_length,
    )
    assert values == expected, case


def test_unknown_host() -> None:
    """The default backend's name stays as it is."""
    entry = read(line(status=404, name="upstream-default-backend"))
    assert (entry.status_code, entry.upstream_name) == (404, "upstream-default-backend")


@pytest.mark.parametrize(
    "request_line", ["PROXY TCP4 10.0.0.5 10.0.0.110 1 31695", "\\x00", ""]
)
def test_an_unexpected_proxy_header(request_line: str) -> None:
    """A PROXY header logged as a request is parsed, its name is empty."""
    entry = read(line("- - - -", status=400, request=request_line, name=""))
    assert (entry.status_code, entry.upstream_name) == (400, None)


def test_values_with_spaces() -> None:
    """Spaces in quoted values and in the user's name change nothing."""
    entry = read(line(agent="Parallax/0.1 (a b; [c])", user="Jane Q. Public"))
    assert entry.user_agent == "Parallax/0.1 (a b; [c])"


def test_the_runtime_s_timestamp_is_finer() -> None:
    """The runtime's timestamp has fractions of a second."""
    entry = read(line(stamp="2026-11-23T21:00:01.123456789Z "))
    assert entry.seen_at == datetime(2026, 11, 23, 21, 0, 1, 123456, UTC)
    assert read(line()).seen_at == datetime(2026, 11, 23, 21, 0, 1, 0, UTC)


def test_times_of_request_and_last_upstream() -> None:
    """Both are seconds; of several tries, the last one's time."""
    entry = read(line("10.0.0.1:80, 10.0.0.2:80 0, 7 5.001, 0.250 504, 200"))
    assert (entry.request_time, entry.upstream_response_time) == (0.004, 0.25)
    assert read(line("- - - -")).upstream_response_time is None


JSON = (
    '{"ts": "$time_iso8601", "id": "$req_id", "upstreams": "$upstream_addr", '
    '"url": "$host$uri?$args", "status": $status, "upstream_status": $upstream_status, '
    '"took": $upstream_response_time, "length": $upstream_response_length, '
    '"agent": "$http_user_agent", "total": ${request_time}, '
    '"service": "$proxy_upstream_name"}'
)


@pytest.mark.parametrize(
    ("status", "took", "length"),
    [("502, 503", "5.001, 0.250", "0, 43"), ("503", "0.250", "43")],
)
def test_json_template_with_invalid_json_lines(
    status: str, took: str, length: str
) -> None:
    """Bare lists and empty values make invalid JSON; the template still parses."""
    entry = nginx_format(JSON, json=True).read(
        f'{{"ts": "2026-11-23T21:00:01+00:00", "id": "{ID}", "upstreams": '
        f'"10.0.0.1:80, 10.0.0.2:80", "url": "a/b?c", "status": 503, '
        f'"upstream_status": {status}, "took": {took}, "length": {length}, '
        '"agent": "Parallax/0.1 \\"x\\"", "total": 0.004, "service": "api-80"}',
        None,
    )
    assert entry == AccessLine(
        seen_at=datetime(2026, 11, 23, 21, 0, 1, tzinfo=UTC),
        status_code=503,
        request_id=ID,
        user_agent='Parallax/0.1 \\"x\\"',
        upstream_name="api-80",
        upstream_address="10.0.0.2:80",
        upstream_status=503,
        upstream_response_length=43,
        request_time=0.004,
        upstream_response_time=0.25,
    )


def test_json_template_without_upstream() -> None:
    """With `escape=json` absent values are empty, also without quotes."""
    entry = nginx_format(JSON, json=True).read(
        f'{{"ts": "2026-11-23T21:00:01+00:00", "id": "{ID}", "upstreams": "", '
        '"url": "a/b?", "status": 503, "upstream_status": , "took": , "length": , '
        '"agent": "Parallax/0.1", "total": 0.004, "service": ""}',
        None,
    )
    assert entry is not None
    assert entry.fit
    assert (entry.upstream_address, entry.upstream_status) == (None, None)


@pytest.mark.parametrize(
    ("template", "lacking"),
    [
        ('$status $req_id "$http_user_agent"', ""),
        ('$status $http_x_request_id "$http_user_agent"', ""),
        ('$status $request_id "$http_user_agent"', "X-Request-ID"),
        ("$status $req_id", "User-Agent"),
        ('"$request" $status', "X-Request-ID and User-Agent"),
    ],
)
def test_missing_variables_are_reported(template: str, lacking: str) -> None:
    """`$request_id` is nginx's own id; `$req_id` or the header is needed."""
    upstream = nginx_format(template).lacking
    assert (f"lacks {lacking};" in upstream) if lacking else not upstream


@pytest.mark.parametrize("template", ["$status\n$req_id", "$req_id", "$host$status"])
def test_an_ambiguous_template_is_rejected(template: str) -> None:
    """Several lines, no status, or a status without a separator."""
    with pytest.raises(ValueError, match="the log format"):
        nginx_format(template)


def rendered(template: str, values: dict[str, str]) -> str:
    """Write a line as nginx does; absent values are `-`."""
    return re.sub(
        r"\$(?:\{(\w+)\}|(\w+))",
        lambda found: values.get(found[1] or found[2], "-"),
        template,
    )


PLACES = {
    "status": "$status",
    "req_id": "[$req_id]",
    "http_user_agent": '"$http_user_agent"',
    "upstream_addr": "$upstream_addr",
    "upstream_status": "($upstream_status)",
    "upstream_response_length": "$upstream_response_length",
    "upstream_response_time": "'$upstream_response_time'",
    "request_time": "rt=$request_time",
    "remote_user": "$remote_user",
    "proxy_upstream_name": "|$proxy_upstream_name|",
}
TRIES = st.lists(st.integers(200, 504), min_size=1, max_size=4)
AGENTS = st.from_regex(r"\AParallax/\d\.\d( \([a-z;\[\]|{} ]{0,20}\))?\Z")


@given(order=st.permutations(sorted(PLACES)), tries=TRIES, agent=AGENTS)
def test_a_rendered_template_returns_its_values(
    order: list[str], tries: list[int], agent: str
) -> None:
    """In any order of variables."""
    template = " ".join(PLACES[name] for name in order)
    values = {
        "status": "503",
        "req_id": ID,
        "http_user_agent": agent,
        "upstream_addr": ", ".join(f"10.0.0.{n % 256}:80" for n in tries),
        "upstream_status": ", ".join(map(str, tries)),
        "upstream_response_length": ", ".join("7" for _ in tries),
        "upstream_response_time": ", ".join("0.5" for _ in tries),
        "request_time": "1.250",
        "proxy_upstream_name": "ns-api-80",
    }
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    entry = nginx_format(template).read(rendered(template, values), moment)
    assert entry == AccessLine(
        seen_at=moment,
        status_code=503,
        request_id=ID,
        user_agent=agent,
        upstream_name="ns-api-80",
        upstream_address=f"10.0.0.{tries[-1] % 256}:80",
        upstream_status=tries[-1],
        upstream_response_length=7,
        request_time=1.25,
        upstream_response_time=0.5,
    )


@given(st.text(alphabet=st.characters(blacklist_characters='"\n\r'), max_size=200))
def test_no_user_agent_raises(agent: str) -> None:
    """Any client's User-Agent is returned unchanged."""
    entry = DEFAULT_FORMAT.read(line(agent=agent), None)
    assert entry is not None
    assert entry.user_agent == agent


@given(st.lists(st.sampled_from(["-", "a:1", ", ", " : ", " ", "[", '"', "502"])))
def test_no_upstream_raises(pieces: list[str]) -> None:
    """With any upstreams, nothing raises and nothing hangs."""
    RECOGNIZED.read(line("".join(pieces)))
