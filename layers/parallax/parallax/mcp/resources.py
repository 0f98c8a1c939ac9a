"""Resources: documents that an assistant can read, the same at every stack.

In: the address of a document. Out: its text, in Markdown or JSON.
It does not: read a stack, or a file outside of the repository's `docs`. An installation
without the repository has the causes and the schemas only.
"""

import json
from collections.abc import Callable
from pathlib import Path

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError

from parallax.mcp import cause
from parallax.model import schema

DOCS = Path(__file__).parents[4] / "docs"
PAGES = {
    "glossary": "The words that Parallax uses",
    "principles": "Why Parallax is built this way",
    "reasons": "Why a pod is missing: the ids of reasons",
    "routes": "Slack, Teams, PagerDuty and other receivers of alerts",
    "runbook": "What to do at each alarm about Parallax itself",
    "threat-model": "What each part protects, and what an attacker gains",
    "mcp": "What this server reads, and what remains of prompt injection",
}
"""Pages of `docs`, and what each is about."""
SCHEMAS: dict[str, Callable[[], object]] = {
    "finding": schema.finding_schema,
    "advice": schema.advice_schema,
    "alert": schema.alert_schema,
    "snapshot": schema.stored_snapshot_schema,
}
MARKDOWN, JSON = "text/markdown", "application/json"


def add_resources(server: MCPServer) -> None:
    """Add the documents to a server."""
    server.resource(
        "parallax://causes",
        name="causes",
        title="All causes",
        description="Each cause that Parallax can name, in one line.",
        mime_type=MARKDOWN,
    )(all_causes)
    server.resource(
        "parallax://causes/{cause_id}",
        name="cause",
        title="One cause",
        description="How a cause is recognized, what it means, and what to do.",
        mime_type=MARKDOWN,
    )(one_cause)
    for name in PAGES:
        if (DOCS / f"{name}.md").is_file():
            _add_page(server, name)
    for name in SCHEMAS:
        _add_schema(server, name)


def all_causes() -> str:
    """Return the list of causes."""
    lines = (f"- `{one.cause}`: {one.summary}" for one in cause.matching(""))
    return "\n".join(("# Causes", "", *lines, ""))


def one_cause(cause_id: str) -> str:
    """Return the explanation of a cause."""
    try:
        facts = cause.explanation(cause_id)
    except cause.UnknownCauseError as error:
        raise ResourceNotFoundError(f"{error}") from None
    parts = [f"# {facts.cause}", facts.summary]
    parts += [f"## {head}\n\n{text}" for head, text in facts.explanation.items()]
    parts += ["\n".join(f"- {text}" for text in facts.relations)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _add_page(server: MCPServer, name: str) -> None:
    def page() -> str:
        return (DOCS / f"{name}.md").read_text(encoding="utf-8")

    server.resource(
        f"parallax://docs/{name}",
        name=name,
        description=f"{PAGES[name]}.",
        mime_type=MARKDOWN,
    )(page)


def _add_schema(server: MCPServer, name: str) -> None:
    def document() -> str:
        return json.dumps(SCHEMAS[name](), indent=1)

    server.resource(
        f"parallax://schema/{name}",
        name=f"{name}-schema",
        description=f"The JSON Schema of a stored or published {name}.",
        mime_type=JSON,
    )(document)
