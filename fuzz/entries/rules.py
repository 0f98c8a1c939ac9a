"""Rules: health rules of a targets file, on bodies that a server chooses.

In: patterns and paths with a body each. Out: the entries of a regular expression, and
of an assertion about JSON. It does not: send a request.

The first line of an input is the rule, the rest is the body. A person wrote the rule,
and the server the body; both are damaged here.
"""

from fuzz.entry import Entry
from parallax.model.target import Healthy, JsonRule
from parallax.rule.json_path import steps
from parallax.rule.program import PatternError, compiled
from parallax.rule.response import Response, unmet

PATTERNS = (
    "(a+)+$\n" + "a" * 200 + "b",
    "^(?:ok|up|healthy)[ \\t]*$\nok ",
    "(?i)status.{0,40}OK\nStatus: all services are ok",
    "(x|y|[^z]{1,9}){2,20}\\d\n" + "xy" * 50 + "7",
    "[\\w.-]+@[^\\s@]+\nadmin@a.example",
)
PATHS = (
    'status\n{"status": "ok"}',
    '$.items[0].id\n{"items": [{"id": 7}]}',
    '$["a.b"][-1]\n{"a.b": [1, null, true]}',
    'a.b.c\n\ufeff{"a": {"b": {"c": 1e400}}}',
)


def _parted(data: bytes) -> tuple[str, Response]:
    rule, _, body = data.decode("utf-8", "replace").partition("\n")
    return rule, Response(status_code=200, body=body, is_cut=len(body) > 65_536)


def _pattern(data: bytes) -> None:
    rule, response = _parted(data)
    compiled(rule)  # as the check of the targets file does
    unmet(Healthy(body_matches=rule), response)


def _path(data: bytes) -> None:
    rule, response = _parted(data)
    if steps(rule) is not None:
        unmet(Healthy(json=(JsonRule(path=rule, equals="ok"),)), response)


ENTRIES = (
    Entry(
        name="rule-pattern",
        seeds=lambda: [text.encode() for text in PATTERNS],
        call=_pattern,
        allowed=(PatternError,),
        share=6,
    ),
    Entry(
        name="rule-json",
        seeds=lambda: [text.encode() for text in PATHS],
        call=_path,
        share=25,
    ),
)
