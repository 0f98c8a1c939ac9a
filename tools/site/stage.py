"""Stage: the pages, pictures and settings from which the site is built.

In: the repository. Out: a folder with `pages/` and the titles of the pages. A link to a
file that is not a page leads to a page that shows the file, and a link to a folder to a
list.
It does not: change a file of the repository, or open a URL.
"""

import json
import os
from pathlib import Path, PurePosixPath

from tools.site.markdown import converted, retitled, title
from tools.site.places import DOCS, OUTSIDE, TITLES, place, source_place

LANGUAGES = {".yaml": "yaml", ".json": "json", ".py": "python", ".toml": "toml"}


class Stage:
    """The pages of the site while they are collected."""

    def __init__(self, root: Path, pages: Path) -> None:
        self.root = root
        self.pages = pages
        self.titles: dict[PurePosixPath, str] = {}

    def fill(self) -> None:
        """Add every page and every other file that belongs to the site."""
        inside = sorted(p for p in (self.root / DOCS).rglob("*") if p.is_file())
        paths = [PurePosixPath(p.relative_to(self.root)) for p in inside]
        for path in [*paths, *(p for p in OUTSIDE if (self.root / p).exists())]:
            where = place(path) or path
            if path.suffix == ".md":
                self._write(where, (self.root / path).read_text(), path.parent)
            else:
                self._file(where).write_bytes((self.root / path).read_bytes())
        for folder in sorted({path.parent for path in paths}):
            self._list_folder(folder)

    def _file(self, where: PurePosixPath) -> Path:
        """Return the staged file's path, in a folder that exists."""
        file = self.pages / where
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def _write(self, where: PurePosixPath, text: str, folder: PurePosixPath) -> None:
        """Write one page, whose links are relative to `folder`."""

        def moved(link: str) -> str:
            to = self._target(PurePosixPath(os.path.normpath(folder / link)))
            return os.path.relpath(to, where.parent)

        if name := TITLES.get(str(where)):
            text = retitled(text, name)
        self.titles[where] = title(text)
        self._file(where).write_text(converted(text, moved))

    def _target(self, path: PurePosixPath) -> PurePosixPath:
        """Return the place of what a link leads to; make it if it is not a page."""
        here = self.root / path
        if found := place(path / "README.md" if here.is_dir() else path):
            return found
        if not here.exists():
            return path  # the build names a link that leads to nothing
        where = source_place(path)
        if where not in self.titles:
            self.titles[where] = str(path)
            self._file(where).write_text(_shown(here, str(path)))
        return where

    def _list_folder(self, folder: PurePosixPath) -> None:
        """Write the first page of a folder of docs/, if it has pages or schemas."""
        held = sorted((self.root / folder).iterdir())
        files = [file for file in held if file.suffix in {".md", ".json", ".yaml"}]
        where = place(folder / "README.md")
        if not files or not where or where in self.titles or folder == DOCS:
            return
        rows = "".join(f"- [{_name(file)}]({file.name})\n" for file in files)
        self._write(where, f"# {folder.name.capitalize()}\n\n{rows}", folder)


def _shown(here: Path, name: str) -> str:
    """Return the page that shows a file, or the names in a folder."""
    if here.is_dir():
        return f"# {name}\n\n" + "".join(
            f"- {p.name}\n" for p in sorted(here.iterdir())
        )
    language = LANGUAGES.get(here.suffix, "text")
    return f"# {name}\n\n````{language}\n{here.read_text()}````\n"


def _name(file: Path) -> str:
    """Return how a list names a page or a schema."""
    if file.suffix == ".md":
        return title(file.read_text())
    held = json.loads(file.read_text()) if file.suffix == ".json" else {}
    return f"{file.name}: {held['title']}" if "title" in held else file.name
