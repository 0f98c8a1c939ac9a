"""Phrases and names that must not come back are found, with their lines."""

from pathlib import Path

import pytest

from tools.prose.find import find

PYTHON = '''\
"""A pod is healthy.

Its page is made
anew, and nobody's.
"""
told = 1  # the balancer
# asks again
URL = f"every {told} comes again"
'''


def offenders(path: Path, text: str) -> list[tuple[int, str]]:
    """Return line and text of every offender in a file with this text."""
    path.write_text(text)
    return [(o.line, o.text) for o in find([path])]


def test_prose_of_python_is_searched_across_line_breaks(tmp_path: Path) -> None:
    """Docstrings, comments, f-strings and names; a phrase may continue on a line."""
    assert sorted(offenders(tmp_path / "a.py", PYTHON)) == [
        (4, "nobody's"),
        (6, "balancer asks"),
        (6, "told"),
        (8, "comes again"),
        (8, "told"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It is a well-known port, and the rule is well documented.",
        "Azure Front Door answers.",
        "Have a look at the log.",
        "The load balancer requests /healthz.",
        "Add a look-alike.",
        "If there is no Ingress, the node is no longer a target.",
    ],
)
def test_plain_english_is_not_an_offender(tmp_path: Path, text: str) -> None:
    """A rule matches no text that writing.md allows."""
    assert offenders(tmp_path / "a.md", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Health checks ask every node",
        "Hetzner's own word",
        "otherwise\nthan the others",
        "all is well again",
        "the log says",
        "it could not be known",
        "the target is no node",
        "the balancer, asked directly, answers well",
    ],
)
def test_a_phrase_of_the_old_dialect_is_an_offender(tmp_path: Path, text: str) -> None:
    """Each is in the left column of writing.md, or breaks one of its rules."""
    assert offenders(tmp_path / "a.md", text)


def test_an_offender_says_where_it_is_and_what_to_write(tmp_path: Path) -> None:
    """As compilers write it, so that editors can jump there."""
    path = tmp_path / "a.md"
    path.write_text("\nA rule, otherwise than before.\n")
    (offender,) = find([path])
    assert str(offender) == f"{path}:2: 'otherwise than': use differently from"


def test_a_module_that_repeats_its_package_is_an_offender(tmp_path: Path) -> None:
    """As in push/push.py."""
    (tmp_path / "push").mkdir()
    assert offenders(tmp_path / "push/push.py", "") == [(1, "push.py")]
    assert offenders(tmp_path / "push/pusher.py", "") == []
