"""Specification of `lab.demo.runs_page`: docs/lab-runs.md."""

from dataclasses import replace

from lab.demo.runs_page import p95, page
from tests.lab.demo.test_runs import MAIL, run


def test_each_run_is_in_its_cell_and_a_miss_says_what_was_named() -> None:
    """The right runs show seconds; the others their verdict, and a line below."""
    right = replace(run(), case="keybuzz", commit="abc")
    wrong = replace(
        run("lb-no-target", "wrong"), case="keybuzz", named={"api": "dns-name-gone"}
    )
    rows = page([right, wrong], "2 cores").splitlines()
    found = {row.split("|")[1].strip(): row for row in rows if row.startswith("| `")}
    assert found["`pod-too-slow`"].split("|")[2].strip() == "18"
    assert found["`lb-no-target`"].split("|")[2].strip() == "**wrong**"
    assert "- keybuzz, `lb-no-target`: wrong. api: `dns-name-gone`." in rows
    assert "1 of 2 runs named the injected cause and no other." in rows


def test_the_figures_are_of_mails_and_of_those_with_enough_evidence() -> None:
    """A mail without a cause, or with sources silent, counts in the first row only."""
    late = replace(MAIL, complete=False, seconds=60.0)
    own = replace(MAIL, subject="stack/probe", seconds=67.0)
    text = page([replace(run(), mails=[MAIL, late, own])], "2 cores")
    assert "| mails about targets | 2 | 39.1 | 57.9 | 60.0 |" in text
    assert "| mails about Parallax itself | 1 | 67.0 | 67.0 | 67.0 |" in text
    assert "| where evidence suffices | 1 | 18.2 | 18.2 | 18.2 |" in text


def test_p95_is_within_the_values() -> None:
    """Of one value it is that value."""
    assert p95([3.0]) == 3.0
    assert p95([float(n) for n in range(101)]) == 95.0
