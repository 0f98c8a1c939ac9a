"""A login from the secret to the mail: it is on the wire, and in no text."""

import asyncio
import json
import logging
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.model.target import Login, LoginKind, Target
from parallax.model.wire import encode
from parallax.notify.event import cloud_event
from parallax.probe.logins import read_logins
from parallax.probe.probing import Probing
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax.probe.running import running
from tests.parallax.probe.servers import Handler
from tests.parallax.probe.test_probing import START, probing, runs_of, targets_at
from tests.parallax.rendered import mail_of

SECRET = "canary-user:cAnAry-p4ssw0rd"
TEXTS = ("cAnAry", b64encode(SECRET.encode()).decode())
LOGIN = Login(kind=LoginKind.BASIC, secret="shop-login", allow_http=True)


def echo(seen: list[bytes]) -> Handler:
    """Return a handler that fails, and repeats the request in header and page."""

    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        seen.append(head)
        lines = [x for x in head.split(b"\r\n") if x.startswith(b"Authorization")]
        own = b"".join(lines)
        writer.write(b"HTTP/1.1 500 " + own + b"\r\nX-Got: " + own + b"\r\n\r\n" + head)
        await writer.drain()

    return handle


def with_login(cloud: Any, target: Target, name: str) -> Probing:
    """Return a probe of this target, whose login is in a secret of this name."""
    manager = boto3.client("secretsmanager")
    content = json.dumps({"shop-login": SECRET})
    arn = manager.create_secret(Name=name, SecretString=content)["ARN"]

    def logins(probed: Any) -> Callable[..., Any]:
        return read_logins(probed, arn)

    return probing(cloud, (target,), logins=logins)


def test_no_text_of_parallax_has_the_login(
    cloud: Any, capsys: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Not the journal, a log, the snapshot, the finding, the event, or the mail."""
    caplog.set_level(logging.INFO)
    seen: list[bytes] = []
    with running(echo(seen)) as (port,):
        (target,) = targets_at(port, 1, login=LOGIN)
        one = with_login(cloud, target, "logins-canary")
        answer = one.answer({}, 58.0)
    assert any(TEXTS[1].encode() in head for head in seen)
    runs = runs_of(target.name, one, START)
    assert runs
    assert any("[redacted]" in p.body for run in runs for p in run.probes)
    snapshot = join(target, runs, taken_at=datetime.now(UTC))
    incident = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert incident
    assert incident.finding
    output = capsys.readouterr()
    texts = [
        json.dumps([encode(run) for run in runs]),
        json.dumps(answer),
        json.dumps(encode(snapshot)),
        json.dumps(cloud_event(incident.finding)),
        str(mail_of(incident.finding)),
        output.out,
        output.err,
        caplog.text,
    ]
    for text in texts:
        assert not any(secret in text for secret in TEXTS)


def test_a_target_that_is_not_in_the_file_gets_no_login(
    cloud: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever may invoke the function could lead it to a server of his own."""
    seen: list[bytes] = []
    with running(echo(seen)) as (port,):
        (target,) = targets_at(port, 1, login=LOGIN)
        one = with_login(cloud, target, "logins-by-hand")
        assert one.answer({"target": encode(target)}, 58.0) == {"runs": []}
    assert seen == []
    assert "targets were not probed" in caplog.text
