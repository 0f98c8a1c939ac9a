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
