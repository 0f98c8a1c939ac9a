"""GitHub's Markdown, as the site's renderer reads it."""

from hypothesis import given
from hypothesis import strategies as st

from tools.site.markdown import converted, retitled, title


def same(link: str) -> str:
    """Leave a link as it is."""
    return link


def test_a_nested_list_gets_four_columns() -> None:
    """With fewer, Python-Markdown reads one flat list."""
    assert converted("Each:\n- a\n  - b\n", same) == "Each:\n\n- a\n    - b\n"


def test_links_move_with_their_heading() -> None:
    """An address, a heading of the same page and a path in a code block stay."""
    page = (
        "[a](x.md#one) [b](https://x.example/y.md) [c](#one)\n\n```\n[d](x.md)\n```\n"
    )
    moved = converted(page, lambda link: f"../{link}")
    assert "[a](../x.md#one) [b](https://x.example/y.md) [c](#one)" in moved
    assert "[d](x.md)" in moved


def test_a_title_has_no_marks_of_code() -> None:
    """Only the first heading of the first level is replaced."""
    page = "# The `probe`\n\n# Second\n"
    assert title(page) == "The probe"
    assert title("no heading") == "Untitled"
    assert retitled(page, "New") == "# New\n\n# Second\n"


@given(st.text(alphabet="ab \n-*`|#[](){}<>&1.~_", max_size=60))
def test_any_text_is_converted(text: str) -> None:
    """A page of another author never stops the build."""
    assert converted(text, same).endswith("\n")
