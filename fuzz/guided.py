"""Guided: inputs that coverage chooses, by atheris (libFuzzer).

In: an entry's name, libFuzzer's options, a folder with a corpus. Out: its exit status;
it saves the input of a crash. It does not: return, since libFuzzer ends the process.
"""

import contextlib
import sys
from typing import Any, cast

import atheris

FUZZER = cast("Any", atheris)  # it has no types

with FUZZER.instrument_imports(include=["parallax", "parallax_agent"]):
    from fuzz.entries import ENTRIES


def main() -> None:
    """Run `python -m fuzz.guided ENTRY [libFuzzer's options] CORPUS`."""
    entry = ENTRIES[sys.argv[1]]

    def take(data: bytes) -> None:
        with contextlib.suppress(*entry.allowed):
            entry.call(data)

    FUZZER.Setup([sys.argv[0], *sys.argv[2:]], take)
    FUZZER.Fuzz()


if __name__ == "__main__":
    main()
