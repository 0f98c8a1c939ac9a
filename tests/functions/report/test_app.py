"""`report`: from a mail's link to the page and back, with the emulated tables."""

import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from parallax.links.address import Addresses
from parallax.links.key import LinkKey
from parallax.links.overview import PATH, overview_query
from parallax.links.signature import Signer
from parallax.model.alert import Alert
from parallax.model.stored_snapshot import decode_snapshot
from parallax.snapshots.bucket import Bucket
from tests.conftest import Cloud
from tests.parallax import scenarios as s
from tests.parallax.open_group import ALERT, BOARD, GROUP_ID, store

URL = "https://abc.lambda-url.eu-central-1.on.aws"


def event(address: str, method: str = "GET", body: str = "") -> dict[str, Any]:
    """Return the function URL's event, as Lambda sends it."""
    path, _, query = address.removeprefix(URL).partition("?")
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"content-type": "application/x-www-form-urlencoded"},
        "requestContext": {"http": {"method": method, "path": path}},
        "body": body,
        "isBase64Encoded": False,
    }


def address_of(cloud: Cloud, alert: Alert) -> str:
    """Return the link of an alert's mail."""
    address = Addresses(LinkKey(cloud.incidents), URL).of(alert)
    assert address is not None
    return address


@pytest.fixture
def address(cloud: Cloud) -> str:
    """Give a test a stack with an open incident, and the link of its mail."""
    store(cloud.incidents)
    fresh = datetime.now(UTC) - timedelta(minutes=1)
    return address_of(cloud, Alert(**{**fields(), "at": fresh}))


def fields() -> dict[str, Any]:
    """Return the alert's fields."""
    return {name: getattr(ALERT, name) for name in Alert.__dataclass_fields__}


def test_the_link_of_a_mail_opens_the_page_and_its_buttons_work(
    load: Any, cloud: Cloud, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    """From the mail to the acknowledgment; no log line has the signature."""
    app = load("report", INCIDENTS_TABLE=cloud.incidents)
    page = app.handler(event(address), None)
    assert page["statusCode"] == 200
    assert page["headers"]["content-type"] == "text/html; charset=utf-8"
    done = app.handler(event(address, "POST", "do=acknowledge&by=Ana"), None)
    assert done["statusCode"] == 303
    again = app.handler(event(URL + done["headers"]["location"]), None)
    assert "Acknowledged by Ana" in again["body"]
    assert GROUP_ID in str([vars(r) for r in caplog.records])
    signature = address.partition("?s=")[2][:22]
    assert signature not in json.dumps([str(vars(r)) for r in caplog.records])


def test_the_raw_snapshot_is_behind_the_same_link(
    load: Any, cloud: Cloud, bucket: str
) -> None:
    """As the function URL sends bytes; the page links to it."""
    reference = Bucket(bucket).save(s.wrong_port())
    finding = replace(ALERT.finding, snapshot_ref=reference)
    fresh = datetime.now(UTC) - timedelta(minutes=1)
    alert = replace(ALERT, at=fresh, finding=finding)
    store(cloud.incidents, BOARD, alert)
    app = load("report", INCIDENTS_TABLE=cloud.incidents, SNAPSHOT_BUCKET=bucket)
    address = address_of(cloud, alert)
    page = app.handler(event(address), None)["body"]
    assert "Failing probe" in page
    (raw,) = re.findall(r'href="(/i/[^"]+snapshot\.json[^"]+)"', page)
    sent = app.handler(event(URL + unescape(raw)), None)
    assert sent["statusCode"] == 200
    assert decode_snapshot(json.loads(b64decode(sent["body"]))) == s.wrong_port()


def test_an_expired_link_is_refused(load: Any, cloud: Cloud) -> None:
    """The alert of 2025 has one."""
    store(cloud.incidents)
    app = load("report", INCIDENTS_TABLE=cloud.incidents)
    response = app.handler(event(address_of(cloud, ALERT)), None)
    assert response["statusCode"] == 410


@pytest.mark.parametrize(
    "change", [{"rawPath": "/"}, {"rawQueryString": ""}, {"body": 1}]
)
def test_nothing_is_listed(
    load: Any, cloud: Cloud, address: str, change: dict[str, Any]
) -> None:
    """Without a link there is no page of an incident."""
    app = load("report", INCIDENTS_TABLE=cloud.incidents)
    response = app.handler(event(address, "POST") | change, None)
    assert response["statusCode"] in {403, 404, 413}
    assert GROUP_ID not in response["body"]


def test_the_link_of_the_overview_opens_all_targets(
    load: Any, cloud: Cloud, address: str, tmp_path: Path
) -> None:
    """A link to an incident does not open it, and the other way round."""
    file = tmp_path / "targets.yaml"
    file.write_text("targets: [{name: front, url: https://front.example/}]")
    app = load(
        "report",
        INCIDENTS_TABLE=cloud.incidents,
        JOURNAL_TABLE=cloud.journal,
        UPTIME_TABLE=cloud.incidents,
        TARGETS=file,
    )
    key = LinkKey(cloud.incidents).read()
    assert key is not None
    signer = Signer(stack=cloud.incidents, key=key)
    query = overview_query(signer, datetime.now(UTC))
    response = app.handler(event(f"{PATH}?{query}"), None)
    assert response["statusCode"] == 200
    assert ">failing</a> for " in response["body"]
    of_incident = address.partition("?")[2]
    assert app.handler(event(f"{PATH}?{of_incident}"), None)["statusCode"] == 403
    assert app.handler(event(f"/i/{GROUP_ID}?{query}"), None)["statusCode"] == 403
