"""Labels: the labels and the runbook of a target, as people write them.

In: an entry of the targets file, in which `labels` is a mapping. Out: the entry with
its labels as pairs, sorted by key; what is wrong with a label or with a runbook's URL.
It does not: give a label a meaning. Routes and filters do.
Source: Kubernetes, "Labels and Selectors", syntax and character set.
"""

import re

from parallax.model import web_url
from parallax.model.secret_text import quoted
from parallax.targets.yaml_lines import Location, Problem, is_mapping, keys_of

MOST = 10
"""Labels of one target; each mail and each message carries all of them."""
LONGEST_URL = 500
_NAME = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_KEY = re.compile(rf"([a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?/)?{_NAME}")
_VALUE = re.compile(_NAME)
_FRAGMENT = re.compile(r"[\w.~!$&'()*+,;=:@/?%-]*", re.ASCII)
"""Source: RFC 3986, section 3.5."""
EXPECTED_KEY = (
    "a key of 1 to 63 letters, digits, '-', '_' and '.', such as team, or with a prefix"
    " such as example.com/team"
)
EXPECTED_VALUE = (
    "text of 1 to 63 letters, digits, '-', '_' and '.', in quotes if it is a number"
)


def read_labels(entry: object, at: Location) -> tuple[list[Problem], object]:
    """Return an entry with its labels as pairs, and what is wrong with them."""
    mapping = keys_of(entry)
    if "labels" not in mapping:
        return [], entry
    labels, location = mapping["labels"], (*at, "labels")
    kept = {key: value for key, value in mapping.items() if key != "labels"}
    if not is_mapping(labels):
        text = f"expected a mapping such as {{team: shop}}, got {quoted(labels)}"
        return [(location, text)], kept
    pairs = keys_of(labels)
    problems: list[Problem] = []
    if len(pairs) > MOST:
        problems.append((location, f"expected at most {MOST} labels, got {len(pairs)}"))
    for key, value in pairs.items():
        if not _KEY.fullmatch(key):
            text = f"expected {EXPECTED_KEY}, got {quoted(key)}"
            problems.append(((*location, key), text))
        elif not isinstance(value, str) or not _VALUE.fullmatch(value):
            text = f"expected {EXPECTED_VALUE}, got {quoted(value)}"
            problems.append(((*location, key), text))
    return problems, kept if problems else {**kept, "labels": sorted(pairs.items())}


def runbook_problem(url: object) -> str | None:
    """Return what is wrong with a runbook's URL; None: it is valid.

    Unlike a URL that is requested, it may end with a fragment.
    """
    if not isinstance(url, str):
        return web_url.problem(url)
    if len(url) > LONGEST_URL:
        return f"expected a URL of at most {LONGEST_URL} characters, got {len(url)}"
    page, _, fragment = url.partition("#")
    if wrong := web_url.problem(page):
        return wrong
    if not _FRAGMENT.fullmatch(fragment):
        return f"{web_url.EXPECTED}: its fragment (#…) has an invalid character"
    return None
