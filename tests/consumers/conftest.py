"""A stack of the last release, in the emulator that today's code uses too."""

from pathlib import Path
from typing import Any

import pytest

from tests.consumers.release import Release
from tests.consumers.stack import LAST, Stack


@pytest.fixture
def stack(cloud: Any, tmp_path: Path) -> Stack:
    """Give the release the places of the test's stack."""
    release = Release(
        LAST,
        tmp_path,
        JOURNAL_TABLE=cloud.journal,
        INCIDENTS_TABLE=cloud.incidents,
        FINDINGS_QUEUE_URL=cloud.queue,
        ALERTS_TOPIC_ARN=cloud.topic,
        DEAD_LETTERS_URL=cloud.dead_letters,
    )
    made = Stack(cloud, release)
    made.watch()
    return made
