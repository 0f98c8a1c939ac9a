"""Specification of equivalences, scores and the page."""

from pathlib import Path

import pytest

from bench.public_data import page
from bench.public_data.__main__ import KNOWN, main
from bench.public_data.equivalences import FOLDER, Equivalence, Match, table
from bench.public_data.score import Result, Results
from faults import TABLE
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.reason import Reason
from tests.bench.public_data import made

ROW = Equivalence(
    label="quota",
    causes=frozenset({"pods-not-ready", "pod-refuses-connection"}),
    own=frozenset({"pod-quota-exceeded"}),
    coarser=frozenset({"pods-not-created", "pod-refuses-connection"}),
    why="made",
)


@pytest.mark.parametrize(
    ("cause", "reason", "match"),
    [
        ("pods-not-ready", "pod-quota-exceeded", Match.OWN),
        ("pods-not-ready", "pods-not-created", Match.COARSER),
        ("pod-refuses-connection", None, Match.COARSER),
        ("pods-not-ready", None, Match.NAMED),
        ("lb-no-target", "pod-quota-exceeded", Match.WRONG),
        (NOT_ESTABLISHED, None, Match.ABSTAINED),
        ("none", None, Match.ABSTAINED),
    ],
)
def test_a_judgement_is_compared_with_the_label(
    cause: str, reason: str | None, match: Match
) -> None:
    """A cause that the label does not allow is wrong, whatever its reason."""
    assert ROW.match(cause, reason) is match


@pytest.mark.parametrize("name", sorted(p.stem for p in FOLDER.glob("*.yaml")))
def test_tables_hold_only_ids_that_exist(name: str) -> None:
    """Of causes and of reasons; each row states why."""
    causes = {row.cause for row in TABLE} | {NOT_ESTABLISHED, "none"}
    for row in table(name).values():
        assert row.causes <= causes, row.label
        assert row.own | row.coarser <= causes | set(Reason), row.label
        assert not row.own & row.coarser, row.label
        assert row.why


def test_the_page_has_a_section_for_each_data_set() -> None:
    """A new run replaces its own section and no other."""
    results = Results(
        judged=[
            Result(
                id="1",
                label="quota",
                cause="pods-not-ready",
                reason="pod-quota-exceeded",
                match=Match.OWN,
            )
        ]
    )
    text = page.section("B", "About b.", results, {"quota": ROW})
    assert "| own label | 100.0 % (1 of 1;" in text
    assert "| quota | 1 | 1 | pods-not-ready: pod-quota-exceeded 1 |" in text
    whole = page.page(page.page("", "B", text), "A", "## A\n\nAbout a.\n")
    assert whole.startswith("# Accuracy on public data")
    assert whole.index("## A") < whole.index("## B")
    again = page.page(whole, "B", "## B\n\nNew.\n")
    assert "About a." in again
    assert "About b." not in again
    assert page.page(again, "B", "## B\n\nNew.\n") == again


def test_it_measures_a_clone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures on the terminal, progress on standard error, exit code 0."""
    clone = made.opsbench(tmp_path, "mysql_invalid_port")
    assert main([str(clone), "--no-page"]) == 0
    shown = capsys.readouterr()
    assert "| mysql_invalid_port | 1 |" in shown.out
    assert "1 of 1 cases" in shown.err


def test_a_wrong_blame_has_an_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The case is listed."""
    clone = made.opsbench(tmp_path, "service_selector_mismatch")
    assert main([str(clone), "--no-page"]) == 1
    assert "wrong: shop/made/1 (service_selector_mismatch)" in capsys.readouterr().out


def test_without_data_it_says_what_it_expects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing argument, a folder that is missing, another repository."""
    other = made.repository(tmp_path / "other", {"a.txt": "a"})
    for words in ([], [str(tmp_path / "none")], [str(other)]):
        assert main(words) == 2
        assert "expected" in capsys.readouterr().err
    assert len(KNOWN) >= 1
