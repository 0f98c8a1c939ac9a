"""Rows of the goals, and of what keeps up, from counted runs."""

from bench.cost.goals import GOALS, goals
from bench.cost.keeping_up import keeping_up
from parallax.cost import read_measured, read_prices


def test_a_goal_is_reached_if_both_runs_reach_it() -> None:
    """Without a second run, the first one decides."""
    measured, prices = read_measured(), read_prices("eu-central-1")
    rows = list(goals(measured, None, prices))
    assert len(rows) == 1 + len(GOALS)
    assert all(row[2] == "" for row in rows[1:])
    assert list(goals(measured, measured, prices))[1][1:3] == (rows[1][1],) * 2


def test_only_large_stacks_have_a_row() -> None:
    """A run of an earlier version has no load."""
    load = {"invocations": 100.0, "longest_ms": 1530.0, "at_once": 3.0}
    run = {
        "targets": 500,
        "nodes": 100,
        "failing": 0,
        "functions": {"IngestFunction": load, "ProbeFunction": load},
        "streams": {"DiagnoseFunction": {"records": 4.0, "busiest_seconds": 0.59}},
    }
    _, *rows = keeping_up([run, run | {"targets": 2}, {"targets": 500, "nodes": 100}])
    assert rows == [("500, 100", "none", "1.5", "4", "0.6", "100", "3")]
