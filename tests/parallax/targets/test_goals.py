"""Specification of `slo` and `public` in the targets file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.target import Public, Target
from parallax.model.wire import decode, encode
from parallax.targets import TargetsError, load
from parallax.targets.rules import rules

ENTRY = "targets:\n- name: a\n  url: https://a.example/\n"


def read(tmp_path: Path, text: str) -> Target:
    """Return the only target of a file."""
    path = tmp_path / "t.yaml"
    path.write_text(text)
    (target,) = load(path)
    return target


def test_a_target_has_a_goal_and_a_public_title(tmp_path: Path) -> None:
    """Both survive the wire, as in a snapshot."""
    text = f"{ENTRY}  slo: 99.95\n  public: {{title: Shop, group: Web, url: true}}\n"
    target = read(tmp_path, text)
    assert target.slo == 99.95
    assert target.public == Public(title="Shop", group="Web", url=True)
    assert decode(Target, encode(target)) == target


def test_defaults_give_a_goal(tmp_path: Path) -> None:
    """A target's own goal replaces it."""
    assert read(tmp_path, f"defaults: {{slo: 99.9}}\n{ENTRY}").slo == 99.9
    assert read(tmp_path, f"defaults: {{slo: 99.9}}\n{ENTRY}  slo: 99\n").slo == 99


def test_a_target_of_an_earlier_release_has_neither() -> None:
    """Snapshots without the two fields stay readable."""
    target = decode(Target, {"name": "a", "url.full": "https://a.example/"})
    assert (target.slo, target.public) == (None, None)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("  slo: 100", "targets[0].slo: expected a percentage from 50 to 99.999"),
        ("  slo: 0.999", "targets[0].slo: expected a percentage"),
        ("  slo: 99.9%", "targets[0].slo: expected a percentage"),
        ("  public: true", "targets[0].public: expected a mapping such as"),
        ("  public: {group: Web}", "targets[0].public.title: expected a value"),
        ("  public: {title: ''}", ".public.title: expected text of 1 to 80"),
        ("  public: {title: A, name: b}", ".public.name: expected one of title"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(
    tmp_path: Path, lines: str, problem: str
) -> None:
    """And with what was expected."""
    with pytest.raises(TargetsError) as raised:
        read(tmp_path, f"{ENTRY}{lines}\n")
    assert problem in str(raised.value)


@given(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=9)),
    st.one_of(st.none(), st.text(), st.dictionaries(st.text(), st.text())),
)
def test_any_value_is_accepted_or_a_problem(slo: object, public: object) -> None:
    """Never another exception."""
    entry = {"name": "a", "url": "https://a.example/", "slo": slo, "public": public}
    assert all(text for _, text in rules(entry, ()))
