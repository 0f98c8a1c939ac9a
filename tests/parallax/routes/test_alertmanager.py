"""Alertmanager: a real one keeps one alert for a group, and ends it at its end.

With the program of Debian's package `prometheus-alertmanager`, which `make setup`
installs.
"""

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from parallax.model.finding import NotificationReason as Turn
from parallax.model.target import Severity
from parallax.routes.alertmanager import request
from parallax.routes.notice import Notice
from parallax.routes.sending import send
from tests.parallax.routes.notices import changed, notice
from tests.parallax.routes.test_kinds import HOSTILE

PROGRAM = "prometheus-alertmanager"
CONFIGURATION = "route: {receiver: none}\nreceivers: [{name: none}]\n"
START_SECONDS = 10.0


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run Alertmanager; yield its URL."""
    folder: Path = tmp_path_factory.mktemp("alertmanager")
    (folder / "configuration.yaml").write_text(CONFIGURATION)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - a program of Debian
        [
            PROGRAM,
            f"--config.file={folder / 'configuration.yaml'}",
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _await(f"{url}/-/ready")
        yield url
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
    pytest.fail(f"Alertmanager did not answer at {url}")


def deliver(url: str, given: Notice) -> None:
    """Send an alert of now."""
    now = datetime.now(UTC)
    made = request(replace(given, at=now, now=now), {"alertmanager_url": url})
    assert send(made, allow_private=True) == 200


def firing(url: str, group: str) -> list[dict[str, Any]]:
    """Return the alerts of a group that fire."""
    found: list[dict[str, Any]] = httpx.get(
        f"{url}/api/v2/alerts", params={"filter": f'group="{group}"'}
    ).json()
    return found


def test_a_group_is_one_alert_from_begin_to_end(alertmanager: str) -> None:
    """A change updates it, another severity replaces it, its end resolves it."""
    for turn in (Turn.FIRING, Turn.GROWN, Turn.REMINDER):
        deliver(alertmanager, replace(notice(turn), group="one"))
        (alert,) = firing(alertmanager, "one")
        assert alert["labels"]["severity"] == "critical"
        assert alert["annotations"]["turn"] == turn.value
    warning = replace(notice(Turn.GROWN), group="one", severity=Severity.WARNING)
    deliver(alertmanager, warning)
    (alert,) = firing(alertmanager, "one")
    assert alert["labels"]["severity"] == "warning"
    deliver(alertmanager, replace(notice(Turn.RESOLVED), group="one"))
    assert firing(alertmanager, "one") == []


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_it_accepts_hostile_texts(alertmanager: str, number: int) -> None:
    """Whatever a name on the network is, the alert fires."""
    group = f"hostile-{number}"
    deliver(alertmanager, replace(changed(HOSTILE[number]), group=group))
    assert len(firing(alertmanager, group)) == 1
