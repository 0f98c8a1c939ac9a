"""Every mistake in a URL has its own reason, and none shows a secret."""

import pytest

from parallax.model.web_url import NO_USER, has_user, problem, without_secret_values


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x?y=1",
        "HTTP://a.example:8080",
        "https://[2001:db8::1]:8443/",
        "http://127.0.0.1:80/",
        "https://a_b.example/@user",
        "https://a.example:443/@user",
        "https://a.example/?mail=a@b.example",
    ],
)
def test_a_url_that_can_be_requested_has_no_problem(url: str) -> None:
    """An `@` after the host does not mark a user name."""
    assert problem(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://user:s3cret@a.example/",
        "https://s3cret@a.example",
        "user:s3cret@a.example",
        "//user:s3cret@a.example",
        "https:user:s3cret@a.example",
        "https:\\\\user:s3cret@a.example",
        "https:///user:s3cret@a.example",
        "https%3A%2F%2Fuser%3As3cret%40a.example",
        "https://user%253As3cret%2540a.example",
        "https://user:p@s3cret@a.example",
        "HTTPS://user:s3cret@[2001:db8::1]:1/",
        "https://us\ter:s3\tcret@a.example",
        "https://user:s3cret\N{FULLWIDTH COMMERCIAL AT}a.example",
        "https://user:s3cret/x@a.example",
        "https://user:s3cret?x@a.example",
        "https://user:s3cret#x@a.example",
        "https://a.example\\@s3cret.example/",
        "ftp://user:s3cret@a.example",
    ],
)
def test_a_user_name_is_the_first_thing_to_be_refused(url: str) -> None:
    """However it is spelled, the sentence names the reason and nothing of the URL."""
    assert has_user(url)
    assert problem(url) == NO_USER


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "it is empty"),
        ("a.example", "the scheme is missing"),
        ("a.example:8080/x", "the scheme is missing"),
        ("https:a.example", "two slashes are missing"),
        ("ftp://a.example/", "its scheme is not supported"),
        ("http://", "the host is missing"),
        ("http:///x", "the host is missing"),
        ("http://a b.example/", "contains a space"),
        ("http://a.example/\n", "contains a space or a line break"),
        ("http://a\x9b.example/", "contains a control character"),
        ("https://b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example/", "Punycode"),
        ("https://a.example/\N{LATIN SMALL LETTER U WITH DIAERESIS}", "percent-encode"),
        ("https://a.example/#top", "it has a fragment"),
        ("https://a.example:0/", "the port must be a number from 1 to 65535"),
        ("https://a.example:65536/", "the port must be a number from 1 to 65535"),
        ("https://a.example:x/", "the port must be a number from 1 to 65535"),
        ("https://[2001:db8::1/", "write an IPv6 address as"),
        ("https://[a.example]/", "write an IPv6 address as"),
        ("https://a$b/", "an invalid character"),
    ],
)
def test_every_other_mistake_has_its_own_reason(url: str, reason: str) -> None:
    """The sentence says what was expected, what was found, and what is wrong."""
    sentence = problem(url)
    assert sentence
    assert sentence.startswith("expected an http or https URL, got '")
    assert reason in sentence


def test_query_and_fragment_are_not_shown() -> None:
    """Both may hold a token."""
    sentence = problem("https://a.example:0/x?token=s3cret#s3cret")
    assert sentence
    assert "'https://a.example:0/x'" in sentence
    assert "s3cret" not in sentence


def test_what_is_no_text_is_named() -> None:
    """YAML has numbers and lists."""
    assert problem(3) == "expected an http or https URL, got 3"
    assert (
        problem(["https://u:s3cret@a/"]) == "expected an http or https URL, got a list"
    )


@pytest.mark.parametrize(
    "query",
    [
        "?token=s3cret",
        "?a=1&token=s3cret&b=2",
        "?%74oken=s3cret",
        "?user[password]=s3cret",
        "?a=1;sid=s3cret",
        "?sid=a;s3cret=b&c=d",
        "?key=a=s3cret?s3cret,b:c",
    ],
)
def test_a_url_for_people_has_no_secret_value(query: str) -> None:
    """The text before and after the value stays."""
    shown = without_secret_values(f"https://a.example/x{query}")
    assert "s3cret" not in shown
    assert shown.startswith("https://a.example/x?")
    for kept in ("a=1", "b=2", "c=d", "token=", "sid="):
        assert (kept in shown) == (kept in query)


@pytest.mark.parametrize(
    "url",
    ["https://a.example/token=a", "http://a.example/?a=b;c=d&e", "http://a.example/?"],
)
def test_a_url_without_a_secret_parameter_is_shown_as_it_is(url: str) -> None:
    """It can be copied."""
    assert without_secret_values(url) == url
