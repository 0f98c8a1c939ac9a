"""Load: how busy functions and streams are."""

from bench.cost.load import Load, at_once


def test_invocations_that_overlap_run_at_once() -> None:
    """One that begins when another one ends does not."""
    assert at_once([]) == 0
    assert at_once([(0.0, 1000.0), (1.0, 1000.0)]) == 1
    assert at_once([(0.5, 1000.0), (0.0, 1000.0), (1.2, 500.0), (1.3, 500.0)]) == 3


def test_a_function_has_its_numbers_of_a_minute() -> None:
    """And the longest of its invocations."""
    load = Load()
    load.add("Probe", 0.0, 1500.0)
    load.add("Probe", 60.0, 500.0)
    assert load.functions(2)["Probe"] == {
        "invocations": 1.0,
        "busy_seconds": 1.0,
        "longest_ms": 1500.0,
        "at_once": 1.0,
    }
    load.reset()
    assert load.functions(2) == {}


def test_the_busiest_shard_of_a_stream_counts() -> None:
    """Another shard is judged at the same time by another invocation."""
    load = Load()
    for shard, records, ms in ((0, 3, 100.0), (1, 1, 400.0), (0, 2, 100.0)):
        load.add("Diagnose", 0.0, ms)
        load.batch("Diagnose", shard, records)
    found = load.streams(1)["Diagnose"]
    assert found == {"records": 6.0, "busiest_seconds": 0.4}
