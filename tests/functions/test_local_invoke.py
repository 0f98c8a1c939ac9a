"""`sam local invoke` in a real container, with no flag and no account."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
IMAGE = "public.ecr.aws/lambda/python:3.13-x86_64"
pytestmark = pytest.mark.container


REPLAYED = (
    "cache-replays-error",
    "lb-health-check-wrong-port",
    "node-firewall-blocks-load-balancer",
    "service-without-endpoints",
)


@pytest.fixture(scope="module")
def _image() -> None:
    """Require an engine and the base image; without them skip, in CI fail."""
    docker = shutil.which("docker")
    found = docker and subprocess.run(  # noqa: S603 - our own arguments
        [docker, "image", "inspect", IMAGE], capture_output=True, check=False
    )
    if not found or found.returncode:
        text = f"no Docker engine with {IMAGE}: `make container` sees to both"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(text)
    subprocess.run(  # noqa: S603 - our own script
        [ROOT / "tools/lambda-image"], check=True, capture_output=True
    )


def invoke(function: str, event: str) -> tuple[dict[str, Any], str]:
    """Invoke a function of the last `sam build`; return its answer and its log."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    done = subprocess.run(  # noqa: S603 - our own arguments
        [
            *(ROOT / ".tools/bin/sam", "local", "invoke", function),
            *("-e", f"events/{event}.json", "--skip-pull-image"),
        ],
        cwd=ROOT,
        env=kept | {"SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1]), done.stderr


@pytest.mark.usefixtures("_image")
def test_probe_prints_what_it_would_store() -> None:
    """A target given by hand is probed and investigated; both runs are shown."""
    answer, log = invoke("ProbeFunction", "probe/by-hand")
    assert answer["runs"][0]["target"] == "by-hand"
    assert log.count('"would_store"') == 2


@pytest.mark.usefixtures("_image")
def test_inspect_prints_why_it_read_nothing() -> None:
    """Without a token it names the parameter to set."""
    answer, log = invoke("InspectFunction", "inspect/schedule")
    assert {r["problem"] for r in answer["readings"]} == {"unauthorized"}
    assert "HetznerToken" in log


@pytest.mark.usefixtures("_image")
@pytest.mark.parametrize("cause", REPLAYED)
def test_diagnose_replays_a_saved_snapshot(cause: str) -> None:
    """A saved snapshot is judged as the fault that it was saved from.

    One of each class, and the README's; all are judged, without containers, in
    `tests/parallax/notify/test_event.py`.
    """
    answer, _ = invoke("DiagnoseFunction", f"diagnose/{cause}")
    assert answer["cause"] == cause


@pytest.mark.usefixtures("_image")
def test_ingest_refuses_what_is_not_signed() -> None:
    """The answer is the function URL's."""
    assert invoke("IngestFunction", "ingest/unsigned")[0]["statusCode"] == 401


@pytest.mark.usefixtures("_image")
def test_report_refuses_what_is_not_signed() -> None:
    """The answer is the function URL's."""
    assert invoke("ReportFunction", "report/unsigned")[0]["statusCode"] == 403


@pytest.mark.usefixtures("_image")
def test_notify_shows_the_mail() -> None:
    """A finding's event and mail are shown, and nothing is sent."""
    answer, _ = invoke("NotifyFunction", "notify/firing")
    assert answer["event"]["specversion"] == "1.0"
    assert answer["mail"]["subject"]
