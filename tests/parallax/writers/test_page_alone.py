"""A page without its headers has a writer, and a place only where bytes show one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.writers.page_alone import MISSING, attribute_page, status_of
from parallax.writers.rendered import rendered

NGINX = (
    "<html><head><title>502 Bad Gateway</title></head><body>"
    "<center><h1>502 Bad Gateway</h1></center><hr><center>{}</center></body></html>"
)


@pytest.mark.parametrize(
    ("page", "writer", "hop"),
    [
        (NGINX.format("nginx/1.25.2"), "nginx", "unknown"),
        (NGINX.format("nginx"), "nginx", "unknown"),
        (NGINX.format("openresty"), "openresty", "unknown"),
        ("502 Bad Gateway\nnginx/1.25.2", "nginx", "unknown"),
        (
            "502 Bad Gateway\n\nThe server returned an invalid or incomplete response.",
            "haproxy",
            "unknown",
        ),
        (
            "Error 503 Backend fetch failed\nGuru Meditation:\n\nXID: 32771\n",
            "varnish",
            "cdn",
        ),
        (
            "Service Unavailable\nApache/2.4.29 (Ubuntu) Server at a.example Port 80",
            "apache",
            "unknown",
        ),
        ("Error 502 Ray ID: 0123456789abcdef Your IP: x", "cloudflare", "cdn"),
        ("HTTP Status 404 - Not Found\nx\nApache Tomcat/9.0.1", "tomcat", "pod"),
        ("default backend - 404", "default-backend", "ingress"),
        ("the nginx ingress controller returns 502", "unknown", "unknown"),
        ("Bad Gateway", "unknown", "unknown"),
        ("", "unknown", "unknown"),
    ],
)
def test_a_page_alone(page: str, writer: str, hop: str) -> None:
    """A missing header proves nothing, so nginx's place stays open."""
    answer = attribute_page(page)
    assert (answer.writer, answer.hop, answer.how) == (writer, hop, "unknown")
    assert (MISSING in answer.clues) == (writer != "unknown")


def test_a_page_with_two_programs_sentences_has_no_writer() -> None:
    """An article about error pages is not a page of any of them."""
    both = "Powered by Tengine. Guru Meditation: XID: 12"
    assert rendered(both) is None


def test_the_status_is_that_of_the_headline() -> None:
    """Without one it is 0."""
    assert status_of("<title>Error 504 Ray ID</title>") == 504
    assert status_of("502 Bad Gateway") == 502
    assert status_of("nothing") == 0


@given(st.text())
def test_any_text_has_an_answer(page: str) -> None:
    """No text raises."""
    assert attribute_page(page).how == "unknown"
