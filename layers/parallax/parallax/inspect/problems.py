"""Problems: what went wrong with the API, as a code and as a sentence.

In: an exception. Out: the model's problem, and a text that states what to do, where
a person can do something. No text contains the token.
It does not: raise, or retry.
Source of the codes: hcloud-go `error.go`.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING

from parallax.model.balancer import Problem
from parallax.model.secret_text import without_secrets

if TYPE_CHECKING:
    from hcloud import APIException

PROBLEMS = {
    "unauthorized": Problem.UNAUTHORIZED,
    "forbidden": Problem.FORBIDDEN,
    "rate_limit_exceeded": Problem.RATE_LIMITED,
    401: Problem.UNAUTHORIZED,
    403: Problem.FORBIDDEN,
    429: Problem.RATE_LIMITED,
}
"""Hetzner's error code, or the HTTP status if the body names none."""
NO_SUCH_LIST = ("not_found", 404)
"""The endpoint has no such list. A missing load balancer shows in the list itself,
never as a 404."""
RENEW = (
    "create a read-only API token in the Hetzner Console (the project, Security, API"
    " tokens) and put it into the field hetzner_token of the stack's secret"
    " ParallaxSecret (docs/runbook.md); inspect uses it within five minutes, without a"
    " deploy"
)
ACTIONS = {
    Problem.UNAUTHORIZED: f"the token is wrong or was deleted: {RENEW}",
    Problem.FORBIDDEN: f"the token may not read this: {RENEW}",
}
WRONG_ENDPOINT = (
    "the API has no such list at this URL: check HetznerEndpoint;"
    " it ends with the version, as in https://api.hetzner.cloud/v1"
)
UNEXPECTED = "unexpected format of the API's response"


def explain(error: Exception) -> tuple[Problem, str]:
    """Return the problem that an error means, and its text."""
    from hcloud import APIException  # noqa: PLC0415 - as in `project.connect`
    from requests import RequestException  # noqa: PLC0415
    from requests.exceptions import InvalidHeader  # noqa: PLC0415

    if isinstance(error, APIException):
        return _api_error(error)
    if isinstance(error, InvalidHeader | UnicodeEncodeError):
        # Their texts repeat the token.
        what = "the token contains a character that an HTTP header cannot hold"
        return Problem.UNAUTHORIZED, f"{what}: {RENEW}"
    # pydantic's texts have several lines.
    text = without_secrets(" ".join(f"{type(error).__name__}: {error}".split()))
    if isinstance(error, RequestException | TimeoutError):
        return Problem.UNREACHABLE, text
    return Problem.OTHER, f"{UNEXPECTED}: {text}"


def _api_error(error: "APIException") -> tuple[Problem, str]:
    if error.code == HTTPStatus.OK:
        # The library raises it for a body that is not JSON, e.g. one cut short.
        return Problem.OTHER, f"{UNEXPECTED}: HTTP 200 with a body that is not JSON"
    problem = PROBLEMS.get(error.code, Problem.OTHER)
    action = WRONG_ENDPOINT if error.code in NO_SUCH_LIST else ACTIONS.get(problem)
    # A server in between may repeat the request's header.
    text = without_secrets(f"{error}")
    return problem, f"{text}; {action}" if action else text
