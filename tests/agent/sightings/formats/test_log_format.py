"""Which format is used: the setting's, the ConfigMap's, else line by line."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parallax_agent.sightings.formats import RECOGNIZED, check_setting, select_format
from parallax_agent.sightings.formats.envoy import EnvoyFormat
from parallax_agent.sightings.formats.haproxy import HaproxyFormat
from parallax_agent.sightings.formats.nginx import DEFAULT, NginxFormat

ID = "0123456789ab4def8123456789abcdef"
FIT = '$status $req_id "$http_user_agent"'
LINE = (
    '10.0.0.5 - - [23/Nov/2026:21:00:01 +0000] "GET / HTTP/1.1" 503 17 "-" '
    f'"Parallax/0.1.0" 210 0.004 [ns-api-80] [] - - - - {ID}'
)


@pytest.mark.parametrize("config", [None, {}, {"use-proxy-protocol": "true"}])
def test_without_configuration_each_line_is_recognized(
    config: dict[str, str] | None,
) -> None:
    """A default is not configured, so a line must show it."""
    assert select_format(None, config) == RECOGNIZED
    assert not RECOGNIZED.sure
    assert RECOGNIZED.read(LINE) is not None


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        ({"log-format-upstream": FIT}, NginxFormat),
        ({"log-format-upstream": FIT, "log-format-escape-json": "true"}, NginxFormat),
        ({"log-format": FIT, "log-format-escaping": "json"}, NginxFormat),
        ({"log-format": '%ST %hr "%HM"'}, HaproxyFormat),
        ({"http-log-format": "%ST %hr %r"}, HaproxyFormat),
    ],
    ids=["ingress-nginx", "JSON", "F5", "haproxytech", "haproxy-ingress"],
)
def test_the_config_map_names_the_format(config: dict[str, str], kind: type) -> None:
    """Each controller has its own key; only nginx's template is sufficient proof."""
    found = select_format(None, config)
    assert isinstance(found.named, kind)
    assert found.sure == (kind is NginxFormat)
    assert found.problem == ""
    assert select_format(None, dict(config)) is found


def test_the_setting_comes_before_the_config_map() -> None:
    """An explicit setting takes precedence."""
    found = select_format("envoy: %RESPONSE_CODE%", {"log-format-upstream": FIT})
    assert isinstance(found.named, EnvoyFormat)


@pytest.mark.parametrize(
    ("template", "error"),
    [
        ("$status", "lacks X-Request-ID and User-Agent"),
        ("$time_iso8601", "no \\$status"),
        ("$status\n$req_id", "several lines"),
    ],
)
def test_an_unusable_format_is_a_problem(template: str, error: str) -> None:
    """Nothing raises; the problem has the solution."""
    found = select_format(None, {"log-format-upstream": template})
    assert not found.sure
    with pytest.raises(AssertionError, match=error):
        raise AssertionError(found.problem)


def test_a_line_of_another_format_is_still_recognized() -> None:
    """During a rollout both formats occur."""
    assert select_format(None, {"log-format-upstream": FIT}).read(LINE) is not None


@pytest.mark.parametrize(
    "setting", ["traefik", "nginx", "envoy:", "envoy: %START_TIME%", "nginx: $host"]
)
def test_an_unusable_setting_is_rejected(setting: str) -> None:
    """At the start, not during the first outage."""
    with pytest.raises(ValueError, match=r"expected|has no"):
        check_setting(setting)
    check_setting(f"nginx: {DEFAULT}")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "I1123 21:00:01.0 7 controller.go:193] Backend successfully reloaded.",
        '{"level": "info", "msg": "Parallax/0.1.0"}',
        LINE[:-40],
        LINE[100:],
        LINE.replace("23/Nov", "99/Foo"),
        LINE + " more",
        LINE.replace("GET /", "GET /" + "x" * 20000),
        "{" * 5000,
        '{"status": ' + "[" * 8000,
        '{"a": ' * 2000 + "1" + "}" * 2000,
        "\x00\x16\x03\x01\x02",
    ],
)
def test_other_lines_are_not_parsed(line: str) -> None:
    """An unknown, cut or too long line is None, not an error."""
    assert RECOGNIZED.read(line) is None


@pytest.mark.parametrize("piece", ["- : ", "-, ", "a : b, ", ": ", '" "', "[ ", "{} "])
def test_a_forged_line_takes_no_long_time(piece: str) -> None:
    """Lines of 16 KB that nearly match are read once."""
    made_up = LINE.replace(ID, piece * (12000 // len(piece))) + " x"
    read = RECOGNIZED.read(made_up)
    assert read is None or read.request_id != ID


PIECES = st.sampled_from(
    [*'[]{}"|/-: ,\\', "503", "GET", ID, "Parallax/0.1.0", "- - - -", "x=", "\x00"]
)


@given(st.text() | st.lists(PIECES, max_size=60).map("".join))
@example('[2026-11-23T21:00:01Z] "')
def test_no_line_raises(line: str) -> None:
    """Recognized or configured."""
    RECOGNIZED.read(line)
    for template in (FIT, "%ST %hr %r", DEFAULT):
        select_format(None, {"log-format": template}).read(line)


@given(st.text() | st.lists(PIECES | st.just("$status"), max_size=20).map("".join))
def test_no_template_raises(template: str) -> None:
    """No ConfigMap raises, and its format reads any line."""
    select_format(None, {"log-format-upstream": template}).read(LINE)
    select_format(None, {"log-format": template}).read(LINE)
