"""Places: where a file of the repository is on the site, and under which heading.

In: paths relative to the repository's root. Out: paths relative to the site's root, and
the navigation. A page that no section names is listed under `REST`, so a new page
needs no change here.
"""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath as Path

DOCS = Path("docs")
OUTSIDE = {
    Path("README.md"): Path("install.md"),
    Path("agent/README.md"): Path("agent.md"),
    Path("agent/chart/README.md"): Path("chart.md"),
    Path("lab/README.md"): Path("lab.md"),
    Path("CHANGELOG.md"): Path("changelog.md"),
    Path("CONTRIBUTING.md"): Path("contributing.md"),
    Path("SECURITY.md"): Path("security.md"),
    Path("CODE_OF_CONDUCT.md"): Path("conduct.md"),
}
"""Pages that are not in docs/, because GitHub shows them where they are."""
REST = "Reference"
SECTIONS: dict[str, tuple[str, ...]] = {
    "Getting started": ("install.md", "agent.md", "chart.md", "targets*.md"),
    "Causes": ("causes.md", "reasons.md", "attribution.md"),
    "Alerts": ("routes.md", "overview.md", "report*.md", "status*.md"),
    "Operations": (
        *("runbook.md", "metrics*.md", "cost.md", "threat-model.md"),
        *("reliability.md", "security.md", "changelog.md"),
    ),
    REST: ("cli*.md", "mcp.md", "api/*", "schema/*", "glossary.md", "licenses.md"),
    "How it is built": (
        *("principles.md", "decisions/*", "accuracy.md", "accuracy-*.md"),
        *("benchmarks.md", "lab-runs.md", "lab.md", "adding-a-cause.md"),
        *("writing.md", "release.md", "contributing.md", "conduct.md"),
    ),
}
"""Each section's pages in order; a star stands for any part of a file's name."""
TITLES = {
    "install.md": "Install and use",
    "agent.md": "The agent",
    "chart.md": "The agent's chart",
    "accuracy-worlds.md": "Accuracy on public reports",
    "accuracy-topologies.md": "Accuracy by topology",
    "accuracy-public-data.md": "Accuracy on public data",
    "lab.md": "The lab",
    "cost.md": "Cost",
    "api/index.md": "Interfaces",
    "schema/index.md": "Schemas",
    "schema/cli/index.md": "Output of commands",
    "decisions/index.md": "Decisions",
}
"""Titles on the site that differ from those of the repository."""


def place(path: Path) -> Path | None:
    """Return where a page or a file of docs/ is on the site; None: nowhere."""
    if path in OUTSIDE:
        return OUTSIDE[path]
    if path.is_relative_to(DOCS):
        inside = path.relative_to(DOCS)
        return inside.with_name("index.md") if inside.name == "README.md" else inside
    return None


def source_place(path: Path) -> Path:
    """Return where the page is that shows a file which is not a page."""
    return Path("source") / f"{path}.md"


def navigation(titles: Mapping[Path, str]) -> list[dict[str, object]]:
    """Sort the pages, given with their titles, into the sections."""
    pages = sorted(
        p for p in titles if p != Path("index.md") and "source" not in p.parts
    )
    sections: dict[str, list[Path]] = {
        name: [page for part in parts for page in pages if page.match(part)]
        for name, parts in SECTIONS.items()
    }
    listed = {page for section in sections.values() for page in section}
    sections[REST] += [page for page in pages if page not in listed]
    found: list[dict[str, object]] = [{"Home": "index.md"}]
    for name, section in sections.items():
        if section:
            found.append({name: list(_entries(section, titles))})
    return found


def _entries(
    section: Iterable[Path], titles: Mapping[Path, str]
) -> Iterable[dict[str, object]]:
    """Yield the entries of a section; a folder is one entry at its first page."""
    folders: dict[str, list[dict[str, object]]] = {}
    for page in dict.fromkeys(section):
        title = titles[page]
        if page.parent == Path():
            yield {title: str(page)}
            continue
        name = page.parts[0]
        if name not in folders:
            folders[name] = []
            yield {
                titles.get(Path(name) / "index.md", name.capitalize()): folders[name]
            }
        at = 0 if page == Path(name) / "index.md" else len(folders[name])
        folders[name].insert(at, {title: str(page)})
