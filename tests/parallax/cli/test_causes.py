"""`parallax causes`: the catalog in a terminal."""

import json

import pytest
from typer.testing import CliRunner

from parallax.causes import CAUSES
from parallax.cli import app


def test_every_cause_has_its_line() -> None:
    """All causes are listed, in the order in which they are judged."""
    output = CliRunner().invoke(app, ["causes"]).stdout.splitlines()
    assert [line.split()[0] for line in output] == [cause.id for cause in CAUSES]


def test_one_cause_is_explained() -> None:
    """A person on call reads what the name in the mail means."""
    output = CliRunner().invoke(app, ["causes", "lb-no-target"]).stdout
    assert "Meaning" in output
    assert "Mitigation" in output


def test_the_catalog_is_data_too() -> None:
    """With --json each cause is an object with class and hop."""
    causes = json.loads(CliRunner().invoke(app, ["causes", "--json"]).stdout)
    first = causes[0]
    assert (first["cause"], first["class"]) == (CAUSES[0].id, CAUSES[0].class_)


def test_a_cause_that_does_not_exist_is_refused() -> None:
    """The error names what was likely meant; exit 2."""
    result = CliRunner().invoke(app, ["causes", "lb-no-targets"])
    assert result.exit_code == 2
    assert "lb-no-target" in result.stderr


@pytest.mark.parametrize("wrong", ["nope", "lb", "lb-no-targets", "pod", ""])
def test_an_unknown_cause_is_not_answered_with_the_whole_list(wrong: str) -> None:
    """At most three ids are suggested, and the command that lists all is named."""
    result = CliRunner().invoke(app, ["causes", wrong or "\t"])
    assert result.exit_code == 2
    assert "`parallax causes` lists all" in result.stderr
    assert sum(cause.id in result.stderr for cause in CAUSES) <= 4
    assert result.stderr.count(" or ") <= 2


def test_a_part_of_an_id_suggests_what_holds_it() -> None:
    """A part of the id is enough."""
    result = CliRunner().invoke(app, ["causes", "overlay"])
    assert "did you mean overlay-between-nodes-broken?" in result.stderr


@pytest.mark.parametrize("name", ["not-established", "monitor-blind"])
def test_what_is_not_a_cause_is_explained_without_suggestions(name: str) -> None:
    """A finding may state these in place of a cause; no other id is suggested."""
    result = CliRunner().invoke(app, ["causes", name])
    assert result.exit_code == 2
    assert f"{name} is not a cause" in result.stderr
    assert "did you mean" not in result.stderr
