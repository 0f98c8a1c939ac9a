"""Matching: whether a rule's host or path matches a request's, and how closely.

In: patterns as Ingress and HTTPRoute write them, a host, a path. Out: a rank, or true
and false. It does not: evaluate a regular expression that could take long; whoever can
write an Ingress could write one that never ends. Of such an expression only the literal
beginning counts, and whether it matches is unknown.
Source: Kubernetes, concepts/services-networking/ingress (path types, wildcards);
Gateway API 1.4, HTTPRouteMatch and Listener.hostname; ingress-nginx, ingress path
matching (from the path's beginning, case-insensitive).
"""

import re

EXACT, WILDCARD, ANY, OTHER = 3, 2, 1, 0
"""How closely a rule's host matches the request's; more is closer."""
_PLAIN = re.compile(r"[\w/~%@:,;=&!-]*")
_REPEATS = re.compile(r"[*?{]")
_TOO_MUCH = re.compile(r"\)[*+{]|\{|\(\?|\\[\dgk]|[*+?]\+")
"""Repeated groups and counts can make a search endless. Groups that begin with `(?`,
references to a group and possessive quantifiers differ between languages."""
MAX_REPEATS, MAX_CHOICES, LONGEST = 2, 6, 200
"""Limits of an expression that is evaluated: at most some 200² / 2 * 2⁴ steps, 30
ms."""


def host_rank(pattern: str, host: str) -> int:
    """Rank an Ingress rule's host; its wildcard stands for one label."""
    if not pattern:
        return ANY
    if pattern == host:
        return EXACT
    first, _, rest = host.partition(".")
    return WILDCARD if first and rest and pattern == f"*.{rest}" else OTHER


def listener_matches(pattern: str, host: str) -> bool:
    """Tell whether a Gateway's or HTTPRoute's hostname matches a host.

    Its wildcard stands for one label or several.
    """
    if pattern.startswith("*."):
        return len(host) >= len(pattern) and host.endswith(pattern[1:])
    return not pattern or pattern == host


def matches_path(pattern: str, kind: str | None, path: str) -> bool:
    """Tell whether an Ingress's path matches a request's."""
    if kind == "Exact":
        return path == pattern
    if kind == "Prefix":
        return is_under(pattern, path)
    return path.startswith(pattern)


def is_under(prefix: str, path: str) -> bool:
    """Tell whether a path is under a prefix, element by element."""
    return f"{path}/".startswith(f"{prefix.rstrip('/')}/")


def literal_prefix(pattern: str) -> str:
    """Return the text that everything a regular expression matches begins with."""
    text = pattern.removeprefix("^")
    if _is_choice(text):
        return ""
    match = _PLAIN.match(text)
    end = match.end() if match else 0
    return text[: end - 1] if _REPEATS.match(text, end) else text[:end]


def expression_matches(pattern: str, path: str) -> bool | None:
    """Tell whether an expression matches a path's beginning; None: unknown."""
    if not path.lower().startswith(literal_prefix(pattern).lower()):
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
    """Tell whether `|` may be outside all brackets, so each side may begin differently.

    If brackets may be escaped or in a set, counting them proves nothing.
    """
    if "|" in pattern and any(sign in pattern for sign in "\\["):
        return True
    depth = 0
    for sign in pattern:
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and depth <= 0:
            return True
    return False
