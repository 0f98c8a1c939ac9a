"""Tool schemas: the tools of `parallax mcp`, as a client lists them.

In: the server. Out: a document for `json.dumps`; a change of it is a change of the
interface. It does not: need AWS.
"""

from typing import Any

import anyio

from parallax.mcp.server import open_server
from parallax.mcp.stack import Stack


def document() -> dict[str, Any]:
    """Return each tool, resource and template, with its schemas."""
    server = open_server(Stack("parallax"))

    async def read() -> dict[str, Any]:
        tools = await server.list_tools()
        resources = await server.list_resources()
        templates = await server.list_resource_templates()
        return {
            "tools": [_plain(tool) for tool in tools],
            "resources": [_plain(one) for one in resources],
            "resourceTemplates": [_plain(one) for one in templates],
        }

    return anyio.run(read)


def _plain(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a class of the SDK
    return value.model_dump(mode="json", by_alias=True, exclude_none=True)
