"""What the tests of a redrive stand on: a stack's queues and bucket in the emulator.

The stack has the queue of all functions, and the queues of an earlier version.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from parallax.redrive import stack
from parallax.redrive.result import Result
from parallax.redrive.run import Redrive
from parallax.redrive.stack import Stack
from tests.conftest import Cloud

STEPS = ("probe", "notify", "publish")
CODE = """
import json
def handler(event, _context):
    if event.get("fails"):
        raise ValueError(json.dumps(event))
    return {"batchItemFailures": event.get("failed", [])}
"""
"""A function that raises, or names failed records, as the event states."""


@dataclass
class Letters:
    """Queues of a stack, and what its functions were invoked with."""

    cloud: Cloud
    stack: Stack
    bucket: str
    invoked: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])
    failure: str = ""

    def invoke(self, function: str, event: Mapping[str, Any]) -> str:
        """Replace a function: note the event, and fail if configured to."""
        self.invoked.append((function, event))
        return self.failure

    def put(
        self, queue: str, body: object, attributes: Mapping[str, str] | None = None
    ) -> None:
        """Send a letter to a queue."""
        self.cloud.client("sqs").send_message(
            QueueUrl=self.stack.queues[queue],
            MessageBody=body if isinstance(body, str) else json.dumps(body),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in (attributes or {}).items()
            },
        )

    def store(self, key: str, batch: object, queue: str = "letters") -> None:
        """Put an object into the bucket, and its letter into a queue."""
        self.cloud.client("s3").put_object(
            Bucket=self.bucket, Key=key, Body=json.dumps(batch).encode()
        )
        s3 = {"bucket": {"name": self.bucket}, "object": {"key": key}}
        self.put(queue, {"Records": [{"eventSource": "aws:s3", "s3": s3}]})

    def left(self, queue: str) -> list[str]:
        """Return, and take away, the letters of a queue that anybody can see now."""
        return self.cloud.messages(self.stack.queues[queue])

    def objects(self) -> list[str]:
        """Return the keys of what is in the bucket."""
        listed = self.cloud.client("s3").list_objects_v2(Bucket=self.bucket)
        return [held["Key"] for held in listed.get("Contents", [])]

    def redrive(self, *steps: str, **options: Any) -> Redrive:
        """Return a run over steps, by default all."""
        return Redrive(self.stack, steps or STEPS, **options)

    def run(self, *steps: str, **options: Any) -> list[Result]:
        """Return the results of a whole run."""
        return list(self.redrive(*steps, **options).run())


@pytest.fixture
def letters(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Letters]:
    """Give a test empty queues and a bucket; functions are stood for."""
    stack.client.cache_clear()
    name = cloud.dead_letters.rpartition("/")[2]
    sqs = cloud.client("sqs")
    queues = {
        step: sqs.create_queue(QueueName=f"{name}-{step}")["QueueUrl"]
        for step in (*STEPS, "letters", "stream")
    }
    cloud.client("s3").create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    functions = {step: f"parallax-{step}" for step in STEPS}
    letters = Letters(cloud, Stack(name, queues, functions), name)
    monkeypatch.setattr("parallax.redrive.run.invoke", letters.invoke)
    # The emulator has one server for a queue: nothing is missed without a wait.
    monkeypatch.setattr("parallax.redrive.run.WAIT_SECONDS", 0)
    yield letters
    stack.client.cache_clear()


@pytest.fixture
def function(cloud: Cloud) -> Iterator[str]:
    """Give a test a function in the emulator, with the code `CODE`."""
    stack.client.cache_clear()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("app.py", CODE)
    name = cloud.dead_letters.rpartition("/")[2]
    cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/r",
        Handler="app.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    yield name
    stack.client.cache_clear()
