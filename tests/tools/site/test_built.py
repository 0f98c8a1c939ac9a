"""What is wrong with the built pages."""

from pathlib import Path

from tools.site.built import problems


def write(site: Path, **pages: str) -> Path:
    """Write pages by name."""
    for name, text in pages.items():
        (site / f"{name}.html").write_text(text)
    return site


def test_a_page_in_order_has_no_problem(tmp_path: Path) -> None:
    """Links to a page, a heading, a folder's first page and another server are fine."""
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", index="<p>")
    links = ("b.html#here", "#top", "sub/", "https://x.example/", "mailto:a@x.example")
    page = '<h1 id="top">' + "".join(f'<a href="{link}">' for link in links)
    canonical = '<link rel="canonical" href="https://x.example/">'
    assert problems(write(tmp_path, a=page + canonical, b='<h2 id="here">')) == []


def test_broken_links_are_named(tmp_path: Path) -> None:
    """A missing file, heading or picture; the page is named too."""
    page = '<a href="no.html"><a href="b.html#no"><img src="no.svg">'
    assert problems(write(tmp_path, a=page, b="<p>")) == [
        "a.html: b.html#no leads to nothing",
        "a.html: no.html leads to nothing",
        "a.html: no.svg leads to nothing",
    ]


def test_a_file_from_another_server_is_named(tmp_path: Path) -> None:
    """A reader's address stays with the server that the reader chose."""
    page = '<script src="//x.example/a.js"></script><link rel="icon" href="https://y.example/">'
    assert problems(write(tmp_path, a=page)) == [
        "a.html: loads //x.example/a.js",
        "a.html: loads https://y.example/",
    ]
