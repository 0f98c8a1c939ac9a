"""Files that would end, exhaust or mislead the reader: each gives one clear error."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.targets import TargetsError, load
from parallax.targets.file import LARGEST
from parallax.targets.yaml_lines import MOST_VALUES

ONE = "targets: [{name: a, url: 'https://a.example/'}]\n"


def written(tmp_path: Path, content: str | bytes) -> Path:
    """Return a file with this content."""
    path = tmp_path / "targets.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def error(tmp_path: Path, content: str | bytes) -> str:
    """Return the error of a file, which comes soon."""
    path = written(tmp_path, content)
    began = time.process_time()
    with pytest.raises(TargetsError) as caught:
        load(path)
    assert time.process_time() - began < 20
    return f"{caught.value}".replace(f"{path}", "targets.yaml")


def laughs(opening: str, closing: str) -> str:
    """Return nested aliases that stand for a billion values."""
    lines = [f"a0: &a0 {opening}x{closing}"]
    for level in range(1, 10):
        inner = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} [{inner}]")
    return "\n".join([*lines, ONE])


def merges() -> str:
    """Return nested merge keys of mappings without a key."""
    lines = ["a0: &a0 {}"]
    for level in range(1, 10):
        inner = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} {{<<: [{inner}]}}")
    return "\n".join([*lines, ONE])


@pytest.mark.parametrize("content", [laughs("[", "]"), laughs("", ""), merges()])
def test_aliases_that_stand_for_billions_are_refused(
    tmp_path: Path, content: str
) -> None:
    """Each is counted with all that it stands for."""
    expected = f"targets.yaml:1:1: expected at most {MOST_VALUES} values"
    assert error(tmp_path, content).startswith(expected)


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 50_000 + "x",
        "\n".join(" " * n + "a:" for n in range(2000)),
        "a: &a [*a]\n",
        "targets: &t {<<: *t}\n",
        "\n".join(
            ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 3000))]
        ),
    ],
)
def test_deep_nesting_and_loops_are_refused(tmp_path: Path, content: str) -> None:
    """The process does not end, and no other error escapes."""
    assert error(tmp_path, content).startswith("targets.yaml:")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """It is a wrong file; the limit is named."""
    content = "# " + "x" * LARGEST
    assert error(tmp_path, content) == "targets.yaml: expected at most 4 MiB"


def test_a_thousand_targets_are_read(tmp_path: Path) -> None:
    """The limits are far above the largest real file."""
    entry = "  - {{name: a-{0}, url: 'https://a{0}.example/', healthy: *rule}}\n"
    rule = "healthy: &rule {status_codes: [2xx]}"
    head = f"targets:\n  - {{name: a, url: 'https://a.example/', {rule}}}\n"
    content = head + "".join(entry.format(n) for n in range(1000))
    assert len(load(written(tmp_path, content))) == 1001


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"targets:\n  - name: \xff\n", ":2:11: expected UTF-8 text: "),
        (ONE.encode("utf-16"), ":1:1: expected UTF-8 text: "),
        ("targets:\n\t- name: a\n", ":2:1: expected YAML: indent with spaces"),
        ("targets:\n  - name: a\n\turl: x\n", ":3:1: expected YAML: indent with spa"),
        ('targets: "\0"\n', ":1:11: expected YAML: character U+0000 is not allowed"),
        ("# \x07\ntargets: []\n", ":1:3: expected YAML: character U+0007"),
        ("targets: [1\n", ":2:1: expected YAML: "),
        ("targets: *nowhere\n", ":1:10: expected YAML: found undefined alias"),
        ("2026-02-30", ":1:1: expected a valid value: day is out of range"),
        ("!x y", ":1:1: expected a plain value: "),
        ("--- {}\n--- {}\n", ":2:1: expected YAML: "),
        ("targets: [}\n", ":1:11: expected YAML: "),
        ("", ":1:1: expected a mapping with the key `targets`"),
        ("%YAML 9.9\n---\n{}", ":1:1: expected YAML: found incompatible YAML document"),
        (
            ONE.replace("name: a", "name: a, name: b"),
            ":1:21: targets[0].name: expected",
        ),
        ("? {a: b}\n: c\n" + ONE, "expected one of defaults, targets"),
    ],
)
def test_a_file_that_is_no_targets_file_is_placed(
    tmp_path: Path, content: str | bytes, expected: str
) -> None:
    """Line and column of the first thing that is wrong."""
    assert expected in error(tmp_path, content)


def test_the_begin_of_an_unclosed_part_is_named(tmp_path: Path) -> None:
    """The end of the file says little about what is missing."""
    text = error(tmp_path, "targets:\n  - {name: a,\n     url: x\n")
    assert "that begins at line 2, column 5" in text


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    """Windows editors write one; columns do not count it."""
    assert load(written(tmp_path, b"\xef\xbb\xbf" + ONE.encode()))
    bad = b"\xef\xbb\xbf" + ONE.replace("https", "ftp").encode()
    assert ":1:26: targets[0].url" in error(tmp_path, bad)


def test_all_problems_of_a_file_come_at_once(tmp_path: Path) -> None:
    """Of keys, types, values and windows, in the order of the file."""
    content = """\
targets:
  - name: A
    url: https://a.example/
    helthy: {}
    healthy: {status_codes: [2xy], json: {"a..b": 1}, max_second: 1}
    severity: warn
    labels: {team: 7}
    maintenance:
      - {starts_at: 2026-01-01T00:00:00Z, ends_at: 2025-01-01T00:00:00Z, reason: r}
  - name: b
    url: https://b.example/
    reached: {cdn: 5, clustre: x}
    timeout_seconds: 90
"""
    found = [line.split(": ")[1] for line in error(tmp_path, content).splitlines()]
    assert found == [
        "targets[0].name",
        "targets[0].helthy",
        "targets[0].healthy.status_codes[0]",
        "targets[0].healthy.json.a..b",
        "targets[0].healthy.max_second",
        "targets[0].severity",
        "targets[0].labels.team",
        "targets[0].maintenance[0].ends_at",
        "targets[1].reached.cdn",
        "targets[1].reached.clustre",
        "targets[1].timeout_seconds",
    ]


_KEYS = """
name url healthy json headers login method << targets defaults maintenance
status_codes body_matches request_headers
"""
KEYS = st.sampled_from(_KEYS.split())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_any_value_of_any_key_gives_targets_or_placed_errors(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    """No content ends with another exception, and each line has its place."""
    path = tmp_path_factory.mktemp("any") / "targets.yaml"
    entry = {"name": "a", "url": "https://a.example/"}
    if isinstance(value, dict):
        entry |= value
    path.write_text(json.dumps({"targets": [entry]}), encoding="utf-8")
    try:
        load(path)
    except TargetsError as caught:
        for line in f"{caught}".splitlines():
            assert line.removeprefix(f"{path}:").split(":")[0] == "1"
