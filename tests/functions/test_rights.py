"""Rights: no function may do what it never does, place by place.

The other way round, `enforced` fails every test whose function does what it may not.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.reading_store import ReadingStore
from parallax.model.cluster import ClusterReading
from parallax.model.finding import NotificationReason
from parallax.model.push import ReadingPart
from parallax.model.target import Login, LoginKind, Target
from parallax.notify.chat_topic import ChatRoute
from parallax.notify.findings_topic import FindingsRoute
from parallax.notify.routes import TopicRoute
from parallax.probe.fan_out import FanOut
from parallax.probe.logins import read_logins
from parallax.probe.shard_round import Shard
from parallax.routes import sending
from parallax.routes.dead_man import beat
from tests.conftest import Cloud
from tests.functions.enforced import USED_FILE, DeniedError, Enforcer
from tests.functions.one_invocation import CONTEXT
from tests.functions.policy import Call, Right, rights
from tests.functions.template import FUNCTIONS, ROOT
from tests.parallax.journal.test_rounds import round_of
from tests.parallax.notify.alerts import alert
from tests.parallax.routes.notices import PLACE, body
from tests.parallax.routes.standin import standing

HERE = "tests/functions"
DRIVING = {
    "test_rights.py": (),
    "notify/test_app.py": (
        "test_a_finding_that_the_topic_never_takes_is_kept",
        "test_the_daily_call_mails_advice",
        "test_a_topic_that_is_gone_fails_no_record",
    ),
    "ingest/test_heartbeats.py": (
        "test_while_a_target_fails_agents_are_asked_for_full_reports",
    ),
    "diagnose/test_pages.py": (),
    "diagnose/test_app.py": (
        "test_the_hourly_sweep_shrinks_incidents_that_ended",
        "test_an_unreadable_record_is_buried",
        "test_a_finding_refers_to_its_snapshot_in_the_bucket",
    ),
    "inspect/test_app.py": (
        "test_the_zone_is_read_for_a_failure_that_may_come_from_dns",
    ),
    "report/test_app.py": (
        "test_the_link_of_the_overview_opens_all_targets",
        "test_the_raw_snapshot_is_behind_the_same_link",
        "test_the_link_of_a_mail_opens_the_page_and_its_buttons_work",
    ),
    "exporter/test_app.py": ("test_any_other_answer_of_a_receiver_is_a_success",),
}
"""Tests that together use each right; the smallest set that was found."""
LAMBDAS_OWN = "Lambda does it with the function's role, outside of the code"
NOT_CALLED = {
    ("s3:PutObject", "StreamDeadLetterBucket/*"): LAMBDAS_OWN,
    ("s3:ListBucket", "StreamDeadLetterBucket"): LAMBDAS_OWN,
    ("sqs:ReceiveMessage", "HalfMinute"): LAMBDAS_OWN,
    ("sqs:DeleteMessage", "HalfMinute"): LAMBDAS_OWN,
    ("sqs:GetQueueAttributes", "HalfMinute"): LAMBDAS_OWN,
    ("s3:ListBucket", "StatusPageBucket"): "S3 reports a missing object only with it",
}
"""What no code requests -> why it is allowed."""


@pytest.mark.skipif(USED_FILE in os.environ, reason="this is the run that it starts")
def test_every_right_is_used_or_has_a_reason(tmp_path: Path) -> None:
    """A right that no test's function uses is one too many."""
    file = tmp_path / "used"
    driving = [
        "::".join((f"{HERE}/{name}", *test))
        for name, tests in DRIVING.items()
        for test in [(one,) for one in tests] or [()]
    ]
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", *driving],
        cwd=ROOT,
        env=os.environ | {USED_FILE: str(file)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    used = set(file.read_text().splitlines())
    unused = {
        (function, right.action, right.place)
        for function in FUNCTIONS
        for right in rights(function)
        if f"{function} {right.action} {right.place}" not in used
    }
    assert {one for one in unused if one[1:] not in NOT_CALLED} == set()
    assert set(NOT_CALLED) == {one[1:] for one in unused}


def test_a_request_that_is_not_allowed_fails_its_test() -> None:
    """Even if the handler catches the error: the end of the test states it again."""
    enforcer = Enforcer()
    table = {"TableName": "Incidents", "Key": {"pk": {"S": "shop"}}}
    request = {"body": json.dumps(table)}
    with enforcer.run("IngestFunction"), pytest.raises(DeniedError):
        enforcer.sent("dynamodb", "GetItem", request)
    (denied,) = enforcer.denied
    assert "dynamodb:GetItem" in denied


def test_a_right_covers_only_its_place_and_its_keys() -> None:
    """The end of an object's key, a table's index and the items' keys count."""
    right = Right(action="a:B", place="Bucket/snapshots/*")
    assert right.covers(Call(action="a:B", place="Bucket/snapshots/x"))
    assert not right.covers(Call(action="a:B", place="Bucket/other"))
    limited = Right(action="a:B", place="T", keys=("cluster#*",))
    assert limited.covers(Call(action="a:B", place="T", keys=("cluster#c",)))
    mixed = ("cluster#c", "shop")
    assert not limited.covers(Call(action="a:B", place="T", keys=mixed))
    assert not limited.covers(Call(action="a:B", place="T/index/i", keys=mixed[:1]))
    assert not limited.covers(Call(action="a:B", place="T"))


def secret(cloud: Cloud, **values: str) -> str:
    """Store a secret; return its name."""
    name = f"{cloud.journal}-values"
    cloud.client("secretsmanager").create_secret(
        Name=name, SecretString=json.dumps(values)
    )
    return name


def test_probe_stores_fans_out_and_reads_logins(
    load: Callable[..., ModuleType], cloud: Cloud, enforcer: Enforcer, tmp_path: Path
) -> None:
    """A round, a shard that Lambda does not take, half a minute, and a login."""
    file = tmp_path / "targets.yaml"
    file.write_text(
        "targets:\n  - name: front\n    url: http://127.0.0.1:9/\n"
        "    allow_private_addresses: true\n"
    )
    values = secret(cloud, shop="token-of-shop")
    app = load(
        "probe",
        TARGETS=file,
        JOURNAL_TABLE=cloud.journal,
        DEAD_LETTERS_URL=cloud.dead_letters,
        HALF_MINUTE_QUEUE_URL=cloud.inbox,
        LOGINS_SECRET_ARN=values,
        REPEAT_SECONDS="0.1",
        CONTROL_URL="",
        RESOLVERS="system",
    )
    assert app.handler({}, CONTEXT)["failing"] == ["front"]
    own = Shard(number=0, of=2, minute=1)
    login = Login(kind=LoginKind.BEARER, secret="shop")
    shop = Target(name="shop", url="https://shop.example/", login=login)
    named = app.configuration
    with enforcer.run("ProbeFunction"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_LAMBDA_FUNCTION_NAME", "the-probe")
        fan_out = FanOut(
            app.settings.read() if named.function_name is None else named,
            lambda _: None,
            lambda _: None,
        )
        assert fan_out.invoke_others(own) == 1
        fan_out.later(own, 1)
        assert read_logins([shop], values)(shop) is not None


def test_routes_copies_sends_and_buries(
    load: Callable[..., ModuleType], cloud: Cloud
) -> None:
    """An alert for all receivers, a copy for one, and a message that is none."""
    with standing("webhook") as receiver:
        app = load(
            "routes",
            INCIDENTS_TABLE=cloud.incidents,
            DEAD_LETTERS_URL=cloud.dead_letters,
            ROUTES_QUEUE_URL=cloud.queue,
            ROUTES="webhook",
            ROUTES_ALLOW_PRIVATE="true",
            ROUTES_SECRET_ARN=secret(cloud, **PLACE | {"webhook_url": receiver.url}),
        )
        to_one = {"messageAttributes": {"route": {"stringValue": "webhook"}}}
        for number, (text, more) in enumerate(
            [(body(), {}), (body(), to_one), ("{", {})]
        ):
            record: dict[str, Any] = {
                "messageId": f"{number}",
                "body": text,
                "attributes": {"MessageGroupId": "g"},
                "eventSource": "aws:sqs",
            }
            app.handler({"Records": [record | more]}, None)
        assert len(receiver.accepted) == 1
    assert cloud.messages(cloud.dead_letters)


def test_publish_reads_the_rounds_and_the_url_of_its_heartbeat(
    load: Callable[..., ModuleType],
    cloud: Cloud,
    enforcer: Enforcer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With `HeartbeatUrl`; the switch is a server on loopback."""
    DynamoJournal(cloud.journal).record_round(
        round_of(0, 1, "front", at=datetime.now(UTC))
    )
    real = sending.send
    monkeypatch.setattr(sending, "send", lambda one: real(one, allow_private=True))
    with standing() as switch:
        publish = load(
            "notify",
            INCIDENTS_TABLE=cloud.incidents,
            FINDINGS_TOPIC_ARN=cloud.findings,
            DEAD_LETTERS_URL=cloud.dead_letters,
            JOURNAL_TABLE=cloud.journal,
            HEARTBEAT_SECRET_ARN=secret(cloud, heartbeat_url=f"{switch.url}/ping"),
        )
        left = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
        with enforcer.run("PublishFunction"):
            assert beat(publish.settings.read(), left)
        assert switch.requests == 1


def test_ingest_and_exporter_and_diagnose_read_what_is_stored(
    cloud: Cloud, enforcer: Enforcer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of a reading is kept, found, kept for longer, and read."""
    monkeypatch.setenv("PARALLAX_JOURNAL_TABLE", cloud.journal)
    now = datetime.now(UTC)
    part = ReadingPart(digest="a" * 64, reading=ClusterReading(read_at=now))
    with enforcer.run("IngestFunction"):
        ReadingStore(cloud.journal).keep("c", part, now)
        later = now + timedelta(hours=47)
        assert ReadingStore(cloud.journal).lacking("c", [part.digest], later) == ()
    for function in ("DiagnoseFunction", "ExporterFunction"):
        with enforcer.run(function):
            assert ReadingStore(cloud.journal).readings([("c", part.digest)])


def test_topics_are_checked_by_who_publishes_to_them(
    cloud: Cloud, enforcer: Enforcer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notify has two topics, publish the other one."""
    monkeypatch.setenv("PARALLAX_ALERTS_TOPIC_ARN", cloud.topic)
    monkeypatch.setenv("PARALLAX_FINDINGS_TOPIC_ARN", cloud.findings)
    with enforcer.run("NotifyFunction"):
        TopicRoute(cloud.topic).check()
        with pytest.raises(DeniedError):
            TopicRoute(cloud.findings).check()
    assert enforcer.denied.pop()
    with enforcer.run("PublishFunction"):
        FindingsRoute(cloud.findings, "s").check()
    monkeypatch.setenv("PARALLAX_CHAT_TOPIC_ARN", cloud.topic)
    with enforcer.run("NotifyFunction"):
        ChatRoute(cloud.topic).check()
        ChatRoute(cloud.topic).send(alert(NotificationReason.FIRING, 1))
