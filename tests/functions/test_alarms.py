"""The alarms: each can fire, each tells of a new fault, and each has a runbook section.

Sources: AWS Lambda Developer Guide, "Types of metrics for Lambda functions", "Viewing
metrics for Lambda functions" and "Monitoring Lambda function URLs"; Amazon SQS
Developer Guide, "Available CloudWatch metrics for Amazon SQS"; Amazon CloudWatch User
Guide, "Using Amazon CloudWatch alarms".
"""

import ast
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.functions.template import (
    ALARMS,
    CODE,
    EVERY,
    FUNCTIONS,
    MAPPINGS,
    RESOURCES,
    ROOT,
    TEMPLATE,
    mentions,
    metrics,
    of_type,
)

RUNBOOK = ROOT / "docs/runbook.md"
RECORD = ROOT / "docs/decisions/0014-fixed-cost.md"
BOTH = [(name, metric) for name in sorted(ALARMS) for metric in metrics(ALARMS[name])]
"""Each alarm with each metric that it watches."""


def handler_can_raise(function: str) -> bool:
    """Say whether an exception can leave the handler, read from its code.

    It cannot where the handler catches `Exception` and raises nothing itself.
    """
    step = function.removesuffix("Function").lower()
    tree = ast.parse((ROOT / f"functions/{CODE[step]}/app.py").read_text())
    (handler,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "handler"
    )
    return not any(
        isinstance(node, ast.ExceptHandler)
        and (node.type is None or "Exception" in ast.unparse(node.type).split())
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
        for node in ast.walk(handler)
    )


def senders(queue: str) -> set[str]:
    """Return who sends to a queue by SendMessage, which is what its metric counts."""
    arn, found = f"{queue}.Arn", set[str]()
    for name, function in FUNCTIONS.items():
        if queue in function["Environment"]["Variables"].values():
            found.add(f"the code of {name}")
        if mentions(function.get("EventInvokeConfig", {}), queue):
            found.add(f"asynchronous invocations of {name}")
        if mentions(function.get("Events", {}), queue):
            found.add(f"the schedule of {name}")
    for name, bucket in of_type("S3::Bucket").items():
        if mentions(bucket.get("NotificationConfiguration"), queue):
            found.add(f"notifications of {name}")
    redriven = [q for q in of_type("SQS::Queue").values() if "RedrivePolicy" in q]
    return set() if mentions(redriven, arn) else found


def has_url(function: str) -> bool:
    """Say whether a function has a URL, whose requests Lambda counts."""
    return "FunctionUrlConfig" in FUNCTIONS[function]


def reads_a_stream(function: str) -> bool:
    """Say whether a stream mapping invokes a function."""
    return any(name == function for name, _ in MAPPINGS)


def is_throttled(function: str) -> bool:
    """Say whether Lambda counts the throttles of a function, or of every one."""
    return function == EVERY or function in FUNCTIONS


def keeps_failures(function: str) -> bool:
    """Say whether Lambda delivers to a destination what a function failed at."""
    if function == EVERY:
        return any(keeps_failures(name) for name in FUNCTIONS)
    configured = FUNCTIONS[function].get("EventInvokeConfig", {})
    return reads_a_stream(function) or mentions(configured, "OnFailure")


def subscribed(topic: str) -> bool:
    """Say whether SNS delivers a topic's messages to anybody."""
    return topic in {s["TopicArn"] for s in of_type("SNS::Subscription").values()}


MOVES: dict[str, Callable[[str], object]] = {
    "AWS/SQS NumberOfMessagesSent": senders,
    "AWS/SNS NumberOfNotificationsFailed": subscribed,
    "AWS/Lambda Errors": handler_can_raise,
    "AWS/Lambda Url5xxCount": has_url,
    "AWS/Lambda Url4xxCount": has_url,
    "AWS/Lambda IteratorAge": reads_a_stream,
    "AWS/Lambda DestinationDeliveryFailures": keeps_failures,
    "AWS/Lambda Invocations": FUNCTIONS.__contains__,
    "AWS/Lambda Throttles": is_throttled,
}
"""Metric -> what in the template can move it, given the resource that it is about."""


@pytest.mark.parametrize(("name", "metric"), BOTH)
def test_an_alarm_can_fire(name: str, metric: tuple[str, str]) -> None:
    """Something in the template moves each metric that an alarm watches."""
    kind, resource = metric
    assert MOVES[kind](resource)
    # Without invocations there is no data: only then does a missing value tell.
    silence = kind == "AWS/Lambda Invocations"
    assert (ALARMS[name]["TreatMissingData"] == "breaching") is silence


def fired(alarm: Any, arrivals: list[int]) -> int:
    """Return how often an alarm goes to ALARM, given the letters of each minute.

    Letters stay in the queue. Missing data is not breaching.
    """
    gauge = alarm["MetricName"].startswith("Approximate")
    values = [sum(arrivals[: i + 1]) if gauge else n for i, n in enumerate(arrivals)]
    width, need = alarm["EvaluationPeriods"], alarm.get("DatapointsToAlarm", 1)
    states = [
        sum(
            value > alarm["Threshold"]
            for value in values[max(0, i - width + 1) : i + 1]
        )
        >= need
        for i in range(len(values))
    ]
    return sum(
        now and not before
        for before, now in zip([False, *states], states, strict=False)
    )


def test_a_letter_that_stays_does_not_hide_the_next() -> None:
    """Two letters an hour apart are reported twice, even if the first one stays."""
    alarm = ALARMS["DeadLettersAlarm"]
    arrivals = [0] * 120
    arrivals[5] = arrivals[65] = 1
    assert fired(alarm, arrivals) == 2
    # CloudWatch gets the metrics of a queue that was idle up to 15 minutes late.
    assert alarm["EvaluationPeriods"] * alarm["Period"] > 15 * 60
    assert alarm["DatapointsToAlarm"] == 1


def test_the_alarms_of_every_stack_have_at_most_twelve_metrics() -> None:
    """CloudWatch bills 0.10 dollars a month for each metric of an alarm, each time.

    An option that a stack does not use has no alarm.
    """
    always = [name for name, _ in BOTH if "Condition" not in RESOURCES[name]]
    assert len(always) <= 12
    assert max(Counter(metric for _, metric in BOTH).values()) == 1


def test_every_function_reports_throttles_and_lost_letters() -> None:
    """One metric of the account each, which includes every function of the stack."""
    watched = {metric for _, metric in BOTH}
    assert ("AWS/Lambda Throttles", EVERY) in watched
    assert ("AWS/Lambda DestinationDeliveryFailures", EVERY) in watched


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_what_a_function_cannot_do_is_reported(function: str) -> None:
    """An invocation that fails leaves a letter, an error that is watched, or a 5xx."""
    watched = {metric for _, metric in BOTH}
    settings = FUNCTIONS[function]
    events = settings.get("Events", {}).values()
    asynchronous = [e for e in events if e["Type"] == "ScheduleV2"]
    is_counted = ("AWS/Lambda Errors", function) in watched
    if asynchronous:
        assert is_counted or mentions(settings["EventInvokeConfig"], "DeadLetters")
    if has_url(function):
        # What a handler raises is both an error and a 5xx.
        assert ("AWS/Lambda Url5xxCount", function) in watched or is_counted
    queues = [e for e in events if e["Type"] == "SQS"]
    if queues:  # a message that failed stays in its queue
        assert is_counted
    for event in events:
        kept = ("DeadLetterConfig", "DestinationConfig")
        assert event in queues or any(name in event["Properties"] for name in kept)
    assert asynchronous or queues or has_url(function)


@pytest.mark.parametrize("step", ["Notify", "Publish"])
def test_a_stream_that_is_retried_seldom_is_reported(step: str) -> None:
    """If all records of a batch fail, the function raises at each retry of Lambda.

    Three retries in a quarter of an hour are enough, and the minute's call that fails
    is reported after three minutes.
    """
    alarm = ALARMS[f"{step}FailingAlarm"]
    seldom = [1 if minute % 5 == 0 else 0 for minute in range(30)]
    assert fired(alarm, seldom) == 1
    assert fired(alarm, [1, 1, 1]) == 1
    assert fired(alarm, [1, 1, *[0] * 20, 1, 1]) == 0


def test_late_judgements_are_reported() -> None:
    """Records that fail within a batch do not count as errors; their age shows it.

    Before the mapping discards a record, or by the letter that it leaves.
    """
    function, alarm = "DiagnoseFunction", ALARMS["DiagnoseLateAlarm"]
    assert metrics(alarm) == [("AWS/Lambda IteratorAge", function)]
    ages = [
        m["MaximumRecordAgeInSeconds"]
        for (f, _), m in MAPPINGS.items()
        if f == function
    ]
    assert alarm["Statistic"] == "Maximum"
    assert alarm["Threshold"] < min(ages) * 1000
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


def test_ingest_is_watched_by_the_status_codes_that_agents_get() -> None:
    """A 5xx response is reported, although the handler catches every exception."""
    alarm = ALARMS["IngestFailingAlarm"]
    assert metrics(alarm) == [("AWS/Lambda Url5xxCount", "IngestFunction")]
    assert alarm["Statistic"] == "Sum"


@pytest.mark.parametrize(
    ("rejected", "fires"),
    [([4, 5, 4], True), ([2, 2, 2], False), ([300, 0, 0], False), ([9, 9, 0], False)],
)
def test_rejected_pushes_are_reported_but_not_a_scan(
    rejected: list[int], *, fires: bool
) -> None:
    """One agent that pushes each minute with a wrong key is enough; a scan ends."""
    alarm = ALARMS["IngestRejectingAlarm"]
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["Period"] == 300
    periods = alarm["EvaluationPeriods"]
    breaching = [count >= alarm["Threshold"] for count in rejected]
    assert (len(breaching) == periods and all(breaching)) is fires


def test_alarms_about_parallax_do_not_need_the_alerts_topic() -> None:
    """They act on a topic of their own, with a subscription of its own."""
    for alarm in ALARMS.values():
        assert alarm["AlarmActions"] == ["OperatorTopic"]
        assert alarm.get("OKActions", ["OperatorTopic"]) == ["OperatorTopic"]
    mail = of_type("SNS::Subscription")["OperatorMail"]
    assert mail["TopicArn"] == "OperatorTopic"
    assert mail["Endpoint"] == ["HasOperatorEmail", "OperatorEmail", "AlertEmail"]
    assert TEMPLATE["Parameters"]["OperatorEmail"]["Default"] == ""


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_leads_to_its_section_of_the_runbook(name: str) -> None:
    """Its description ends with the section, which states what to check and do."""
    description = ALARMS[name]["AlarmDescription"]
    assert description.endswith(f"docs/runbook.md#{name.lower()}")
    sections = dict(
        re.findall(
            r"^## (\w+)\n(.*?)(?=^## |\Z)",
            RUNBOOK.read_text(),
            re.MULTILINE | re.DOTALL,
        )
    )
    assert "\n```sh\n" in sections[name]


def test_the_decision_names_a_failure_for_each_alarm() -> None:
    """Its table maps each way to fail to the alarms that report it, and no other."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| .+ \|$", RECORD.read_text(), re.MULTILINE)
    named = {name for _, cell in rows for name in re.findall(r"\w+Alarm\b", cell)}
    assert named == set(ALARMS)


def test_the_runbook_has_no_section_for_an_alarm_that_is_gone() -> None:
    """Every section that is named as alarms are is one of an alarm."""
    named = set(re.findall(r"^## (\w+Alarm)$", RUNBOOK.read_text(), re.MULTILINE))
    assert named == set(ALARMS)
