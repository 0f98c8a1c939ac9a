"""Parts: what is mutated, and which tests judge the mutants.

In: the name of a part. Out: its modules and tests, as paths.
It does not: choose the tests of one mutant; mutmut does, by what each test calls.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Modules below `parallax`, as patterns, and the tests that mirror them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


PARTS = {
    "story": Part(
        modules=("parallax/story/*",),
        tests=(
            "tests/parallax/story",
            "tests/parallax/incidents/test_sweep.py",
            "tests/parallax/incidents/test_shrink.py",
        ),
    ),
    "group": Part(modules=("parallax/groups/*",), tests=("tests/parallax/groups",)),
    "ingest": Part(
        modules=("parallax/ingest/*",),
        tests=("tests/parallax/ingest", "tests/functions/ingest"),
    ),
    "causes": Part(
        modules=("parallax/causes/*",),
        tests=("tests/parallax/causes", "tests/parallax/rule"),
    ),
}
