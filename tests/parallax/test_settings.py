"""Settings: read by name, and refused by name."""

import pytest

from parallax.settings import HETZNER_ENDPOINT, SettingsError, read


def test_an_empty_environment_is_complete() -> None:
    """Everything has a default; nothing is configured."""
    values = read({"PARALLAX_JOURNAL_TABLE": ""})
    assert values.journal_table is None
    assert values.hetzner_endpoint == HETZNER_ENDPOINT
    assert values.hetzner_calls_per_hour == 600
    assert values.settle_seconds == 120.0
    assert (values.control_url, values.resolvers) == (None, ())
    assert values.repeat_seconds == 2.0
    assert values.snapshot_bucket is None
    assert values.metrics == "none"


def test_the_control_s_url_stays_as_it_was_given() -> None:
    """Its path is part of the request: no slash is lost."""
    values = read({"PARALLAX_CONTROL_URL": "https://control.example/ "})
    assert values.control_url == "https://control.example/"


def test_resolvers_are_a_list_with_commas_between() -> None:
    """Spaces, empty entries and repetitions are not an error."""
    values = read({"PARALLAX_RESOLVERS": " system, 1.1.1.1,,2001:db8::53 ,1.1.1.1"})
    assert values.resolvers == ("system", "1.1.1.1", "2001:db8::53")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("PARALLAX_SETTLE_SECONDS", "soon", "expected 0 seconds or more, got 'soon'"),
        ("PARALLAX_QUIET_SECONDS", "-1", "expected 0 seconds or more"),
        ("PARALLAX_EVIDENCE_SECONDS", "nan", "expected 0 seconds or more"),
        ("PARALLAX_HETZNER_ENDPOINT", "hetzner", "expected an http or https URL"),
        (
            "PARALLAX_HETZNER_CALLS_PER_HOUR",
            "0",
            "expected a whole number of 1 or more",
        ),
        (
            "PARALLAX_HETZNER_CALLS_PER_HOUR",
            "1.5",
            "expected a whole number of 1 or more",
        ),
        ("PARALLAX_METRICS", "all", "expected one of none, success, phases, got"),
        ("PARALLAX_CONTROL_URL", "checkip", "expected an http or https URL"),
        ("PARALLAX_REPEAT_SECONDS", "0", "expected 0.1 seconds or more, got 0"),
        (
            "PARALLAX_RESOLVERS",
            "1.1.1.1,dns.example",
            "expected a comma-separated list of IP addresses",
        ),
        (
            "PARALLAX_RESOLVERS",
            "1.1.1.1:53",
            "expected a comma-separated list of IP addresses",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_its_variable(
    name: str, text: str, expected: str
) -> None:
    """The error begins with the variable's name."""
    with pytest.raises(SettingsError, match=f"^{name}: {expected}"):
        read({name: text})


def test_a_place_that_is_needed_is_named() -> None:
    """A required setting is named by its variable."""
    with pytest.raises(
        SettingsError, match="PARALLAX_INCIDENTS_TABLE: required, but not set"
    ):
        read({}).need("incidents_table")


@pytest.mark.parametrize("name", ["PARALLAX_HETZNER_ENDPOINT", "PARALLAX_CONTROL_URL"])
@pytest.mark.parametrize(
    "url",
    ["https://user:s3cret@a.example/", "user:s3cret@a.example", "https:u:s3cret@a"],
)
def test_a_password_in_a_url_is_refused_and_not_shown(name: str, url: str) -> None:
    """The error names the real reason; logs may be read by many."""
    with pytest.raises(
        SettingsError, match=f"^{name}: user name and password"
    ) as caught:
        read({name: url})
    assert "s3cret" not in str(caught.value)


def test_no_error_shows_a_secret() -> None:
    """A URL may have been put into the wrong variable."""
    for name in ("PARALLAX_SETTLE_SECONDS", "PARALLAX_RESOLVERS"):
        with pytest.raises(SettingsError) as caught:
            read({name: "https://user:s3cret@a.example/"})
        assert "s3cret" not in str(caught.value)


def test_routes_are_a_list_and_loopback_is_none_of_them() -> None:
    """The template joins names and empty texts; http needs the word `true`."""
    values = read({"PARALLAX_ROUTES": ",slack,,ntfy"})
    assert values.routes == ("slack", "ntfy")
    assert not values.routes_allow_private
    assert read({"PARALLAX_ROUTES_ALLOW_PRIVATE": "true"}).routes_allow_private
