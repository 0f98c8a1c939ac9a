"""The documents that an assistant can read."""

import pytest
from mcp import Client
from mcp.types import TextResourceContents

from tests.parallax.mcp.clients import (
    CAUSE,
    inside,
)


def test_resources_are_causes_pages_and_schemas(stack: str) -> None:
    """Each can be read; an unknown cause is an error of the protocol."""

    async def talk(client: Client) -> None:
        """Read every resource."""
        listed = (await client.list_resources()).resources
        assert {"parallax://causes", "parallax://docs/mcp"} <= {r.uri for r in listed}
        for uri in [*(r.uri for r in listed), f"parallax://causes/{CAUSE}"]:
            (content,) = (await client.read_resource(uri)).contents
            assert isinstance(content, TextResourceContents)
            assert len(content.text) > 100
        with pytest.raises(Exception, match="did you mean lb-no-target"):
            await client.read_resource("parallax://causes/lb-no-targets")

    inside(stack, talk)
