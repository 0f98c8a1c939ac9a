"""What a release changes, as the changelog states it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.release.notes import notes

CHANGELOG = """# Changelog

## [Unreleased]

### Added

- New.

## [1.2.0] - 2026-11-27

- Old, see `## [1.1.0]`.

## [1.1.0] - 2026-11-01
"""


def test_the_notes_are_one_section() -> None:
    """Without its heading, and without the next section."""
    assert notes(CHANGELOG, "1.2.0") == "- Old, see `## [1.1.0]`.\n"
    assert notes(CHANGELOG, "Unreleased") == "### Added\n\n- New.\n"


@pytest.mark.parametrize("version", ["1.1.0", "1.2", "1x2.0", ""])
def test_a_release_without_text_is_rejected(version: str) -> None:
    """An empty section, and a version that has none."""
    with pytest.raises(ValueError, match=r"CHANGELOG\.md has no text under"):
        notes(CHANGELOG, version)


@given(
    st.dictionaries(
        st.from_regex(r"\A\d{1,3}\.\d{1,3}\Z"), st.just("text\n"), min_size=1
    )
)
def test_each_section_is_found(sections: dict[str, str]) -> None:
    """Whatever the others are called."""
    body = {version: f"- of {version}\n" for version in sections}
    changelog = "".join(f"## [{v}] - 2026-01-01\n\n{t}\n" for v, t in body.items())
    assert all(notes(changelog, version) == text for version, text in body.items())
