"""Intervals, defaults, merged mappings and disabled targets of a targets file."""

import re
from pathlib import Path

import pytest

from parallax.model.target import Reached
from parallax.targets import TargetsError, load
from parallax.targets.interval import seconds, text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("30s", 30),
        (30, 30),
        ("60s", 60),
        ("1m", 60),
        ("90 m", None),
        ("15m", 900),
        ("1h", 3600),
        (3600.0, 3600),
        ("45s", None),
        ("90s", None),
        (61, None),
        ("2h", None),
        (0, None),
        (-60, None),
        (True, None),
        ("", None),
        ("1d", None),
        (None, None),
        (float("nan"), None),
        ([], None),
    ],
)
def test_an_interval_is_half_a_minute_or_whole_minutes(
    written: object, expected: float | None
) -> None:
    """Up to an hour; anything else is an error."""
    assert seconds(written) == expected


@pytest.mark.parametrize("written", ["30s", "1m", "15m", "1h"])
def test_an_interval_is_shown_as_it_is_written(written: str) -> None:
    """In its largest whole unit."""
    number = seconds(written)
    assert number is not None
    assert text(number) == written


FILE = """\
defaults:
  interval: 5m
  reached: {load_balancer: lb, cluster: prod}
targets:
  - &front
    name: front
    url: https://front.example/
    reached: {service: front}
  - <<: *front
    name: back
    interval: 30s
  - name: old
    url: https://old.example/
    enabled: false
"""


def loaded(
    tmp_path: Path, content: str, *, disabled: bool = False
) -> tuple[object, ...]:
    """Load a file with this content."""
    path = tmp_path / "targets.yaml"
    path.write_text(content)
    return load(path, disabled=disabled)


def test_defaults_and_merged_mappings_complete_a_target(tmp_path: Path) -> None:
    """A mapping is completed key by key; the target's own keys win."""
    path = tmp_path / "targets.yaml"
    path.write_text(FILE)
    front, back = load(path)
    reached = Reached(load_balancer="lb", cluster="prod", service="front")
    assert (front.interval, front.reached) == (300.0, reached)
    assert (back.name, back.url, back.interval) == (
        "back",
        "https://front.example/",
        30.0,
    )
    assert back.reached == reached


def test_a_disabled_target_is_as_good_as_absent(tmp_path: Path) -> None:
    """The command line shows it."""
    assert len(loaded(tmp_path, FILE)) == 2
    assert len(loaded(tmp_path, FILE, disabled=True)) == 3


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("5m", "90s", "2: defaults.interval: expected 30s, or whole minutes"),
        ("cluster: prod", "cluster: 7", "3: defaults.reached.cluster: expected"),
        ("cluster: prod", "klusters: a", "3: defaults.reached.klusters: expected one"),
        ("interval: 5m", "name: x", "2: defaults.name: expected one of"),
        ("enabled: false", "enabled: 7.5", "14: targets[2].enabled: expected"),
        ("url: https://front", "url: front", "7: targets[0].url: expected"),
        ("<<: *front", "<<: [*front, 7]", "9: targets[1].<<: expected a mapping"),
        ("interval: 30s", "interval: 45s", "11: targets[1].interval: expected"),
        ("url: https://old", "ulr: https://old", "12: targets[2].url: expected a"),
    ],
)
def test_an_error_names_the_line_where_the_value_is_written(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    """In the defaults, in the merged mapping, or in the target; each once."""
    with pytest.raises(TargetsError) as caught:
        loaded(tmp_path, FILE.replace(old, new, 1))
    lines = f"{caught.value}".splitlines()
    at, text = expected.split(": ", 1)
    found = re.compile(rf"targets\.yaml:{at}:\d+: {re.escape(text)}")
    assert sum(found.search(line) is not None for line in lines) == 1


def test_defaults_that_are_no_mapping_are_reported(tmp_path: Path) -> None:
    """The targets are checked all the same."""
    with pytest.raises(TargetsError, match=r":1:11: defaults: expected a mapping"):
        loaded(tmp_path, "defaults: 7\ntargets: [{name: a, url: 'https://a.example/'}]")


@pytest.mark.parametrize("deep", ["[" * 40_000, "[" * 40_000 + "]" * 40_000])
def test_yaml_that_is_nested_too_deeply_is_an_error(tmp_path: Path, deep: str) -> None:
    """Libyaml would end the process."""
    with pytest.raises(TargetsError, match="expected YAML"):
        loaded(tmp_path, f"targets: {deep}")


def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    """The functions keep it as long as it stays the same."""
    assert len(loaded(tmp_path, FILE)) == 2
    assert len(loaded(tmp_path, FILE.replace("enabled: false", "interval: 1m"))) == 3
