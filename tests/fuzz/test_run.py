"""The runner of `make fuzz`: what it sees, what it saves, and a short run of it."""

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.entries import ENTRIES
from fuzz.entries.recorded import dumped
from fuzz.entry import Entry, Kind
from fuzz.results import Results
from fuzz.run import run
from fuzz.watchdog import watched

INPUTS = 3_000
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep the log of thousands of refused inputs out of the test's output."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def fragile(data: bytes) -> None:
    """Crash on one byte, hang on another."""
    if b"!" in data:
        raise LookupError(data)
    while b"?" in data:
        threading.Event().wait(10)


def entry(name: str = "planted") -> Entry:
    """Return an entry that is not safe."""
    return Entry(name=name, seeds=lambda: [b"aaaa!aaaa"], call=fragile)


def test_a_planted_crash_is_counted_saved_and_reduced(tmp_path: Path) -> None:
    """The saved input has only the byte that matters, and crashes again."""
    shown: list[str] = []
    results = run([entry()], 60, 1, shown.append, folder=tmp_path)
    assert results.crashes > 10
    assert results.hangs == 0
    (saved,) = tmp_path.glob("planted/*.bin")
    assert saved.read_bytes() == b"!"
    assert any(f"REPLAY={saved}" in line for line in shown)
    assert watched(entry(), saved.read_bytes()).kind == "crash"


def test_a_planted_hang_is_ended_and_counted(tmp_path: Path) -> None:
    """No `except Exception` can hide it, and the run continues."""
    stuck = Entry(
        name="stuck", seeds=lambda: [b"?"], call=fragile, allowed=(Exception,)
    )
    results = run([stuck], 8, 1, [].append, folder=tmp_path, seconds=0.02)
    assert results.hangs >= 1
    assert results.inputs == 8


def test_an_input_that_takes_too_much_memory_is_a_failure() -> None:
    """As measured by the interpreter, whatever the entry does with it."""
    greedy = Entry(name="greedy", seeds=list, call=lambda _: bytearray(300 * 1024**2))
    outcome = watched(greedy, b"", measure=True)
    assert outcome.failure is not None
    assert outcome.failure.startswith("memory")


def test_the_same_seed_gives_the_same_inputs(tmp_path: Path) -> None:
    """A failure can be found again with the seed alone."""
    runs: list[list[bytes]] = []
    for _ in range(2):
        taken: list[bytes] = []
        one = Entry(name="a", seeds=lambda: [b"seed"], call=taken.append)
        run([one], 50, 7, [].append, folder=tmp_path)
        runs.append(taken)
    assert runs[0] == runs[1]


def test_a_short_run_through_every_entry_finds_nothing(tmp_path: Path) -> None:
    """The seed is fixed; a variable can set another one."""
    shown: list[str] = []
    seed = int(os.environ.get("PARALLAX_FUZZ_SEED", "1"))
    results = run(list(ENTRIES.values()), INPUTS, seed, shown.append, folder=tmp_path)
    assert (results.crashes, results.hangs) == (0, 0), shown
    assert results.inputs >= INPUTS // 2


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(json_values, st.binary(max_size=64))
def test_what_nobody_recorded_is_taken_or_refused_in_words(
    value: object, junk: bytes
) -> None:
    """Any JSON and any bytes, at every entry that expects no checked schema."""
    for one in ENTRIES.values():
        if one.kind is Kind.TYPED:
            continue
        for data in (dumped(value), junk):
            assert watched(one, data).failure is None, one.name


def test_shares_have_the_inputs_of_the_whole(tmp_path: Path) -> None:
    """However many processes there are, a number finds the same input."""
    taken: list[list[bytes]] = []
    for shares in ([(0, 1)], [(0, 2), (1, 2)]):
        found: list[bytes] = []
        one = Entry(name="a", seeds=lambda: [b"seed"], call=found.append)
        for share in shares:
            run([one], 41, 7, [].append, folder=tmp_path, share=share)
        taken.append(sorted(found))
    # Each share calls the recorded input once more.
    assert len(taken[1]) == len(taken[0]) + 1
    assert set(taken[0]) == set(taken[1])


def test_results_of_two_processes_are_one() -> None:
    """Counts are added; the slowest of both is the slowest."""
    whole = Results(inputs=3, guided=1, slowest=(0.1, "a"), known={"a: x"})
    whole.merge(Results(inputs=4, crashes=2, slowest=(0.2, "b"), known={"b: y"}))
    assert (whole.inputs, whole.guided, whole.crashes) == (7, 1, 2)
    assert whole.slowest == (0.2, "b")
    assert whole.known == {"a: x", "b: y"}


def test_every_kind_of_input_of_others_has_an_entry() -> None:
    """As docs/reliability.md lists them."""
    assert {
        "push", "push-gzip", "push-heartbeat", "push-event", "stream-record",
        "stream-payload", "dead-letter", "response", "tls-handshake", "certificate",
        "dns-answer", "log-line", "log-format", "cluster-objects", "watch-line",
        "instructions", "hetzner-json", "targets-yaml", "url", "snapshot", "judged",
        "report-link", "report-event", "overview-link", "metrics-token",
        "metrics-event", "otlp-headers", "otlp-answer", "status-file", "mcp-call",
        "rule-pattern", "rule-json",
    } <= set(ENTRIES)  # fmt: skip
