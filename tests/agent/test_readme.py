"""The agent's README says what is true: its log lines, its rights."""

import ast
import re
from pathlib import Path

from tests.agent.test_manifests import granted

AGENT = Path(__file__).parents[2] / "agent"
README = (AGENT / "README.md").read_text()
BROKEN_WATCHES = {"cannot list", "cannot watch"}
"""Put together by `reflector`, whose own tests read them in the log."""
TROUBLE = {"warning", "error", "exception"}


def section(title: str) -> str:
    """Return a section's table: its lines that have cells."""
    text = README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return "\n".join(line for line in text.splitlines() if line.startswith("| `"))


def first_cells(title: str) -> set[str]:
    """Return what stands as code in a table's first column."""
    cells = [line.split("|")[1] for line in section(title).splitlines()]
    return {code for cell in cells for code in re.findall("`([^`]+)`", cell)}


def logged() -> set[str]:
    """Return every warning and error that the code logs, up to what varies."""
    found = [
        call.args[0].value
        for file in (AGENT / "parallax_agent").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and (call.func.value.id, call.func.attr in TROUBLE) == ("logger", True)
        and isinstance(call.args[0], ast.Constant)
    ]
    return {str(text).partition("%")[0].rstrip(": ") for text in found} - {""}


def test_every_line_of_trouble_is_explained_and_no_other() -> None:
    """Whoever reads the log finds the line, and finds no line that never comes."""
    told = {
        text.partition("…")[0].rstrip(": ")
        for text in first_cells("When something is wrong")
    }
    assert told == logged() | BROKEN_WATCHES


def test_what_it_may_do_is_what_the_roles_grant() -> None:
    """Every resource of both roles is in the table, and no other."""
    paths = [text.partition("?")[0] for text in first_cells("What it may do")]
    resources = {"pods/log" if p.endswith("/log") else p.split("/")[-1] for p in paths}
    assert resources == {
        resource for kind in ("ClusterRole", "Role") for _, resource, _ in granted(kind)
    }
