"""What the server reads of AWS: only its own stack, and it never writes."""

import pytest
from mcp import Client

from parallax import aws, aws_session
from parallax.snapshots.bucket import Bucket
from tests.conftest import Cloud
from tests.parallax.cli.test_redrive import deploy
from tests.parallax.mcp.clients import (
    CAUSE,
    call,
    facts,
    inside,
    recorded,
    text_of,
)


def test_the_tools_send_only_requests_that_read(stack: str, bucket: str) -> None:
    """Three operations of AWS, whatever is called."""
    reference, operations = Bucket(bucket).save(recorded()), set[str]()
    aws.client.cache_clear()
    events = aws_session.session().get_component("event_emitter")
    events.register("before-call.*.*", lambda model, **_: operations.add(model.name))
    for tool, arguments in {
        "list_incidents": {},
        "show_incident": {"incident": "front"},
        "show_target": {"target": "front"},
        "judge_snapshot": {"address": reference.url},
        "list_evidence": {"source": reference.url},
        "list_causes": {},
        "explain_cause": {"cause_id": CAUSE},
    }.items():
        call(stack, tool, **arguments)
    assert operations == {"DescribeStacks", "GetItem", "GetObject"}


@pytest.mark.parametrize(
    "address",
    [
        f"s3://elsewhere/snapshots/2025-11-20/{'0' * 64}.json.gz",
        "s3://{bucket}/snapshots/2025-11-20/the-conversation-so-far.json.gz",
        "s3://{bucket}/../other",
        "s3://{bucket}/snapshots/2025-11-20/" + "0" * 64 + ".json.gz/x",
    ],
)
def test_only_snapshots_of_the_own_stack_are_read(
    stack: str, bucket: str, address: str
) -> None:
    """A misled assistant could send a secret as the name of a stranger's object."""
    operations: list[str] = []
    events = aws_session.session().get_component("event_emitter")
    events.register("before-call.s3.*", lambda **_: operations.append("s3"))
    result = call(stack, "judge_snapshot", address=address.format(bucket=bucket))
    assert result.is_error
    assert f"expected the address of a snapshot of this stack: s3://{bucket}/" in (
        text_of(result)
    )
    assert operations == []


def test_a_snapshot_that_is_gone_or_damaged_has_its_reason(
    stack: str, bucket: str, cloud: Cloud
) -> None:
    """The hash in the name is always compared."""
    url = f"s3://{bucket}/snapshots/2025-11-20/{'0' * 64}.json.gz"
    assert "does not exist" in text_of(call(stack, "judge_snapshot", address=url))
    key = url.removeprefix(f"s3://{bucket}/")
    cloud.client("s3").put_object(Bucket=bucket, Key=key, Body=b"other")
    text = text_of(call(stack, "judge_snapshot", address=url))
    assert "damaged or replaced" in text


def test_a_stack_of_another_name_or_kind_is_named(cloud: Cloud, stack: str) -> None:
    """With the option that selects another one."""
    text = text_of(call("no-such-stack", "list_incidents"))
    assert "there is no stack no-such-stack in this account" in text
    deploy(cloud, f"{stack}-other", Other="x")
    text = text_of(call(f"{stack}-other", "list_incidents"))
    assert "expected the output IncidentsTable" in text


def test_a_damaged_item_is_reported_and_stays(stack: str, cloud: Cloud) -> None:
    """A function would replace it; this server writes nothing."""
    item = {"pk": {"S": "groups/open"}, "payload": {"B": b"x"}, "version": {"N": "9"}}
    dynamodb = cloud.client("dynamodb")
    dynamodb.put_item(TableName=cloud.incidents, Item=item)
    assert "the stored data is damaged" in text_of(call(stack, "list_incidents"))
    found = dynamodb.get_item(TableName=cloud.incidents, Key={"pk": item["pk"]})
    assert found["Item"]["version"] == {"N": "9"}


def test_a_stack_that_was_replaced_is_found_again(
    stack: str, cloud: Cloud, bucket: str
) -> None:
    """Its outputs are read again after a table is gone."""
    name = f"{stack}-replaced"
    deploy(cloud, name, IncidentsTable="gone", SnapshotBucketName=bucket)

    async def talk(client: Client) -> None:
        """Call before and after the replacement."""
        gone = await client.call_tool("list_incidents", {})
        assert "the incidents table does not exist" in text_of(gone)
        cloud.client("cloudformation").delete_stack(StackName=name)
        deploy(cloud, name, IncidentsTable=stack, SnapshotBucketName=bucket)
        assert facts(await client.call_tool("list_incidents", {}))["total"] == 1

    inside(name, talk)
