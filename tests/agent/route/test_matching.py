"""Hosts and paths, by example and by property."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax_agent.route.matching import (
    EXACT,
    LONGEST,
    OTHER,
    WILDCARD,
    expression_matches,
    host_rank,
    is_under,
    listener_matches,
    literal_prefix,
    matches_path,
)

LABEL = st.text("abc", min_size=1, max_size=3)
HOST = st.lists(LABEL, min_size=2, max_size=4).map(".".join)
PATH = st.lists(st.text("ab", max_size=2), max_size=4).map(lambda p: "/" + "/".join(p))


@settings(deadline=None)
@given(host=HOST, other=HOST, label=LABEL)
def test_hosts_of_an_ingress(host: str, other: str, label: str) -> None:
    """A host matches itself; a wildcard exactly one label."""
    assert host_rank(host, host) == EXACT
    assert host_rank(f"*.{host}", f"{label}.{host}") == WILDCARD
    assert host_rank(f"*.{host}", host) == OTHER
    assert host_rank(f"*.{host}", f"x.{label}.{host}") == OTHER
    assert (host_rank(other, host) == OTHER) is (other != host)


@settings(deadline=None)
@given(host=HOST, labels=st.lists(LABEL, min_size=1, max_size=3))
def test_hosts_of_a_gateway(host: str, labels: list[str]) -> None:
    """A wildcard matches one label or several, never none or part of one."""
    below = ".".join([*labels, host])
    assert listener_matches(f"*.{host}", below)
    assert listener_matches("", below)
    assert listener_matches(below, below)
    assert not listener_matches(f"*.{host}", host)
    assert not listener_matches(f"*.{host}", f"x{host}")


@settings(deadline=None)
@given(prefix=PATH, path=PATH)
def test_prefixes_go_by_whole_elements(prefix: str, path: str) -> None:
    """A prefix matches paths that begin with its elements, nothing else."""
    mine, theirs = prefix.rstrip("/").split("/"), path.split("/")
    assert is_under(prefix, path) is (theirs[: len(mine)] == mine)
    assert matches_path(prefix, "Prefix", path) is is_under(prefix, path)
    assert matches_path(prefix, "Exact", path) is (prefix == path)


@pytest.mark.parametrize(
    ("pattern", "beginning"),
    [
        ("/plain", "/plain"),
        ("/api(/|$)(.*)", "/api"),
        ("^/v1.0/x", "/v1"),
        ("/ab?c", "/a"),
        ("/a|/b", ""),
        ("/[ab]/c", "/"),
        ("/[a|b]/c", ""),
        ("/a[(]|/b", ""),
        (r"/a\(|/b", ""),
        ("(", ""),
        (r"/x\.html$", "/x"),
    ],
)
def test_a_regular_expression_s_beginning(pattern: str, beginning: str) -> None:
    """Only what every matching text begins with."""
    assert literal_prefix(pattern) == beginning


PIECE = st.sampled_from(
    ["/", "a", "b", ".", "*", "?", "+", "(", ")", "[(]", "[|]", "|", "$", r"\(", r"\|"]
)


@settings(deadline=None)
@given(pattern=st.lists(PIECE, max_size=8).map("".join), path=PATH)
def test_a_beginning_never_loses_a_path(pattern: str, path: str) -> None:
    """Everything that the expression matches begins with the literal text."""
    try:
        found = re.match(pattern, path)
    except re.error:
        return
    if found:
        assert path.startswith(literal_prefix(pattern))


@pytest.mark.parametrize(
    ("pattern", "path", "taken"),
    [
        ("/(api|auth)/(.*)", "/", False),
        ("/(api|auth)/(.*)", "/auth/x", True),
        ("/api(/|$)(.*)", "/API", True),
        ("/api(/|$)(.*)", "/apix", False),
        ("/", "/any", True),
        ("/(a+)+$", "/b", None),
        ("/(a+)+$", "b", False),
        ("/[a-z]{2}/", "/de/", None),
        (r"/(.*)\1", "/aa", None),
        ("/(?i)x", "/x", None),
        ("/(", "/x", None),
        ("/a?a?a?a?a?a?a?", "/a", None),
        ("/.*.*.*", "/a", None),
        ("/.*", "/" + "a" * LONGEST, None),
    ],
)
def test_an_expression_is_evaluated_only_if_that_is_cheap(
    pattern: str, path: str, *, taken: bool | None
) -> None:
    """Slow or non-portable expressions are unknown."""
    assert expression_matches(pattern, path) is taken


@settings(deadline=1000)
@given(pattern=st.lists(PIECE, max_size=40).map("".join), last=st.sampled_from("a/."))
def test_no_expression_takes_long(pattern: str, last: str) -> None:
    """An Ingress cannot stop the agent."""
    path = "/" + "a" * (LONGEST - 2) + last
    assert expression_matches(pattern, path) in {True, False, None}
