"""The tables of the page: each client and function, compared with its peer."""

from dataclasses import replace

from bench.peers import tables
from bench.peers.coldstart import BARE
from bench.peers.functions import Work
from bench.peers.sample import Sample
from bench.peers.turns import Measured


def sample(name: str, value: float, unit: str = "ms CPU") -> Sample:
    """Make a sample of one round."""
    return Sample(name, unit, (value,))


BOTH = {"parallax": sample("parallax", 0.9), "blackbox_exporter": sample("x", 1.0)}
FIELDS = ("cpu", "spaced_cpu", "lone", "lone_tls", "spaced", "spaced_tls_p95")
MEASURED = Measured(BOTH, BOTH, BOTH, BOTH, BOTH, BOTH)
WORK = Work(sample("report", 4.0), None, sample("target", 2.0), sample("round", 0.5))


def test_clients_are_sorted_and_compared_with_the_exporter() -> None:
    """The fastest comes first, with its rate on one core."""
    first, second = tables.clients(MEASURED).splitlines()[2:]
    assert first == "| **Parallax's probe** | 0.90 | 0.90 to 0.90 | 0.90 | 1,111 |"
    assert "| 1.00 | 1,000 |" in second


def test_without_the_exporter_the_own_figures_remain() -> None:
    """Nothing is compared; the table shows that it is not installed."""
    alone = {"parallax": BOTH["parallax"]}
    text = tables.readings(replace(MEASURED, **dict.fromkeys(FIELDS, alone)))
    assert text.count("not installed") == 5
    assert "| 0.90 | 0.90 to 0.90 |" in text


def test_a_start_is_counted_in_bare_interpreters() -> None:
    """Functions with a goal show it beside their ratio."""
    text = tables.starts([sample(BARE, 6.0), sample("probe", 180.0)])
    assert text.splitlines()[-1] == "| probe | 180 | 180 to 180 | 30.0 | 33 |"


def test_a_heartbeat_that_is_refused_is_named() -> None:
    """It has no figure, rather than one of a rejection."""
    assert "| ingest: a heartbeat | refused by this version | | |" in tables.work(WORK)
    alive = replace(WORK, heartbeat=sample("heartbeat", 0.5))
    assert "| ingest: a heartbeat | 0.50 | 0.50 to 0.50 | 2,000 per s |" in tables.work(
        alive
    )


def test_the_chart_shows_clients_readings_and_starts() -> None:
    """The bare interpreter is the unit, not a bar."""
    shown = tables.panels(MEASURED, [sample(BARE, 6.0), sample("probe", 180.0)])
    names = [[one.name for one in panel.samples] for panel in shown]
    assert names == [["parallax", "x"], ["parallax", "x"], ["probe"]]
