"""Sentences: the length of each sentence in a Markdown page.

In: the text of a page. Out: sentences of more than 30 words, with their lines.
It does not: read code blocks; inline code and a link each count as one word.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from tools.prose.texts import Text

LIMIT = 30
"""docs/writing.md asks for about 20; above 30 a reader has to start again."""
CODE_BLOCK = re.compile(r"^ *(```|~~~).*?^ *\1", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
INLINE = re.compile(r"`[^`]*`|\[[^\]]*\]\([^)]*\)")
BORDER = re.compile(
    r"\n\s*\n"  # a new paragraph
    r"|(?<![^\n])#.*\n"  # a heading
    r"|\n(?=\s*(?:[-*>|]|\d+\.) ?)"  # a list item, or a row of a table
    r"|(?<!\\)\|"  # a cell of a table
    r"|(?<=[.!?:])[*_\")]*\s"  # the end of a sentence
)


def long_sentences(page: str) -> Iterator[Text]:
    """Yield every sentence that is too long."""
    prose = page
    for skipped in (CODE_BLOCK, COMMENT):
        prose = skipped.sub(_blank, prose)
    prose = INLINE.sub(lambda m: "code" + "\n" * m[0].count("\n"), prose)
    borders = [0, *(m.end() for m in BORDER.finditer(prose)), len(prose)]
    for start, end in pairwise(borders):
        words = re.findall(r"\w[\w'-]*", prose[start:end])
        if len(words) > LIMIT:
            line = 1 + prose.count("\n", 0, start)
            yield Text(line, " ".join(prose[start:end].split())[:60])


def _blank(match: re.Match[str]) -> str:
    """Return the empty lines that keep the numbers of the lines behind."""
    return "\n" * match[0].count("\n")
