"""The template: each function may do what its code does, and no failure is silent."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from parallax.groups import table as groups
from parallax.journal.agent_items import cluster_key
from parallax.journal.round_times import ROUNDS as ROUNDS_KEY
from parallax.links import key
from parallax.model import alert
from parallax.probe import Plan
from parallax.redrive.stack import LETTERS_OUTPUT
from parallax.snapshots.address import PREFIX
from parallax.status_page.destination import TYPES
from parallax.targets import time_zones
from tests.functions.template import (
    ALARMS,
    CODE,
    FUNCTIONS,
    MAPPINGS,
    RESOURCES,
    ROOT,
    STEPS,
    TEMPLATE,
    mentions,
    metrics,
    of_type,
)

PACKAGE = ROOT / "layers/parallax/parallax"
CALLS = {
    ".put_item": "dynamodb:PutItem",
    ".transact_write_items": "dynamodb:PutItem",
    ".get_item": "dynamodb:GetItem",
    ".batch_get_item": "dynamodb:BatchGetItem",
    ".update_item": "dynamodb:UpdateItem",
    ".delete_item": "dynamodb:DeleteItem",
    ".query": "dynamodb:Query",
    ".scan": "dynamodb:Scan",
    ".get_paginator": "dynamodb:Query",
    ".send_message": "sqs:SendMessage",
    ".publish": "sns:Publish",
    ".get_topic_attributes": "sns:GetTopicAttributes",
    ".get_queue_attributes": "sqs:GetQueueAttributes",
    ".put_object": "s3:PutObject",
    ".get_object": "s3:GetObject",
    ".invoke": "lambda:InvokeFunction",
    ".send_message_batch": "sqs:SendMessage",
    "secret": "secretsmanager:GetSecretValue",
    "secret_fields": "secretsmanager:GetSecretValue",
}
"""Method of boto3, or `parallax.aws.secret`, -> the action that it needs."""
DEAD_LETTER = ("stream.py", "send_to_dead_letters")
ROUNDS = ("journal/latest_rounds.py", "_read", "_read_all")
MOVE = ("incidents/items.py", "get", "_put_if")
SWEEP = ("incidents/items.py", "subjects", "get", "_put_if")
DELIVER = (
    DEAD_LETTER,
    ("notify/marks.py", "read", "_update"),
    ("notify/waiting.py", "by_subject", "add", "image", "remove", "_change"),
    ("notify/routes.py", "send", "check", "_publish"),
    ("notify/findings_topic.py", "send", "check"),
    ("notify/chat_topic.py", "send", "check"),
)
GROUPS = (
    ("groups/table.py", "put"),
    ("incidents/items.py", "get", "_put_if", "indexed", "scan"),
    ("notify/digest/send.py", "_send"),
)
"""What the handler reaches in addition if the function has the alerts topic."""
BEAT = (
    ("routes/dead_man.py", "beat"),
    ("journal/round_times.py", "read_round_times"),
)
"""What it reaches in addition if the function sends the stack's heartbeat."""
SOURCES = (
    ("incidents/items.py", "get"),
    ("journal/newest_probes.py", "round_items"),
    ("uptime/table.py", "_read"),
)
REACHED: dict[str, tuple[tuple[str, ...], ...]] = {
    "read_logins": (("probe/logins.py", "read_logins"),),
    ".record": (
        ("journal/dynamodb.py", "record"),
        ("journal/agents.py", "record", "_put"),
        ("journal/reading_store.py", "keep"),
    ),
    ".recent": (
        ("journal/dynamodb.py", "recent", "_range", "_newest"),
        ("journal/reading_store.py", "readings", "_items"),
        ROUNDS,
    ),
    ".lacking": (("journal/reading_store.py", "lacking", "_items", "_renew"),),
    ".round_times": (("journal/round_times.py", "read_round_times"),),
    ".newest_run": (
        ("journal/dynamodb.py", "_newest"),
        ("journal/latest_rounds.py", "_read_all"),
    ),
    ".last_round": (ROUNDS,),
    ".record_round": (("journal/latest_rounds.py", "store"),),
    ".invoke_others": (("probe/fan_out.py", "_invoke"), DEAD_LETTER),
    ".addresses": (("journal/dynamodb.py", "addresses", "_range"),),
    ".send_to_dead_letters": (DEAD_LETTER,),
    ".move": (MOVE,),
    ".open": (("incidents/items.py", "indexed"),),
    ".agents": (
        ("journal/agents.py", "agents"),
        ("journal/dynamodb.py", "_range"),
        ("journal/reading_store.py", "readings", "_items"),
    ),
    "ClaimCheck": (("snapshots/bucket.py", "_put"),),
    "observed": (("snapshots/download.py", "_read"),),
    "sweep_all": (SWEEP,),
    ".open_roll_up": (
        ("uptime/table.py", "_read", "put"),
        ("uptime/chapters.py", "between", "_one"),
    ),
    "Chapters": (("uptime/chapters.py", "keep"),),
    "Sources": SOURCES,
    ".publish_status_page": (
        *SOURCES,
        ("status_page/destination.py", "read", "write"),
    ),
    "shrink_resolved": (SWEEP,),
    "LinkKey": (("incidents/items.py", "get"),),
    "stored_rounds": (("journal/stored_rounds.py", "stored_rounds"),),
    "Items": (("incidents/items.py", "get"),),
    "DynamoGroups": (MOVE,),
    "handle": (
        DEAD_LETTER,
        ("routes/handling.py", "_copy"),
        ("routes/attempt.py", "send_to"),
        ("notify/marks.py", "read", "_update"),
    ),
    "deliver": DELIVER,
    "deliver_waiting": DELIVER,
}
"""What a handler calls by name -> where that reaches AWS, and by which functions."""
CALLED = {
    "probe": ("probe/invocation.py", "probe/probing.py"),
    "inspect": ("inspect/inspection.py",),
    "ingest": ("ingest/endpoint.py", "ingest/store.py"),
    "diagnose": ("incidents/diagnosis.py",),
    "report": ("report/endpoint.py", "overview/endpoint.py"),
    "exporter": (
        "exporter/exporting.py",
        "exporter/endpoint.py",
        "exporter/push.py",
        "exporter/reading.py",
    ),
}
"""The module of the layer behind a handler's one call."""
PARTIAL = ("batchItemFailures", "process_partial_response", "BatchProcessor")
"""What code that names failed records mentions."""


def names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a piece of code uses, attributes with a dot before them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield f".{node.attr}"
        elif isinstance(node, ast.Name):
            yield node.id


def handler_code(step: str) -> str:
    """Return the source of a step's handler, and of the module that it calls."""
    called = [PACKAGE / name for name in CALLED.get(step, ())]
    files = [ROOT / f"functions/{CODE[step]}/app.py", *called]
    return "\n".join(file.read_text() for file in files)


def environment(step: str) -> dict[str, str]:
    """Return the environment that the template gives a step."""
    return properties(step)["Environment"]["Variables"]


def properties(step: str) -> Any:
    """Return the properties of a step's function."""
    return FUNCTIONS[f"{step.title()}Function"]


def needed(step: str) -> set[str]:
    """Return the actions that a step's code needs, read from the code."""
    called = set(names(ast.parse(handler_code(step))))
    actions = {CALLS["secret"]} if "secret" in called else set[str]()
    places = [place for name in called & set(REACHED) for place in REACHED[name]]
    has_topic = "PARALLAX_ALERTS_TOPIC_ARN" in environment(step)
    places += [*(GROUPS if has_topic else ())]
    places += [*(BEAT if "PARALLAX_HEARTBEAT_SECRET_ARN" in environment(step) else ())]
    for file, *functions in places:
        for node in ast.walk(ast.parse((PACKAGE / file).read_text())):
            if isinstance(node, ast.FunctionDef) and node.name in functions:
                actions |= {CALLS[n] for n in names(node) if n in CALLS}
    return actions


def allowed(step: str) -> set[str]:
    """Return the actions that the template allows a step."""
    role = f"{step.title()}FunctionRole"
    own = [p for p in of_type("IAM::Policy").values() if p.get("Roles") == [role]]
    granted = [p for p in own if "HalfMinute" not in json.dumps(p)]  # Lambda's own
    text = json.dumps([properties(step)["Policies"], granted])
    # The key of a condition, and the end of an object's ARN, are not actions.
    text = text.replace("s3:ResourceAccount", "").replace(f"/{PREFIX}/*", "")
    verbs = r"(?:dynamodb|lambda|s3|sqs|sns|secretsmanager):\w+|:\*|\"\*"
    # `GetObject` needs ListBucket to report a missing object; no code calls it.
    return set(re.findall(verbs, text)) - {"dynamodb:LeadingKeys", "s3:ListBucket"}


@pytest.mark.parametrize("step", STEPS)
def test_a_function_may_do_what_its_code_does_and_no_more(step: str) -> None:
    """Actions of its policy and calls of its code are the same."""
    assert allowed(step) == needed(step)


@pytest.mark.parametrize("step", STEPS)
def test_a_function_may_reach_the_places_that_its_environment_names(step: str) -> None:
    """The tables, queues and topic in its environment are those in its policy."""
    places = environment(step)
    policies = [p for p in properties(step)["Policies"] if not isinstance(p, str)]
    for name in RESOURCES:
        assert mentions(policies, name) == mentions(places, name), name


@pytest.mark.parametrize("step", STEPS)
def test_a_function_that_fails_is_reported(step: str) -> None:
    """Its errors raise an alarm, or what it was to do goes to watched dead letters."""
    watched = {name for alarm in ALARMS.values() for _, name in metrics(alarm)}
    function = f"{step.title()}Function"
    assert function in watched or mentions(properties(step), "DeadLetters")
    assert "DeadLetters" in watched


def test_every_log_ends() -> None:
    """No log is kept forever."""
    logs = of_type("Logs::LogGroup")
    assert len(logs) == len(STEPS)
    assert all("RetentionInDays" in log for log in logs.values())


@pytest.mark.parametrize("step", STEPS)
def test_every_schedule_and_every_stream_keeps_what_fails(step: str) -> None:
    """What EventBridge Scheduler or a mapping gives up has a place to go."""
    for event in properties(step).get("Events", {}).values():
        settings = event["Properties"]
        if event["Type"] == "ScheduleV2":
            letters = settings["DeadLetterConfig"]["Arn"]
            assert letters == "DeadLetters.Arn"
        elif event["Type"] == "SQS":
            # The queue keeps a message until the function has sent it or a letter.
            assert "DeadLetters" in environment(step).values()
        else:
            kept = settings["DestinationConfig"]["OnFailure"]["Destination"]
            assert kept == "StreamDeadLetterBucket.Arn"
            assert "StreamLettersPolicy" in properties(step)["Policies"]


def test_findings_and_mail_fail_independently() -> None:
    """Two functions with a mapping and a topic each."""
    assert MAPPINGS["NotifyFunction", "Incident"]["Stream"] == "Incidents.StreamArn"
    assert MAPPINGS["PublishFunction", "Incident"]["Stream"] == "Incidents.StreamArn"
    routes = {"PARALLAX_ALERTS_TOPIC_ARN", "PARALLAX_FINDINGS_TOPIC_ARN"}
    assert set(environment("notify")) & routes == {"PARALLAX_ALERTS_TOPIC_ARN"}
    assert set(environment("publish")) & routes == {"PARALLAX_FINDINGS_TOPIC_ARN"}


def test_no_stream_has_more_than_two_readers() -> None:
    """More readers of a shard are throttled.

    Source: Amazon DynamoDB Developer Guide, "Change data capture for DynamoDB
    Streams": at most two processes read from the same shard at the same time.
    """
    readers = Counter(mapping["Stream"] for mapping in MAPPINGS.values())
    assert max(readers.values()) <= 2


@pytest.mark.parametrize("step", ["diagnose", "notify", "publish"])
def test_one_bad_record_costs_one_record(step: str) -> None:
    """The mapping takes partial failures, splits batches, and ends its retries."""
    (mapping,) = (m for (f, _), m in MAPPINGS.items() if f == f"{step.title()}Function")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert 0 < mapping["MaximumRetryAttempts"] <= 10_000
    # Less than the 24 hours that a stream keeps its records.
    assert 60 <= mapping["MaximumRecordAgeInSeconds"] < 86_400


@pytest.mark.parametrize("step", ["probe", "inspect", "ingest"])
def test_a_function_that_names_failed_records_has_a_mapping_that_takes_them(
    step: str,
) -> None:
    """A response that names failed records means nothing to any other mapping."""
    code = handler_code(step)
    assert not any(word in code for word in PARTIAL)
    assert "ReportBatchItemFailures" not in json.dumps(properties(step))


def test_every_reference_names_something_of_the_template() -> None:
    """`sam validate --lint` accepts a `!GetAtt` of a resource that does not exist."""
    text = (ROOT / "template.yaml").read_text()
    named = set(re.findall(r"!(?:Ref|GetAtt) (\w+)\b(?!::)", text))
    generated = {"IngestFunctionUrl", "ReportFunctionUrl", "ProbeFunctionRole"}
    assert named <= {*RESOURCES, *TEMPLATE["Parameters"], *generated}


def test_probe_may_invoke_itself_and_nothing_else() -> None:
    """By a policy of its own: the function's own policies cannot name the function."""
    policy = of_type("IAM::Policy")["ProbeShardsPolicy"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Resource"] == "ProbeFunction.Arn"
    assert policy["Roles"] == ["ProbeFunctionRole"]


def test_report_reaches_only_the_items_behind_a_link() -> None:
    """The internet reaches it: it reads no target's incident, and writes one item."""
    (policy,) = properties("report")["Policies"]
    read, probes, uptime, write, snapshots = policy["Statement"]
    assert snapshots["Action"] == "s3:GetObject"
    assert snapshots["Resource"] == f"${{SnapshotBucket.Arn}}/{PREFIX}/*"
    keys = {groups.KEY, f"{alert.PREFIX}*", key.ITEM}
    (readable,) = read["Condition"].values()
    assert set(readable["dynamodb:LeadingKeys"]) == keys
    assert read["Action"] == "dynamodb:GetItem"
    (writable,) = write["Condition"].values()
    assert writable == {"dynamodb:LeadingKeys": [groups.KEY]}
    assert write["Action"] == "dynamodb:PutItem"
    (rounds,) = probes["Condition"].values()
    assert rounds == {"dynamodb:LeadingKeys": [ROUNDS_KEY]}
    assert (uptime["Resource"], uptime["Action"]) == (
        "Uptime.Arn",
        "dynamodb:BatchGetItem",
    )


def test_the_status_page_is_published_only_if_it_has_a_bucket() -> None:
    """Off by default: without a bucket there is no right and no schedule."""
    assert TEMPLATE["Parameters"]["StatusPageBucket"]["Default"] == ""
    events = properties("diagnose")["Events"]
    settings = events["StatusPageEveryFiveMinutes"]["Properties"]
    assert settings["State"] == ["HasStatusPage", "ENABLED", "DISABLED"]
    policies = properties("diagnose")["Policies"]
    (only,) = [p for p in policies if isinstance(p, list)]
    assert only[0] == "HasStatusPage"
    files = json.dumps(only[1]["Statement"][0]["Resource"])
    assert all(name in files for name in TYPES)
    assert "/*" not in files


def test_the_page_and_its_url_exist_only_where_mails_have_links() -> None:
    """With `AlertLinks=false` and no exporter, no public URL is beside ingest's."""
    parts = [name for name in RESOURCES if name.startswith("Report")]
    assert {RESOURCES[name]["Condition"] for name in parts} == {"HasLinks"}
    assert TEMPLATE["Outputs"]["ReportUrl"]["Condition"] == "HasLinks"
    urls = [name for name, f in FUNCTIONS.items() if "FunctionUrlConfig" in f]
    assert sorted(urls) == ["ExporterFunction", "IngestFunction", "ReportFunction"]
    assert RESOURCES["ExporterFunction"]["Condition"] == "HasExporter"


def test_ingest_is_public_only_while_it_is_open() -> None:
    """SAM adds no permission, since the kind of authentication is a parameter."""
    url = FUNCTIONS["IngestFunction"]["FunctionUrlConfig"]
    assert url["AuthType"] == "IngestAuth"
    public = of_type("Lambda::Permission")
    for name in (
        "IngestFunctionUrlPublicPermissions",
        "IngestFunctionURLInvokeAllowPublicAccess",
    ):
        assert RESOURCES[name]["Condition"] == "IngestIsOpen"
        assert public[name]["Principal"] == "*"
    assert public["IngestFunctionUrlPublicPermissions"]["FunctionUrlAuthType"] == "NONE"
    only = public["IngestFunctionURLInvokeAllowPublicAccess"]
    assert only["InvokedViaFunctionUrl"] is True


def test_the_agents_user_may_only_push() -> None:
    """By the URL of ingest, and not by an event of its own choice."""
    (policy,) = [p for p in of_type("IAM::Policy").values() if "Users" in p]
    url, invoke = policy["PolicyDocument"]["Statement"]
    assert policy["Users"] == ["AgentUser"]
    assert url["Action"] == "lambda:InvokeFunctionUrl"
    assert invoke["Action"] == "lambda:InvokeFunction"
    assert invoke["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": True}}
    assert {s["Resource"] for s in (url, invoke)} == {"IngestFunction.Arn"}


def test_the_exporter_exists_only_where_metrics_are_wanted() -> None:
    """It reads three kinds of keys, writes nothing, and sends only with a receiver."""
    parts = [name for name in RESOURCES if name.startswith("Exporter")]
    assert {RESOURCES[name]["Condition"] for name in parts} == {"HasExporter"}
    journal, incidents = properties("exporter")["Policies"][0]["Statement"]
    (readable,) = journal["Condition"].values()
    assert readable == {"dynamodb:LeadingKeys": [ROUNDS_KEY, "cluster#*"]}
    assert cluster_key("c").startswith("cluster#")
    (open_groups,) = incidents["Condition"].values()
    assert open_groups == {"dynamodb:LeadingKeys": [groups.KEY]}
    each_minute = properties("exporter")["Events"]["EveryMinute"]["Properties"]
    assert each_minute["State"] == ["HasOtlp", "ENABLED", "DISABLED"]
    assert mentions(TEMPLATE["Outputs"]["MetricsUrl"], "ExporterFunctionUrl")
    for name in ("MetricsToken", "OtlpUrl", "OtlpHeaders"):
        assert TEMPLATE["Parameters"][name]["Default"] == ""


def test_report_does_not_depend_on_who_links_to_it() -> None:
    """Notify names report's URL; the other way round, neither could be created."""
    assert not mentions(properties("report"), "NotifyFunction")
    assert not mentions(properties("report"), "ReportFunctionUrl")


def test_the_delay_queue_exists_only_where_it_is_wanted() -> None:
    """No message outlives its minute, and none is delivered twice."""
    parts = [name for name in RESOURCES if name.startswith("HalfMinute")]
    assert {RESOURCES[name]["Condition"] for name in parts} == {"HasHalfMinute"}
    queue = of_type("SQS::Queue")["HalfMinute"]
    assert queue["MessageRetentionPeriod"] == 60
    assert queue["VisibilityTimeout"] >= properties("probe")["Timeout"]
    assert of_type("Lambda::EventSourceMapping")["HalfMinuteMapping"]["BatchSize"] == 1


def test_no_stream_reads_what_only_confirms_a_failure() -> None:
    """A long outage would otherwise be judged, and its balancer read, each minute."""
    for name in ("DiagnoseFunction", "InspectFunction"):
        (mapping,) = (m for (function, _), m in MAPPINGS.items() if function == name)
        patterns = [
            json.loads(one["Pattern"]) for one in mapping["FilterCriteria"]["Filters"]
        ]
        images = [pattern["dynamodb"]["NewImage"] for pattern in patterns]
        of_a_run = [i["outcome"]["S"] for i in images if "outcome" in i]
        still = ["failing-still", "read-still", "problem-still"]
        assert ["failing"] in of_a_run or [{"anything-but": still}] in of_a_run


def test_the_load_balancers_are_read_when_a_failure_begins_and_is_investigated() -> (
    None
):
    """Health checks may fail in between, and the schedule reads once a minute."""
    (mapping,) = (m for (name, _), m in MAPPINGS.items() if name == "InspectFunction")
    (one,) = mapping["FilterCriteria"]["Filters"]
    image = json.loads(one["Pattern"])["dynamodb"]["NewImage"]
    assert image["kind"]["S"] == ["run", "investigation"]


def test_what_lambda_discards_is_kept_whole_private_and_not_for_ever() -> None:
    """The bucket is closed and encrypted; letters never outlive their objects."""
    bucket = RESOURCES["StreamDeadLetterBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert mentions(bucket["BucketEncryption"], "AES256")
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    queue = of_type("SQS::Queue")["DeadLetters"]
    seconds = rule["ExpirationInDays"] * 86_400
    assert rule["Status"] == "Enabled"
    assert queue["MessageRetentionPeriod"] <= seconds <= 14 * 86_400
    (notified,) = bucket["NotificationConfiguration"]["QueueConfigurations"]
    assert notified["Queue"] == "DeadLetters.Arn"
    assert RESOURCES["StreamDeadLetterBucket"]["DependsOn"] == "DeadLettersQueuePolicy"


def test_snapshots_are_private_encrypted_and_outlive_their_findings() -> None:
    """They expire, but not while a finding that refers to them waits in the queue."""
    bucket = RESOURCES["SnapshotBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert mentions(bucket["BucketEncryption"], "AES256")
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", "SnapshotDays")
    days = TEMPLATE["Parameters"]["SnapshotDays"]
    queue = of_type("SQS::Queue")["FindingsQueue"]
    assert queue["MessageRetentionPeriod"] <= days["MinValue"] * 86_400
    assert days["Default"] == 90


def test_diagnose_may_only_write_snapshots() -> None:
    """It cannot read or delete them, and writes only below their prefix."""
    policies = [p for p in properties("diagnose")["Policies"] if isinstance(p, dict)]
    found = [
        statement
        for policy in policies
        for statement in policy["Statement"]
        if mentions(statement, "SnapshotBucket")
    ]
    (only,) = found
    assert only["Action"] == "s3:PutObject"
    assert only["Resource"] == f"${{SnapshotBucket.Arn}}/{PREFIX}/*"
    assert "s3:ResourceAccount" in only["Condition"]["StringEquals"]


def test_the_queue_of_dead_letters_takes_the_largest_letter() -> None:
    """1 MiB, SQS's maximum: more than `parallax.stream` ever sends."""
    letters = of_type("SQS::Queue")["DeadLetters"]
    assert letters["MaximumMessageSize"] == 1_048_576
    assert letters["MessageRetentionPeriod"] == 1_209_600


def test_there_is_one_secret_that_exists_if_it_has_a_value() -> None:
    """Each secret costs 0.40 dollars a month; both values are fields of one JSON."""
    ((name, secret),) = of_type("SecretsManager::Secret").items()
    fields = json.loads(secret["SecretString"])
    assert fields["hetzner_token"] == "${HetznerToken}"
    assert fields["agent_key"] == "${AgentKey}"
    names = {text.strip("${}") for text in fields.values()}
    assert names <= TEMPLATE["Parameters"].keys()
    assert RESOURCES[name]["Condition"] == "HasSecret"
    assert set(TEMPLATE["Conditions"]["HasSecret"]) == {
        "HasHetznerToken",
        "HasAgentKey",
        "HasRoutes",
        "HasExporterSecret",
        "HasHeartbeat",
    }
    readers = {s for s in STEPS if mentions(properties(s)["Policies"], name)}
    assert readers == {"inspect", "ingest", "routes", "exporter", "publish"}


def test_only_probe_reads_the_logins_and_only_if_there_are_any() -> None:
    """The function that the internet reaches cannot; and probe reads no other."""
    own = properties("probe")["Policies"]
    assert mentions(own, "LoginSecretArn")
    assert not mentions(own, "ParallaxSecret")
    assert {s for s in STEPS if mentions(properties(s), "LoginSecretArn")} == {"probe"}
    assert TEMPLATE["Parameters"]["LoginSecretArn"]["Default"] == ""


@pytest.mark.parametrize(
    ("parameter", "value", "fits"),
    [
        (
            "LoginSecretArn",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:logins-AbCdEf",
            True,
        ),
        ("LoginSecretArn", "arn:aws:iam::123456789012:role/x", False),
        ("LoginSecretArn", "*", False),
        ("HetznerToken", "", True),
        ("HetznerToken", "x" * 64, True),
        ("HetznerToken", "a b", True),
        ("HetznerToken", 'a"b', False),
        ("HetznerToken", "a\\b", False),
        ("HetznerToken", "a\nb", False),
        ("HetznerToken", "\u00e9", False),
        ("AgentKey", "whsec_a+/=,whsec_b", True),
        ("AgentKey", 'whsec_a"', False),
        ("SlackWebhookUrl", "https://hooks.slack.com/services/T/B/x", True),
        ("SlackWebhookUrl", "http://hooks.slack.com/services/T/B/x", False),
        ("SlackWebhookUrl", 'https://x/"', False),
        ("TeamsWebhookUrl", "https://x.example/a?b=c%2F&sig=d-_", True),
        ("TeamsWebhookUrl", "https://x.example/\\", False),
        ("PagerDutyRoutingKey", 'a"', False),
        ("OpsgenieApiKey", "0a-1b", True),
        ("OpsgenieApiKey", "a b", False),
        ("NtfyToken", "tk_a", True),
        ("NtfyToken", "tk_a\n", False),
        ("WebhookSecret", "whsec_a,whsec_b", True),
        ("WebhookSecret", "secret", False),
        ("MetricsToken", "0123456789abcdefghij", True),
        ("MetricsToken", "0123456789abcdefghij,0123456789abcdefghi=", True),
        ("MetricsToken", "short", False),
        ("MetricsToken", '0123456789abcdefghi"', False),
        ("OtlpHeaders", "authorization=Basic%20YTpi,x-scope=1", True),
        ("OtlpHeaders", 'a="', False),
        ("OtlpHeaders", "a=\\", False),
        ("OtlpUrl", "https://collector.example/v1/metrics", True),
        ("OtlpUrl", "ftp://collector.example/", False),
    ],
)
def test_a_value_of_the_secret_cannot_break_its_json(
    parameter: str, value: str, *, fits: bool
) -> None:
    """CloudFormation puts it between two quotes unchanged."""
    pattern = TEMPLATE["Parameters"][parameter]["AllowedPattern"]
    assert (re.fullmatch(pattern, value) is not None) is fits


def test_redrive_finds_the_queue_and_every_function_in_the_outputs() -> None:
    """The stack's outputs name what `parallax redrive` reads and invokes."""
    outputs = {name: o["Value"] for name, o in TEMPLATE["Outputs"].items()}
    # An earlier version's outputs mean queues whose letters do not name a function.
    named = [output for output, value in outputs.items() if value == "DeadLetters"]
    assert named == [LETTERS_OUTPUT]
    functions = {f"{step.title()}Function" for step in STEPS}
    functions -= {"IngestFunction", "ReportFunction"}  # URLs invoke them
    assert {outputs[f"{name}Name"] for name in functions} == functions


@pytest.mark.parametrize("step", STEPS)
def test_a_healthy_invocation_writes_no_platform_line(step: str) -> None:
    """Lambda's own lines about a success cost more than the function's own ones.

    WARN keeps those about a failure. Source: AWS Lambda Developer Guide, "Log-level
    filtering", system log level event mapping.
    """
    config = TEMPLATE["Globals"]["Function"]["LoggingConfig"]
    assert config == {
        "LogFormat": "JSON",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "WARN",
    }
    # SAM merges the function's own settings into the global ones.
    assert properties(step)["LoggingConfig"].keys() == {"LogGroup"}


def test_the_parameters_defaults_are_the_code_s_own() -> None:
    """Who deploys without a parameter gets what the code would have chosen."""
    plan, parameters = Plan(), TEMPLATE["Parameters"]
    assert tuple(parameters["Resolvers"]["Default"].split(",")) == plan.resolvers
    repeat = parameters["RepeatSeconds"]
    assert repeat["Default"] == plan.interval
    last = (plan.repeats - 1) * repeat["MaxValue"]
    assert last + plan.shortest < plan.seconds


def test_the_daily_mail_is_sent_only_where_it_is_wanted() -> None:
    """Off by default; then its hour is that of a time zone, in three attempts."""
    parameters = TEMPLATE["Parameters"]
    assert parameters["AdviceMail"]["Default"] == "none"
    assert TEMPLATE["Conditions"]["MailsAdvice"] == ["AdviceMail", "daily"]
    daily = properties("notify")["Events"]["EveryDay"]["Properties"]
    assert daily["State"] == ["MailsAdvice", "ENABLED", "DISABLED"]
    assert daily["ScheduleExpression"] == "cron(0,5,10 ${AdviceMailHour} * * ? *)"
    assert daily["ScheduleExpressionTimezone"] == "AdviceMailTimeZone"
    assert json.loads(daily["Input"]) == {"deliver": "advice"}
    assert "EveryDay" not in properties("publish")["Events"]
    assert parameters["AdviceMailTimeZone"]["Default"] in time_zones.names()
