"""Problems: what went wrong with the API, in a word and in words.

In: an exception. Out: the model's problem, and a text that says what to do where
somebody can do something. No text holds the token.
It does not: raise, or retry.
Source of the codes: hcloud-go `error.go`.
"""

from http import HTTPStatus

from hcloud import APIException
from requests import RequestException
from requests.exceptions import InvalidHeader

from parallax.model.balancer import Problem

PROBLEMS = {
    "unauthorized": Problem.UNAUTHORIZED,
    "forbidden": Problem.FORBIDDEN,
    "rate_limit_exceeded": Problem.RATE_LIMITED,
    401: Problem.UNAUTHORIZED,
    403: Problem.FORBIDDEN,
    429: Problem.RATE_LIMITED,
}
"""Hetzner's error code, or the HTTP status where the body names none."""
ABSENT = ("not_found", 404)
"""Of a list: there is no such list here. That no balancer has a name is told by
the list, never by a 404."""
RENEW = (
    "make a read-only API token in the Hetzner Console (the project, Security, API"
    " tokens) and put it into the stack's secret HetznerTokenSecret; it is used"
    " within five minutes, without a deploy"
)
TO_DO = {
    Problem.UNAUTHORIZED: f"the token is wrong or was deleted: {RENEW}",
    Problem.FORBIDDEN: f"the token may not read this: {RENEW}",
}
WRONG_PLACE = (
    "the API has no such list here: is HetznerEndpoint right?"
    " It ends with the version, as in https://api.hetzner.cloud/v1"
)
ODD = "an answer of a shape that nobody knows"


def explained(error: Exception) -> tuple[Problem, str]:
    """Return Hetzner's word for what went wrong, and its text."""
    if isinstance(error, APIException):
        return _refusal(error)
    if isinstance(error, InvalidHeader | UnicodeEncodeError):
        # Their texts repeat the token.
        what = "the token holds what no HTTP header may hold"
        return Problem.UNAUTHORIZED, f"{what}: {RENEW}"
    # pydantic's texts have several lines.
    text = " ".join(f"{type(error).__name__}: {error}".split())
    if isinstance(error, RequestException | TimeoutError):
        return Problem.UNREACHABLE, text
    return Problem.OTHER, f"{ODD}: {text}"


def _refusal(error: APIException) -> tuple[Problem, str]:
    if error.code == HTTPStatus.OK:
        # The library raises it for a body that is no JSON, e.g. one cut short.
        return Problem.OTHER, f"{ODD}: HTTP 200 with a body that is no JSON"
    problem = PROBLEMS.get(error.code, Problem.OTHER)
    to_do = WRONG_PLACE if error.code in ABSENT else TO_DO.get(problem)
    return problem, f"{error}; {to_do}" if to_do else f"{error}"
