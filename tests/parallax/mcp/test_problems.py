"""What the server responds if AWS refuses."""

from pathlib import Path

import pytest
from mcp import Client
from mcp.types import CallToolResult

from parallax import aws, aws_session
from tests.parallax.mcp.clients import (
    inside,
    over_pipes,
    text_of,
)


def test_without_credentials_the_answer_says_how_to_log_in(
    stack: str, tmp_path: Path
) -> None:
    """Also without a traceback on standard error; causes need no AWS."""

    async def talk(client: Client) -> tuple[CallToolResult, CallToolResult]:
        """Call one tool that needs AWS, and one that does not."""
        listed = await client.call_tool("list_incidents", {})
        return listed, await client.call_tool("list_causes", {"search": "firewall"})

    listed, causes = over_pipes(
        stack,
        talk,
        AWS_ACCESS_KEY_ID="",
        AWS_SECRET_ACCESS_KEY="",
        AWS_CONFIG_FILE=str(tmp_path / "none"),
        AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "none"),
        AWS_EC2_METADATA_DISABLED="true",
    )
    assert listed.is_error
    assert "no AWS credentials: set AWS_PROFILE" in text_of(listed)
    assert "node-firewall-blocks-load-balancer" in text_of(causes)


def test_a_login_is_used_without_a_restart(
    stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials that were missing at the first call are read again at the next."""
    key = "AWS_ACCESS_KEY_ID"
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    aws.client.cache_clear()
    aws_session.session.cache_clear()

    async def talk(client: Client) -> None:
        """Call before and after the login."""
        monkeypatch.delenv(key)
        assert (await client.call_tool("list_incidents", {})).is_error
        monkeypatch.setenv(key, "test")
        assert not (await client.call_tool("list_incidents", {})).is_error

    inside(stack, talk)
