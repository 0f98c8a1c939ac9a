"""Lines about rejections: few, and none is forgotten."""

import logging

import pytest

from parallax.ingest import rejection_log
from parallax.ingest.rejection import PushRejected
from parallax.ingest.rejection_log import RejectionLog


def test_a_flood_writes_a_line_a_second(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each line counts those that were left out; another status has its own line."""
    now = [100.0]
    monkeypatch.setattr(rejection_log, "monotonic", lambda: now[0])
    written = RejectionLog()
    with caplog.at_level(logging.WARNING):
        for number in range(500):
            now[0] = 100.0 + number / 100
            written.note(PushRejected(401, "not authorized"))
        written.note(PushRejected(413, "too large"))
    codes = [line.__dict__["status_code"] for line in caplog.records]
    assert codes == [401] * 5 + [413]
    others = [line.__dict__.get("others", 0) for line in caplog.records[:5]]
    assert others == [0, 99, 99, 99, 99]


def test_a_single_rejection_is_logged_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An agent with a wrong key is not hidden."""
    with caplog.at_level(logging.WARNING):
        RejectionLog().note(PushRejected(401, "not authorized"))
    assert [line.__dict__["reason"] for line in caplog.records] == ["not authorized"]
