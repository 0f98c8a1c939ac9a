"""Who reports a change: two nodes of many, others for another target."""

from parallax_agent.pace.rank import REPORTERS, reports_changes

NAMES = [f"node-{number:03}" for number in range(500)]


def test_two_of_many_nodes_report_a_change() -> None:
    """A rollout in a large cluster costs two nodes' reports."""
    reporters = [n for n in NAMES if reports_changes("shop", n, NAMES)]
    assert len(reporters) == REPORTERS
    others = [n for n in NAMES if reports_changes("api", n, NAMES)]
    assert others != reporters


def test_without_a_list_every_node_reports() -> None:
    """Each may be the only one that is left."""
    assert reports_changes("shop", "node-1", [])
