"""What went wrong with the API, and what to do."""

from collections.abc import Callable

import pytest

from parallax.inspect import connect, read_balancers
from parallax.model.balancer import BalancerReading, Problem
from tests.parallax.inspect.api import FRONT, NOW, TOKEN, Api, Reply, error


def reading(api: Api, reply: Callable[[], Reply]) -> BalancerReading:
    """Read from an API that answers everything so."""
    api.reply = reply
    return read_balancers(connect(TOKEN, api.url, timeout=(1.0, 1.0)), (FRONT,), NOW)[0]


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (error(401, "unauthorized"), Problem.UNAUTHORIZED),
        (error(403, "forbidden"), Problem.FORBIDDEN),
        (lambda: (401, {}, b"<html>no</html>"), Problem.UNAUTHORIZED),
    ],
)
def test_a_token_without_rights_is_reported_with_an_action(
    api: Api, reply: Callable[[], Reply], problem: Problem
) -> None:
    """Where a new one is made, and where it goes."""
    seen = reading(api, reply)
    assert seen.problem is problem
    assert "create a read-only API token in the Hetzner Console" in str(
        seen.problem_detail
    )
    assert "ParallaxSecret" in str(seen.problem_detail)


@pytest.mark.parametrize(
    "reply", [error(404, "not_found"), lambda: (404, {}, b"<html>nginx</html>")]
)
def test_a_wrong_endpoint_is_no_missing_balancer(
    api: Api, reply: Callable[[], Reply]
) -> None:
    """A missing list proves nothing about its entries."""
    seen = reading(api, reply)
    assert seen.problem is Problem.OTHER
    assert "check HetznerEndpoint" in str(seen.problem_detail)


@pytest.mark.parametrize(
    "body",
    [
        b'{"load_balancers": [{"id": 7, "na',
        b"<html>a captive portal</html>",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"load_balancers": null}',
        b'{"load_balancers": {"7": {}}}',
        b'{"load_balancers": [], "meta": "text"}',
        b'{"load_balancers": [], "meta": {"pagination": {"next_page": "2"}}}',
        b"\xff\xfe\x00",
    ],
)
def test_a_good_status_with_a_malformed_body_is_reported(api: Api, body: bytes) -> None:
    """Neither "OK" nor "not found": nothing was learned."""
    seen = reading(api, lambda: (200, {}, body))
    assert seen.problem is Problem.OTHER
    assert "unexpected format of the API's response" in str(seen.problem_detail)


@pytest.mark.parametrize("code", [502, 503])
def test_a_proxy_s_page_is_reported_with_its_status(api: Api, code: int) -> None:
    """The status is reported even if the body is an HTML page."""
    seen = reading(api, lambda: (code, {}, b"<html>try again</html>"))
    assert seen.problem is Problem.OTHER
    assert str(code) in str(seen.problem_detail)
    assert len(api.paths) == 1


def test_an_answer_cut_short_on_its_way_is_unreachable(api: Api) -> None:
    """Fewer bytes than announced are waited for within the budget, and no longer."""
    body = b'{"load_balancers": ['
    api.reply = lambda: (200, {"Content-Length": "1000"}, body)
    project = connect(TOKEN, api.url, timeout=(1.0, 5.0))
    (seen,) = read_balancers(project, (FRONT,), NOW, budget=0.3)
    assert seen.problem is Problem.UNREACHABLE
