"""Request: what a target's requests send, as people write it.

In: an entry of the targets file with its method, headers, body and login. Out: the
entry with its headers as pairs; what is wrong with each, and what does not fit
together.
It does not: read a secret. The file names one, and never has one: it is in a ConfigMap
of each cluster, and in each snapshot.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from parallax.model.secret_name import is_secret
from parallax.model.secret_text import quoted, without_secrets
from parallax.model.target import LoginKind, Method
from parallax.targets.yaml_lines import Key, Location, Problem, is_mapping, keys_of

MOST = 20
LONGEST = 500
"""Characters of a header's value; its name has at most 100."""
LARGEST = 4096
"""Bytes of a body."""
OWN = frozenset(
    {"host", "user-agent", "content-length", "connection", "x-request-id"}
    | {"accept-encoding", "transfer-encoding", "expect", "upgrade", "te", "trailer"}
    | {"x-forwarded-proto", "proxy-connection", "keep-alive"}
)
"""Headers that the probe sets, or that change how the message is read."""
USE_LOGIN = "this file must not have a secret; use login"
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[!-~](?:[\t -~]*[!-~])?")
_SECRET = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")


def read_request(entry: object, at: Location) -> tuple[list[Problem], object]:
    """Return an entry with its request's headers as pairs, and what is wrong."""
    mapping = keys_of(entry)
    problems = [*_method(mapping, at), *_body(mapping, at), *_login(mapping, at)]
    if "request_headers" not in mapping:
        return problems, entry
    headers = mapping["request_headers"]
    kept = {key: value for key, value in mapping.items() if key != "request_headers"}
    wrong = list(_headers(headers, (*at, "request_headers")))
    pairs = [] if wrong else [list(pair) for pair in keys_of(headers).items()]
    return [*problems, *wrong], {**kept, "request_headers": pairs}


def _method(mapping: dict[str, object], at: Location) -> Iterator[Problem]:
    method, rule = mapping.get("method"), keys_of(mapping.get("healthy"))
    needs_body = [key for key in rule if key.startswith("body_") or key == "json"]
    if method == Method.HEAD and needs_body:
        place = (*at, "healthy", Key(needs_body[0]))
        yield place, "expected method GET or POST: a response to HEAD has no body"


def _body(mapping: dict[str, object], at: Location) -> Iterator[Problem]:
    body = mapping.get("request_body")
    if body is None:
        return
    place = (*at, "request_body")
    if not isinstance(body, str):
        text = 'expected text, such as \'{"query": "shoes"}\' in single quotes'
        yield place, f"{text}, got {quoted(body)}"
    elif len(body.encode("utf-8", "replace")) > LARGEST:
        yield place, f"expected at most {LARGEST} bytes"
    elif without_secrets(body) != body:
        yield place, f"expected no password or token: {USE_LOGIN}"
    elif mapping.get("method") != Method.POST:
        yield (*at, Key("request_body")), "expected method: POST beside a request_body"


def _headers(headers: object, at: Location) -> Iterator[Problem]:
    pairs = keys_of(headers)
    if not pairs or len(pairs) > MOST:
        text = (
            f"expected a mapping of 1 to {MOST} headers, such as {{accept: text/html}}"
        )
        yield at, f"{text}, got {len(pairs) if pairs else quoted(headers)}"
        return
    for name, value in pairs.items():
        lowered = name.lower()
        if not _NAME.fullmatch(name) or lowered in OWN:
            why = "Parallax sets this one" if lowered in OWN else f"got {quoted(name)}"
            yield (*at, Key(name)), f"expected the name of a header: {why}"
        elif not isinstance(value, str) or not _is_value(value):
            text = (
                f"expected text of 1 to {LONGEST} ASCII characters, in quotes if it is"
            )
            yield (*at, name), f"{text} a number, got {_hidden(name, value)}"
        elif is_secret(name, value) or without_secrets(value) != value:
            yield (*at, Key(name)), f"expected no credential: {USE_LOGIN}"


def _is_value(value: str) -> bool:
    return len(value) <= LONGEST and _VALUE.fullmatch(value) is not None


def _hidden(name: str, value: object) -> str:
    return "a secret" if is_secret(name) else quoted(value)


def _login(mapping: dict[str, object], at: Location) -> Iterator[Problem]:
    login = mapping.get("login")
    if not is_mapping(login):
        return
    fields, place = keys_of(login), (*at, "login")
    yield from _secret_and_header(fields, place)
    url = mapping.get("url")
    is_plain = isinstance(url, str) and _scheme(url) == "http"
    if is_plain and fields.get("allow_http") is not True:
        text = "expected an https URL, or allow_http: true to send it without TLS"
        yield place, text


def _secret_and_header(fields: dict[str, object], at: Location) -> Iterator[Problem]:
    secret, header = fields.get("secret"), fields.get("header")
    if secret is not None and (
        not isinstance(secret, str) or not _SECRET.fullmatch(secret)
    ):
        # A secret itself may stand here by mistake, so it is not repeated.
        text = "expected a key of the stack's secret of logins, such as shop-login"
        yield (*at, "secret"), f"{text}, not the secret itself"
    is_header = fields.get("kind") == LoginKind.HEADER
    if is_header and not (
        isinstance(header, str)
        and _NAME.fullmatch(header)
        and header.lower() not in OWN
    ):
        text = "expected the name of a header, such as X-Api-Key, for kind: header"
        yield (*at, "header" if header is not None else Key("kind")), text
    elif header is not None and not is_header:
        yield (*at, Key("header")), "expected kind: header beside a header's name"


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""
