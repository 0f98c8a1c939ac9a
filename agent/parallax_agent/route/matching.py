"""Matching: does a rule's host or path take a request's, and how closely.

In: patterns as Ingress and HTTPRoute write them, a host, a path. Out: a rank, or
yes and no. It does not: evaluate a regular expression that could take long; whoever
may write an Ingress could make one that never ends. Of such one only the beginning
counts that is plain text, and that it takes the path is not known.
Source: Kubernetes, concepts/services-networking/ingress (path types, wildcards);
Gateway API 1.4, HTTPRouteMatch and Listener.hostname; ingress-nginx, ingress path
matching (from the path's beginning, whatever the case).
"""

import re

EXACT, WILDCARD, ANY, OTHER = 3, 2, 1, 0
"""How closely a rule's host names the request's; more is closer."""
_PLAIN = re.compile(r"[\w/~%@:,;=&!-]*")
_REPEATS = re.compile(r"[*?{]")
_TOO_MUCH = re.compile(r"\)[*+{]|\{|\(\?|\\[\dgk]|[*+?]\+")
"""Repeated brackets and counts can make a search endless, and what begins with `(?`,
names what was found before or never goes back is not the same in every language."""
MAX_REPEATS, MAX_CHOICES, LONGEST = 2, 6, 200
"""Of an expression that is evaluated: some 200² / 2 * 2⁴ steps at most, 30 ms."""


def host_rank(pattern: str, host: str) -> int:
    """Rank an Ingress rule's host; its wildcard stands for one label."""
    if not pattern:
        return ANY
    if pattern == host:
        return EXACT
    first, _, rest = host.partition(".")
    return WILDCARD if first and rest and pattern == f"*.{rest}" else OTHER


def listener_takes(pattern: str, host: str) -> bool:
    """Tell whether a Gateway's or HTTPRoute's hostname takes a host.

    Its wildcard stands for one label or several.
    """
    if pattern.startswith("*."):
        return len(host) >= len(pattern) and host.endswith(pattern[1:])
    return not pattern or pattern == host


def takes(pattern: str, kind: str | None, path: str) -> bool:
    """Tell whether an Ingress's path takes a request's."""
    if kind == "Exact":
        return path == pattern
    if kind == "Prefix":
        return under(pattern, path)
    return path.startswith(pattern)


def under(prefix: str, path: str) -> bool:
    """Tell whether a path lies under a prefix, element by element."""
    return f"{path}/".startswith(f"{prefix.rstrip('/')}/")


def plain_beginning(pattern: str) -> str:
    """Return the text with which whatever a regular expression takes begins."""
    text = pattern.removeprefix("^")
    if _is_choice(text):
        return ""
    found = _PLAIN.match(text)
    end = found.end() if found else 0
    return text[: end - 1] if _REPEATS.match(text, end) else text[:end]


def expression_takes(pattern: str, path: str) -> bool | None:
    """Tell whether a regular expression takes a path's beginning; None: not known."""
    if not path.lower().startswith(plain_beginning(pattern).lower()):
        return False
    if max(len(pattern), len(path)) > LONGEST or _TOO_MUCH.search(pattern):
        return None
    repeats = sum(map(pattern.count, "*+"))
    choices = repeats + sum(map(pattern.count, "?|"))
    if repeats > MAX_REPEATS or choices > MAX_CHOICES:
        return None
    try:
        return re.match(pattern, path, re.IGNORECASE) is not None
    except re.error:
        return None


def _is_choice(pattern: str) -> bool:
    """Tell whether `|` may stand outside all brackets: each side may begin otherwise.

    Where brackets may be escaped or stand in a set, their count says nothing.
    """
    if "|" in pattern and any(sign in pattern for sign in "\\["):
        return True
    depth = 0
    for sign in pattern:
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and depth <= 0:
            return True
    return False
