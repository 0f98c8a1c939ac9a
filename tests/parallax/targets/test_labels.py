"""Specification of severity, labels and runbooks: `parallax.targets.labels`."""

from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.target import Severity, Target
from parallax.model.wire import decode, encode
from parallax.targets import load
from parallax.targets.labels import MOST, read_labels, runbook_problem

TARGET = Target(name="a", url="https://a.example/")


def read(tmp_path: Path, text: str) -> Target:
    """Return the only target of a file."""
    path = tmp_path / "t.yaml"
    path.write_text(text)
    (target,) = load(path)
    return target


def test_a_target_has_its_own_severity_labels_and_runbook(tmp_path: Path) -> None:
    """Labels come sorted, whatever their order in the file."""
    target = read(
        tmp_path,
        "targets:\n- name: a\n  url: https://a.example/\n  severity: info\n"
        "  labels: {tier: web, team: shop}\n  runbook: https://wiki.example/a?b#c-d\n",
    )
    assert target.severity is Severity.INFO
    assert target.labels == (("team", "shop"), ("tier", "web"))
    assert target.runbook == "https://wiki.example/a?b#c-d"


def test_defaults_give_the_labels_that_a_target_lacks(tmp_path: Path) -> None:
    """Its own value of a label replaces the default's."""
    target = read(
        tmp_path,
        "defaults: {severity: warning, labels: {team: shop, tier: web}}\n"
        "targets:\n- {name: a, url: 'https://a.example/', labels: {tier: batch}}\n",
    )
    assert target.severity is Severity.WARNING
    assert target.labels == (("team", "shop"), ("tier", "batch"))


def test_a_target_without_them_is_critical() -> None:
    """Snapshots of earlier releases have none of the three."""
    old = {"name": "a", "url.full": "https://a.example/"}
    assert decode(Target, old) == TARGET
    assert (TARGET.severity, TARGET.labels, TARGET.runbook) == ("critical", (), None)


@given(st.dictionaries(st.text(max_size=70), st.text(max_size=70), max_size=12))
def test_any_mapping_gives_labels_that_survive_the_wire_or_a_problem(
    labels: dict[str, str],
) -> None:
    """Labels without a problem are ASCII, short, and few."""
    entry = {"name": "a", "url": "https://a.example/", "labels": labels}
    problems, read = read_labels(entry, ())
    target = decode(Target, read)
    assert decode(Target, encode(target)) == target
    assert bool(problems) is (dict(target.labels) != labels)
    assert len(target.labels) <= MOST
    assert all(f"{key}{value}".isascii() for key, value in target.labels)


@given(st.one_of(st.none(), st.integers(), st.lists(st.text())))
def test_labels_that_are_no_mapping_are_one_problem(labels: object) -> None:
    """The rest of the entry is still read."""
    problems, rest = read_labels({"labels": labels, "name": "a"}, ("targets", 0))
    assert [at for at, _ in problems] == [("targets", 0, "labels")]
    assert cast("dict[str, str]", rest) == {"name": "a"}


@pytest.mark.parametrize(
    "url",
    [
        "wiki.example/a",
        "javascript:alert(1)",
        "https://user:p@wiki.example/",
        "https://wiki.example/a b",
        "https://wiki.example/#a\nb",
        "https://wiki.example/#\N{RIGHT-TO-LEFT OVERRIDE}",
        "https://wiki.example/" + "a" * 500,
        7,
    ],
)
def test_a_runbook_that_no_mail_may_carry_is_refused(url: object) -> None:
    """It is printed in mails, and read by programs."""
    assert runbook_problem(url)
