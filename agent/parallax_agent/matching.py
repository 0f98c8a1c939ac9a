"""Matching: does a rule's host or path take a request's, and how closely.

In: patterns as Ingress and HTTPRoute write them, a host, a path. Out: a rank, or
yes and no. It does not: evaluate regular expressions; whoever may write an Ingress
could make one that never ends. Of one the beginning counts that is plain text.
Source: Kubernetes, concepts/services-networking/ingress (path types, wildcards);
Gateway API 1.4, HTTPRouteMatch and Listener.hostname.
"""

import re

EXACT, WILDCARD, ANY, OTHER = 3, 2, 1, 0
"""How closely a rule's host names the request's; more is closer."""
_PLAIN = re.compile(r"[\w/~%@:,;=&!-]*")
_REPEATS = re.compile(r"[*?{]")


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
