"""Guided: inputs that coverage chooses, by atheris (libFuzzer).

In: a door's name, a count, a seed, a folder with a corpus. Out: libFuzzer's exit status;
it saves the input of a crash. It does not: return, since libFuzzer ends the process.
"""

import sys

import atheris

with atheris.instrument_imports(include=["parallax", "parallax_agent"]):
    from fuzz.doors import DOORS


def main() -> None:
    """Run `python -m fuzz.guided DOOR [libFuzzer's options] CORPUS`."""
    door = DOORS[sys.argv[1]]

    def take(data: bytes) -> None:
        try:
            door.call(data)
        except door.allowed:
            pass

    atheris.Setup([sys.argv[0], *sys.argv[2:]], take)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
