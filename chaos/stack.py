"""Stack: what the template makes of a stack with every route, and Moto's part of it.

In: the targets file. Out: a template with its parameters; created resources.
It does not: run anything.
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from bench.cost.template import GIVEN, REGION, Function, Template
from parallax import aws, aws_session
from parallax.redrive import stack as redrive_stack
from parallax.targets import shard

ROUTES: Mapping[str, bool] = {
    "slack": False,
    "pagerduty": True,
    "alertmanager": True,
    "webhook": True,
    "ntfy": False,
}
"""The routes of the stack, and whether each gets the end of a muted group."""
STATUS = "status-page"
PARAMETERS = {
    "SlackWebhookUrl": "https://hooks.slack.example/services/T0/B0/x",
    "PagerDutyRoutingKey": "key",
    "PagerDutyUrl": "https://pagerduty.example/v2/enqueue",
    "AlertmanagerUrl": "https://alertmanager.example",
    "WebhookUrl": "https://webhook.example/alerts",
    "WebhookSecret": GIVEN["AgentKey"],
    "NtfyUrl": "https://ntfy.example/topic",
    "ChatTopic": "true",
    "StatusPageBucket": STATUS,
    "StatusPageUrl": "https://status.example",
    "ControlUrl": "",
}
FILTERS = {
    "FindingsQueue": ("io.parallax.finding.v1", "io.parallax.advice.v1"),
    "RoutesQueue": ("io.parallax.alert.v1",),
}
LETTERS = "DeadLetters"


SHARD = 2
"""Targets of one shard of the probe, so that five targets have several."""


def prepare() -> None:
    """Set the environment of all functions, and the size of a shard."""
    setattr(shard, "LARGEST", SHARD)  # noqa: B010 - it is a constant
    os.environ |= {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "chaos",
        "AWS_SECRET_ACCESS_KEY": "chaos",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        "POWERTOOLS_METRICS_NAMESPACE": "Parallax",
    }


def forget() -> None:
    """Forget the clients and secrets of earlier cases, and their retry quotas."""
    aws.client.cache_clear()
    aws._secrets.cache_clear()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - of the process
    aws_session.session.cache_clear()
    redrive_stack.client.cache_clear()


@cache
def template(targets: str) -> Template:
    """Return the template with the parameters of a stack with every route."""
    return Template({**PARAMETERS, "TargetsFile": targets})


def create(made: Template) -> None:
    """Create what Moto holds: tables, queues, topics, buckets, the secret."""
    dynamodb = boto3.client("dynamodb")
    for name, given in made.of_type("DynamoDB::Table"):
        wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
        chosen = {key: given[key] for key in wanted if key in given}
        dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **chosen)
        made.physical[name] = name
    sqs, sns, s3 = (boto3.client(service) for service in ("sqs", "sns", "s3"))
    for name, given in made.of_type("SQS::Queue"):
        fifo = bool(given.get("FifoQueue"))
        found = sqs.create_queue(
            QueueName=f"{name}.fifo" if fifo else name,
            Attributes={"FifoQueue": "true"} if fifo else {},
        )
        made.physical[name] = found["QueueUrl"]
    for name, given in made.of_type("SNS::Topic"):
        fifo = bool(given.get("FifoTopic"))
        topic = sns.create_topic(
            Name=f"{name}.fifo" if fifo else name,
            Attributes={"FifoTopic": "true"} if fifo else {},
        )
        made.physical[name] = topic["TopicArn"]
    buckets = {name: name.lower() for name, _ in made.of_type("S3::Bucket")}
    made.physical |= buckets
    for bucket in (*buckets.values(), STATUS):
        place = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    for name, given in made.of_type("SecretsManager::Secret"):
        text = given.get("SecretString", "{}")
        secret = boto3.client("secretsmanager").create_secret(
            Name=name, SecretString=text
        )
        made.physical[name] = secret["ARN"]


def functions(made: Template) -> list[tuple[Function, float, Mapping[str, Any]]]:
    """Return each function with its timeout in seconds and its own properties."""
    given = dict(made.of_type("Serverless::Function"))
    return [
        (one, float(given[one.name].get("Timeout", 3)), given[one.name])
        for one in made.functions()
    ]


def targets_file(folder: Path) -> Path:
    """Return where the targets file of a run is."""
    return folder / "targets.yaml"
