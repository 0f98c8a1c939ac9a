"""The agent's README is correct: its log messages, its permissions."""

import ast
import re
from pathlib import Path

from tests.agent.test_manifests import granted

AGENT = Path(__file__).parents[2] / "agent"
README = (AGENT / "README.md").read_text()
LEVELS = {"info", "warning", "error", "exception"}
TROUBLE = {"warning", "error", "exception"}


def section(title: str) -> str:
    """Return a section's table: its lines with cells."""
    text = README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return "\n".join(line for line in text.splitlines() if line.startswith("| `"))


def first_cells(title: str) -> set[str]:
    """Return the code in a table's first column."""
    cells = [line.split("|")[1] for line in section(title).splitlines()]
    return {code for cell in cells for code in re.findall("`([^`]+)`", cell)}


def messages(levels: set[str]) -> set[str]:
    """Return every message that the code logs at these levels, as it is written."""
    return {
        ast.unparse(call.args[0]).strip("'")
        for file in (AGENT / "parallax_agent").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "logger"
        and call.func.attr in levels
    }


def test_the_table_lists_every_warning_and_error() -> None:
    """The table has every such message, and no message that never occurs."""
    assert first_cells("When something is wrong") == messages(TROUBLE)


def test_log_messages_are_constant() -> None:
    """Facts are fields, so that one query finds every line of a kind."""
    for message in messages(LEVELS):
        assert re.fullmatch(r"[a-z][a-z0-9, ]+", message), message


def test_what_it_may_do_is_what_the_roles_grant() -> None:
    """Every resource of both roles is in the table, and no other."""
    paths = [text.partition("?")[0] for text in first_cells("What it may do")]
    resources = {"pods/log" if p.endswith("/log") else p.split("/")[-1] for p in paths}
    assert resources == {
        resource for kind in ("ClusterRole", "Role") for _, resource, _ in granted(kind)
    }
