"""Mutants: a sample is the same for a seed, and spread over all modules."""

from tools.mutation.mutants import is_wording, reported, sample
from tools.mutation.tree import CHANGES, ROOT

NAMES = [
    f"parallax.story.{module}.x_one__mutmut_{number}"
    for module, count in (("large", 90), ("small", 10))
    for number in range(count)
]


def test_a_seed_always_has_the_same_sample() -> None:
    """Another seed has another one."""
    assert sample(NAMES, 30, 1) == sample(NAMES, 30, 1)
    assert sample(NAMES, 30, 1) != sample(NAMES, 30, 2)


def test_each_module_is_in_a_sample() -> None:
    """A small module is not left out."""
    modules = [name.split(".")[2] for name in sample(NAMES, 12, 1)]
    assert modules.count("small") == modules.count("large")


def test_without_a_size_all_are_taken() -> None:
    """And when there are fewer than asked for."""
    assert sample(NAMES, 0, 1) == sample(NAMES, 500, 1) == NAMES


def test_the_copied_conftest_has_the_lines_that_are_changed() -> None:
    """The emulator, the names and the profile of hypothesis differ in the copy."""
    text = (ROOT / "tests/conftest.py").read_text()
    assert [line for line in CHANGES if line not in text] == []


def test_the_mutants_of_a_report_are_read_again() -> None:
    """Their changed lines are not names."""
    lines = [f"survived: {NAMES[0]}", "-    a: b__mutmut_1", "+    None", ""]
    assert reported("\n".join([*lines, f"no-tests: {NAMES[1]}"])) == NAMES[:2]


def test_letters_of_a_sentence_are_wording_and_a_key_is_not() -> None:
    """Who reads a key reads it letter by letter."""
    for old, new in (
        ('    text="Look here.",', '    text="LOOK HERE.",'),
        ('    text="Look here.",', '    text="XXLook here.XX",'),
    ):
        assert is_wording([f"-{old}", f"+{new}"])
    for old, new in (
        ('    item["kind"]', '    item["XXkindXX"]'),
        ('    say("a b", 1)', '    say("a b", 2)'),
        ('    say("a b")', "    say(None)"),
    ):
        assert not is_wording([f"-{old}", f"+{new}"])
