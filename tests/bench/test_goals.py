"""Goals: both runs have to reach them."""

from bench.goals import GOALS, LONE_TOTAL, MEMORY, START, table, values
from bench.peers.coldstart import BARE
from bench.peers.sample import Sample
from bench.peers.turns import Measured
from bench.speed.figure import Figure


def test_a_run_has_its_ratios_and_the_figures_of_the_agent() -> None:
    """What has no goal is left out; without a peer there is no ratio."""
    ours, peer = (Sample("", "ms", (value,)) for value in (2.0, 1.6))
    both, alone = {"parallax": ours, "blackbox_exporter": peer}, {"parallax": ours}
    clients = Measured(alone, both, both, both, both, both)
    starts = [Sample(BARE, "ms", (6.0,)), Sample("notify", "ms", (90.0,))]
    found = values(clients, starts, [Figure(MEMORY, 91, "MB", 100), Figure("a", 1, "")])
    assert found == {LONE_TOTAL: 1.25, MEMORY: 91}


def test_a_goal_that_one_run_missed_is_not_reached() -> None:
    """The other one may be chance."""
    name = START.format("probe")
    rows = table({name: 32.0}, {name: 34.0}).splitlines()
    assert len(rows) == 2 + len(GOALS)
    assert f"| {name} | 32.0 | 34.0 | 33 x | not reached |" in rows
    assert f"| {name} | 32.0 | 31.0 | 33 x | reached |" in table(
        {name: 32.0}, {name: 31.0}
    )
