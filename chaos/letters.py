"""Letters: what Lambda writes of what it gives up, and the operator's redrive.

In: discarded batches, failed asynchronous events. Out: letters in the dead-letter queue
as AWS writes them; the results of the real `parallax redrive`.
It does not: write the letters of the functions; they do that themselves.
Sources: AWS Lambda Developer Guide, "Retain discarded records for a DynamoDB event
source", "Capturing records of Lambda asynchronous invocations".
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3

from bench.cost.template import Template
from chaos.records import Record
from chaos.stack import LETTERS
from parallax.redrive import STEPS, Outcome, Redrive, Result
from parallax.redrive import run as redrive_run
from parallax.redrive.stack import Stack

BUCKET = "StreamDeadLetterBucket"
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:{0}"
redrive_run.WAIT_SECONDS = 0


@dataclass
class Letters:
    """The letters of one case."""

    template: Template
    now: Callable[[], float]
    written: int = 0
    results: list[Result] = field(default_factory=list[Result])
    """Of the last redrive."""
    replayed: int = 0

    @property
    def _url(self) -> str:
        return self.template.physical[LETTERS]

    def discarded(self, name: str, records: list[Record], condition: str) -> None:
        """Store a batch in S3, which notifies the queue."""
        self.written += 1
        key, bucket = f"letter-{self.written}", self.template.physical[BUCKET]
        document = {
            "requestContext": {"functionArn": ARN.format(name), "condition": condition},
            "DDBStreamBatchInfo": {"batchSize": len(records)},
            "payload": json.dumps({"Records": records}),
        }
        s3 = boto3.client("s3")
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document).encode())
        place = {"bucket": {"name": bucket}, "object": {"key": key}}
        self._send({"Records": [{"eventSource": "aws:s3", "s3": place}]})

    def asynchronous(self, name: str, event: Mapping[str, Any], error: str) -> None:
        """Write the event of an invocation that failed."""
        self.written += 1
        self._send(
            {
                "requestContext": {
                    "functionArn": ARN.format(name) + ":$LATEST",
                    "condition": "RetriesExhausted",
                },
                "requestPayload": event,
                "responsePayload": {"errorMessage": error},
            }
        )

    def _send(self, document: Mapping[str, Any]) -> None:
        boto3.client("sqs").send_message(
            QueueUrl=self._url, MessageBody=json.dumps(document)
        )

    def redrive(self) -> bool:
        """Replay all letters; return whether any was replayed."""
        functions = {step: f"{step.title()}Function" for step in STEPS}
        stack = Stack("chaos", {"letters": self._url}, functions)
        self.results = list(Redrive(stack, STEPS).run())
        done = sum(one.outcome is Outcome.REPLAYED for one in self.results)
        self.replayed += done
        return done > 0
