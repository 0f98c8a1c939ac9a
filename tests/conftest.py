"""What several tests stand on: the AWS emulator on a free port, for the whole session.

In: ministack as `make setup` installed it, or `PARALLAX_MINISTACK`. Out: fixtures.
It does not: deploy the template; the end-to-end run does.
"""

import json
import os
import socket
import subprocess
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
MINISTACK = ROOT / ".tools/ministack/bin/ministack"
START_SECONDS = 30.0
_TABLES = count(1)

# A slow machine is not a failure.
settings.register_profile("parallax", deadline=None)
settings.load_profile("parallax")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    """Let a report cross from xdist's worker: half a surrogate pair ends the worker."""
    report = yield
    report.sections = [
        (name, text.encode(errors="replace").decode()) for name, text in report.sections
    ]
    return report


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the endpoint of a ministack that dies with the session."""
    state = str(tmp_path_factory.mktemp("ministack"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = subprocess.Popen(  # noqa: S603 - our own tool
        [os.environ.get("PARALLAX_MINISTACK", MINISTACK)],
        cwd=state,
        env={
            "PATH": os.environ["PATH"],
            "HOME": state,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": port,
            "MINISTACK_REGION": "eu-central-1",
            "STATE_DIR": state,
            "TMPDIR": state,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _await(f"{endpoint}/_ministack/health")
        yield endpoint
    finally:
        process.terminate()
        process.wait(timeout=10)


def _await(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"the AWS emulator did not answer at {url}")


@dataclass
class Cloud:
    """The places of one test, named as the environment names them."""

    journal: str
    incidents: str
    findings: str
    queue: str
    topic: str
    inbox: str
    dead_letters: str

    def client(self, service: str) -> Any:
        """Return a client of the emulator."""
        return boto3.client(service)

    def emptied(self) -> "Cloud":
        """Return empty places: a new table and a new queue, which has seen no id yet.

        For a property test, whose examples share one fixture.
        """
        for url in (self.inbox, self.dead_letters):
            self.messages(url)
        name = f"{self.incidents.partition('.')[0]}.{next(_TABLES)}"
        topic, queue = _findings(name.replace(".", "-"))
        return replace(self, incidents=_incidents(name), findings=topic, queue=queue)

    def messages(self, url: str) -> list[str]:
        """Return, and take away, the messages of a queue."""
        found: list[str] = []
        sqs = self.client("sqs")
        while batch := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0
        ).get("Messages"):
            for message in batch:
                found.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found


@pytest.fixture
def cloud(
    emulator: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Cloud:
    """Give a test tables, queues and a topic of its own, and point boto3 at them."""
    from parallax import aws  # noqa: PLC0415 - only tests that need it pay for it

    for name, value in {
        "AWS_ENDPOINT_URL": emulator,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    aws.client.cache_clear()
    aws._secrets.cache_clear()
    name = f"t{abs(hash(request.node.nodeid))}"
    sqs, sns = boto3.client("sqs"), boto3.client("sns")
    inbox = sqs.create_queue(QueueName=f"{name}-inbox")["QueueUrl"]
    topic = sns.create_topic(Name=name)["TopicArn"]
    arn = f"arn:aws:sqs:eu-central-1:000000000000:{name}-inbox"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    findings, queue = _findings(name)
    return Cloud(
        journal=_table(f"{name}-journal", "pk", "sk"),
        incidents=_incidents(f"{name}-incidents"),
        findings=findings,
        queue=queue,
        topic=topic,
        inbox=inbox,
        dead_letters=sqs.create_queue(QueueName=f"{name}-letters")["QueueUrl"],
    )


@pytest.fixture
def bucket(cloud: Cloud, request: pytest.FixtureRequest) -> str:
    """Give a test a bucket of its own in the emulator."""
    from parallax.snapshots.bucket import open_bucket  # noqa: PLC0415 - as in `cloud`

    open_bucket.cache_clear()
    name = f"snapshots-{abs(hash(request.node.nodeid))}"
    region = {"LocationConstraint": "eu-central-1"}
    cloud.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=region)
    return name


def _findings(name: str) -> tuple[str, str]:
    """Create the findings topic with its queue, subscribed as in the template."""
    from tests.functions.template import RESOURCES  # noqa: PLC0415 - as in `cloud`

    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    fifo = {"FifoQueue": "true", "MaximumMessageSize": "1048576"}
    queue = sqs.create_queue(QueueName=f"{name}.fifo", Attributes=fifo)["QueueUrl"]
    topic = sns.create_topic(Name=f"{name}.fifo", Attributes={"FifoTopic": "true"})
    settings = RESOURCES["FindingsSubscription"]["Properties"]
    sns.subscribe(
        TopicArn=topic["TopicArn"],
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:eu-central-1:000000000000:{name}.fifo",
        Attributes={
            "RawMessageDelivery": str(settings["RawMessageDelivery"]).lower(),
            "FilterPolicy": json.dumps(settings["FilterPolicy"]),
        },
    )
    return topic["TopicArn"], queue


def _incidents(name: str) -> str:
    """Create the incidents' table with its sparse index, as the template does."""
    _table(name, "pk")
    boto3.client("dynamodb").update_table(
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": one, "AttributeType": "S"} for one in ("pk", "unresolved")
        ],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "unresolved",
                    "KeySchema": [{"AttributeName": "unresolved", "KeyType": "HASH"}],
                    "Projection": {
                        "ProjectionType": "INCLUDE",
                        "NonKeyAttributes": ["state", "since"],
                    },
                }
            }
        ],
    )
    return name


def _table(name: str, *keys: str) -> str:
    kinds = ("HASH", "RANGE")
    boto3.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": k, "AttributeType": "S"} for k in keys],
        KeySchema=[
            {"AttributeName": k, "KeyType": kind}
            for k, kind in zip(keys, kinds, strict=False)
        ],
    )
    return name
