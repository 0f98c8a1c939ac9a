"""Where a file is on the site, and under which heading."""

from pathlib import PurePosixPath as Path

from tools.site.places import REST, SECTIONS, navigation, place


def listed(entries: object) -> list[str]:
    """Return the pages of a navigation, from all levels."""
    if isinstance(entries, str):
        return [entries]
    if isinstance(entries, dict):
        return [page for below in entries.values() for page in listed(below)]
    assert isinstance(entries, list)
    return [page for entry in entries for page in listed(entry)]


def test_a_page_of_docs_keeps_its_name() -> None:
    """`docs/` is the root of the site; a README is the first page of its folder."""
    assert place(Path("docs/cost.md")) == Path("cost.md")
    assert place(Path("docs/api/README.md")) == Path("api/index.md")
    assert place(Path("README.md")) == Path("install.md")
    assert place(Path("template.yaml")) is None


def test_every_page_is_listed_once() -> None:
    """Also a page that two sections could have, and one of a folder."""
    names = ["index.md", "cost.md", "accuracy.md", "schema/index.md", "decisions/1.md"]
    found = navigation({Path(name): name for name in names})
    assert sorted(listed(found)) == sorted(names)
    assert found[0] == {"Home": "index.md"}


def test_a_new_page_needs_no_section() -> None:
    """It is listed under the section for the rest."""
    found = navigation({Path("brand-new.md"): "New", Path("far/new.md"): "Far"})
    assert found[1:] == [
        {REST: [{"New": "brand-new.md"}, {"Far": [{"Far": "far/new.md"}]}]}
    ]


def test_pages_that_show_files_are_not_listed() -> None:
    """A link leads to them, and the search finds them."""
    found = navigation({Path("source/template.yaml.md"): "template.yaml"})
    assert listed(found) == ["index.md"]


def test_the_first_page_of_a_folder_is_first() -> None:
    """The folder's entry then leads to it."""
    names = {"decisions/0001.md": "1", "decisions/index.md": "Decisions"}
    titles = {Path(name): title for name, title in names.items()}
    (built,) = navigation(titles)[1:]
    entries = [{"Decisions": "decisions/index.md"}, {"1": "decisions/0001.md"}]
    assert built == {"How it is built": [{"Decisions": entries}]}
    assert REST in SECTIONS
