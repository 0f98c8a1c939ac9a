"""`diagnose` counts the uptime, and publishes the status page if it is switched on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parallax import settings
from parallax.journal.dynamodb import DynamoJournal
from parallax.status_page.destination import Bucket
from parallax.uptime.chapters import Chapters
from parallax.uptime.table import Histories
from tests.conftest import Cloud
from tests.parallax.journal.test_rounds import round_of

TARGETS = """targets:
  - name: front-7
    url: https://front.example/
    public: {title: Shop}
"""


def app(load: Any, cloud: Cloud, tmp_path: Path, **places: str) -> Any:
    """Load diagnose with one target; the incidents' table also has the histories."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    found = {
        "TARGETS": file,
        "JOURNAL_TABLE": cloud.journal,
        "INCIDENTS_TABLE": cloud.incidents,
        "UPTIME_TABLE": cloud.incidents,
        "DEAD_LETTERS_URL": cloud.dead_letters,
    }
    return load("diagnose", **(found | places))


def test_the_hourly_call_counts_the_uptime(
    load: Any, cloud: Cloud, tmp_path: Path
) -> None:
    """From the chapters in the journal; repeated, it changes nothing."""
    diagnose = app(load, cloud, tmp_path)
    assert diagnose.handler({"uptime": True}, None) == {"counted_until": None}
    now = datetime.now(UTC)
    quarter = now.replace(minute=now.minute // 15 * 15)
    for quarters in range(9):
        at = quarter - timedelta(minutes=15 * quarters)
        Chapters(cloud.journal).keep(round_of(0, 1, "front-7", at=at), None)
    counted = diagnose.handler({"uptime": True}, None)["counted_until"]
    assert timedelta(minutes=30) < now - datetime.fromtimestamp(counted, UTC)
    found = [*Histories(cloud.incidents).of(["front-7"]).values()]
    (history,) = found
    assert history is not None
    assert any(day.known for day in history.targets["front-7"].values())
    again = diagnose.handler({"uptime": True}, None)
    assert again == {"counted_until": counted}
    assert [*Histories(cloud.incidents).of(["front-7"]).values()] == found


def test_a_stack_without_a_history_counts_nothing(
    load: Any, cloud: Cloud, tmp_path: Path
) -> None:
    """As in `sam local invoke`."""
    diagnose = app(load, cloud, tmp_path, UPTIME_TABLE="")
    assert diagnose.handler({"uptime": True}, None) == {"counted_until": None}


def test_the_status_page_goes_to_its_bucket(
    load: Any, cloud: Cloud, tmp_path: Path, bucket: str
) -> None:
    """A second run writes nothing, because nothing changed."""
    DynamoJournal(cloud.journal).record_round(
        round_of(0, 1, "front-7", at=datetime.now(UTC))
    )
    diagnose = app(
        load,
        cloud,
        tmp_path,
        STATUS_PAGE_BUCKET=bucket,
        STATUS_PAGE_URL="https://status.example/",
        STATUS_PAGE_TITLE="Example",
    )
    assert diagnose.handler({"status_page": True}, None) == {"written": True}
    page = Bucket(bucket).read("index.html")
    assert page is not None
    assert b"<title>Example</title>" in page
    assert b"All services are operational" in page
    assert b"front" not in page
    assert diagnose.handler({"status_page": True}, None) == {"written": False}


def test_a_status_page_without_an_address_is_an_error(
    load: Any, cloud: Cloud, tmp_path: Path, bucket: str
) -> None:
    """The dead letter names the variable."""
    diagnose = app(load, cloud, tmp_path, STATUS_PAGE_BUCKET=bucket)
    with pytest.raises(settings.SettingsError, match="PARALLAX_STATUS_PAGE_URL"):
        diagnose.handler({"status_page": True}, None)
