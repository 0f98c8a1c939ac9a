"""Long sentences of Markdown pages are found; code and tables are not read."""

import pytest

from tools.prose.sentences import long_sentences

LONG = " ".join(["word"] * 31)
SHORT = " ".join(["word"] * 20)


def test_a_long_sentence_is_found_on_its_line() -> None:
    """It is shown by its beginning."""
    (found,) = long_sentences(f"# Title\n\nShort.\n{LONG}.\n")
    assert found.line == 4
    assert found.text.startswith("word word")


@pytest.mark.parametrize(
    "page",
    [
        f"{SHORT}. {SHORT}.",
        f"{SHORT}:\n{SHORT}.",
        f"- {SHORT}\n- {SHORT}\n",
        f"| {SHORT} | {SHORT} |\n| {SHORT} | {SHORT} |\n",
        f"## {SHORT}\n{SHORT}.",
        f"{SHORT}\n\n{SHORT}",
        f"```sh\n{LONG}\n```\n",
        f"<!-- {LONG} -->",
        f"Run `{LONG}` once, see [{LONG}](a.md).",
    ],
)
def test_separate_short_parts_are_not_one_sentence(page: str) -> None:
    """Sentences, items, cells and headings end; code and links count as one word."""
    assert list(long_sentences(page)) == []
