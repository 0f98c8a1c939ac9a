"""OtlpHeaders: written as OpenTelemetry's own variable; no value in an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.exporter.otlp_headers import HeadersError, read_headers


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("", {}),
        ("authorization=Basic%20YTpi", {"authorization": "Basic YTpi"}),
        (" a = b , c=d=e ", {"a": "b", "c": "d=e"}),
    ],
)
def test_headers_are_read_as_opentelemetry_writes_them(
    text: str, headers: dict[str, str]
) -> None:
    """Pairs with commas between, and percent-encoded values."""
    assert read_headers(text) == headers


@pytest.mark.parametrize("text", ["secret", "a b=secret", "a=secret%0d%0ax", "=secret"])
def test_wrong_headers_are_an_error_without_their_value(text: str) -> None:
    """Nothing is sent, and no log has the secret."""
    with pytest.raises(HeadersError) as caught:
        read_headers(text)
    assert "secret" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_headers_or_an_error(text: str) -> None:
    """What is read fits into a request: one line of ASCII each."""
    try:
        found = read_headers(text)
    except HeadersError:
        return
    assert all(name.isascii() and value.isascii() for name, value in found.items())
    assert not {"\r", "\n", "\0"} & set("".join([*found, *found.values()]))
