"""Every place that states Parallax's version."""

from pathlib import Path

import pytest

from parallax import __version__
from tools.release.versions import PLACES, version, versions

ROOT = Path(__file__).parents[3]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Copy the places that state the version."""
    for name in PLACES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text())
    return tmp_path


def test_all_places_agree(clone: Path) -> None:
    """With the package, and with a tag of that version."""
    assert version(clone) == version(clone, f"v{__version__}") == __version__


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_differs_is_named(clone: Path, place: str) -> None:
    """The error lists what each place states."""
    text = (clone / place).read_text()
    stated = versions(clone)[place]
    (clone / place).write_text(text.replace(stated, "9.8.7"))
    with pytest.raises(ValueError, match=f"{place}: 9.8.7"):
        version(clone)


def test_another_tag_is_rejected(clone: Path) -> None:
    """A release cannot have a tag that its files do not state."""
    with pytest.raises(ValueError, match=r"the tag: 9\.8\.7"):
        version(clone, "v9.8.7")


def test_a_place_without_a_version_is_rejected(clone: Path) -> None:
    """A changelog whose section for the release is missing, for example."""
    (clone / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n")
    with pytest.raises(ValueError, match=r"CHANGELOG\.md: none"):
        version(clone)
