"""Attribution of whole probes, whose path is known."""

from datetime import UTC, datetime

import pytest

from parallax.model.probe import ErrorType, Probe, Role
from parallax.writers import attribute_probe

NGINX = "<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx/1.27.0</center>"


def probe(
    role: Role, status_code: int | None, body: str, error: ErrorType | None = None
) -> Probe:
    """Make a probe with an answer, or without."""
    return Probe(
        role=role,
        request_id="id",
        url="http://10.0.0.110:8080/",
        started_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
        healthy=False,
        duration=0.1,
        status_code=status_code,
        reason="Not Found",
        headers=(("Server", "nginx/1.27.0"),),
        body=body,
        error_type=error,
    )


def test_no_answer_has_no_writer() -> None:
    """A refused connection has no writer."""
    refused = probe(Role.FIRST, None, "", ErrorType.CONNECTION_REFUSED)
    assert attribute_probe(refused) is None


def test_from_outside_an_nginx_page_is_the_ingress() -> None:
    """The usual reading of nginx's page on the way in."""
    answer = attribute_probe(probe(Role.FIRST, 404, NGINX))
    assert answer is not None
    assert (answer.writer, answer.hop, answer.how) == ("nginx", "ingress", "own-page")


@pytest.mark.parametrize("role", [Role.POD, Role.SERVICE, Role.NODEPORT_OTHER])
def test_asked_directly_the_same_page_is_the_pods(role: Role) -> None:
    """Nothing stood in between, so the writer is in the pod."""
    answer = attribute_probe(probe(role, 404, NGINX))
    assert answer is not None
    assert (answer.writer, answer.hop, answer.how) == ("nginx", "pod", "own-page")


def test_asked_directly_an_unknown_page_is_still_the_pods() -> None:
    """The writer stays unknown, its hop does not."""
    answer = attribute_probe(probe(Role.POD, 404, "<p>?</p>"))
    assert answer is not None
    assert (answer.writer, answer.hop, answer.how) == ("unknown", "pod", "unknown")
