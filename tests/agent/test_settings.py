"""The agent's settings."""

import pytest

from parallax_agent.settings import SettingsError, from_environment

GOOD = {
    "PARALLAX_AGENT_NODE": "worker-01",
    "PARALLAX_AGENT_CLUSTER": "keybuzz",
    "PARALLAX_AGENT_KEY_FILE": "/etc/parallax/key",
    "PARALLAX_INGEST_URL": "https://abc.lambda-url.eu-central-1.on.aws/",
}


def test_defaults() -> None:
    """The interval is 15 s; source address and kubeconfig are optional."""
    settings = from_environment(GOOD)
    assert settings.interval == 15.0
    assert settings.source_address is None
    assert settings.kubeconfig is None
    assert (
        settings.observations_url
        == "https://abc.lambda-url.eu-central-1.on.aws/v1/observations"
    )


def test_a_full_observations_url_is_kept() -> None:
    """A URL that already ends with the path gets no second one."""
    url = "http://127.0.0.1:4566/_aws/lambda-url/x/v1/observations"
    settings = from_environment(GOOD | {"PARALLAX_INGEST_URL": url})
    assert settings.observations_url == url


def test_all_missing_variables_are_named_at_once() -> None:
    """One error names every variable that is missing."""
    with pytest.raises(SettingsError) as raised:
        from_environment({})
    assert [line.split(":")[0] for line in str(raised.value).splitlines()] == list(GOOD)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PARALLAX_AGENT_INTERVAL", "soon", "expected 1 to 3600 seconds, got 'soon'"),
        ("PARALLAX_AGENT_INTERVAL", "0", "expected 1 to 3600 seconds, got '0'"),
        ("PARALLAX_AGENT_INTERVAL", "nan", "expected 1 to 3600 seconds, got 'nan'"),
        ("PARALLAX_AGENT_SOURCE_ADDRESS", "worker-01", "expected an IP address"),
        ("PARALLAX_AGENT_CLUSTER", "x" * 254, "expected a name of 1 to 253 bytes"),
        ("PARALLAX_AGENT_CLUSTER", "東" * 85, "expected a name of 1 to 253 bytes"),
        ("PARALLAX_AGENT_CLUSTER", "a\nb", "expected a name of 1 to 253 bytes"),
        ("PARALLAX_AGENT_CLUSTER", "\udc80", "expected a name of 1 to 253 bytes"),
        ("PARALLAX_AGENT_NODE", "a/b", "expected a name of 1 to 253 bytes"),
        ("PARALLAX_AGENT_NODE", "a\u202eb", "expected a name of 1 to 253 bytes"),
        ("PARALLAX_AGENT_INGRESS_LOG_FORMAT", "json", "expected `nginx:`"),
        (
            "PARALLAX_AGENT_INGRESS_LOG_FORMAT",
            "nginx: $request",
            "the log format has no $status",
        ),
        ("PARALLAX_INGEST_URL", "ingest.example", "expected an https URL"),
        ("PARALLAX_INGEST_URL", "http://[", "expected an https URL"),
        ("PARALLAX_INGEST_URL", "https:///v1", "expected an https URL"),
        ("PARALLAX_INGEST_URL", "http://ingest.example/", "expected an https URL"),
        ("PARALLAX_INGEST_URL", "http://1.1.1.1/", "expected an https URL"),
        ("PARALLAX_INGEST_URL", "ftp://127.0.0.1/", "expected an https URL"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str, expected: str) -> None:
    """A wrong value is rejected with the variable's name and what was expected."""
    with pytest.raises(SettingsError) as raised:
        from_environment(GOOD | {name: value})
    assert str(raised.value).startswith(f"{name}: {expected}")


@pytest.mark.parametrize("name", ["東京", "zürich", "~", "eu/prod", "\U0001f680"])
def test_a_cluster_s_name_may_be_of_any_script(name: str) -> None:
    """It is not changed."""
    assert from_environment(GOOD | {"PARALLAX_AGENT_CLUSTER": name}).cluster == name


def test_a_log_format_is_kept_as_written() -> None:
    """It is checked at the start, and compiled where lines are parsed."""
    text = 'nginx: $status $req_id "$http_user_agent"'
    settings = from_environment(GOOD | {"PARALLAX_AGENT_INGRESS_LOG_FORMAT": text})
    assert settings.ingress_log_format == text
    assert from_environment(GOOD).ingress_log_format is None


@pytest.mark.parametrize(
    "host", ["localhost:4566", "127.0.0.1:4566", "10.0.0.9", "[::1]:80", "[fd00::1]"]
)
def test_http_goes_to_loopback_and_private_addresses(host: str) -> None:
    """A lab or a relay in the same network needs no certificate."""
    settings = from_environment(GOOD | {"PARALLAX_INGEST_URL": f"http://{host}/"})
    assert settings.observations_url == f"http://{host}/v1/observations"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("10.0.0.7:9815", ("10.0.0.7", 9815)),
        ("[fd00::7]:9815", ("fd00::7", 9815)),
        ("fd00::7:9815", ("fd00::7", 9815)),
        ("", None),
    ],
)
def test_where_to_listen(text: str, place: tuple[str, int] | None) -> None:
    """As the downward API sets it, IPv6 with or without brackets."""
    found = from_environment(GOOD | {"PARALLAX_AGENT_LISTEN": text})
    assert found.listen == place


@pytest.mark.parametrize("text", [":9815", "node:9815", "10.0.0.7", "10.0.0.7:0"])
def test_a_wrong_listen_address_is_rejected(text: str) -> None:
    """The error names the variable and what was expected."""
    with pytest.raises(SettingsError, match="PARALLAX_AGENT_LISTEN: expected ADDRESS"):
        from_environment(GOOD | {"PARALLAX_AGENT_LISTEN": text})


@pytest.mark.parametrize(
    "url",
    [
        "https://user:s3cret@ingest.example/",
        "https://user:s3cret@ingest.example:bad/",
        "user:s3cret@ingest.example",
        "https://user%3As3cret%40ingest.example/",
        "http://s3cret@127.0.0.1/",
    ],
)
def test_a_password_in_the_url_is_rejected_and_not_shown(url: str) -> None:
    """The error has the real reason, but logs may be read by many."""
    with pytest.raises(SettingsError) as raised:
        from_environment(GOOD | {"PARALLAX_INGEST_URL": url})
    assert str(raised.value).startswith("PARALLAX_INGEST_URL: user name and password")
    assert "s3cret" not in str(raised.value)


def test_a_wrong_url_is_shown_without_its_query() -> None:
    """The query may contain a token."""
    with pytest.raises(SettingsError, match=r"got .ftp://a\.example/x.") as raised:
        from_environment(GOOD | {"PARALLAX_INGEST_URL": "ftp://a.example/x?t=s3cret"})
    assert "s3cret" not in str(raised.value)
