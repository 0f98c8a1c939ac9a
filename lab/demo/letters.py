"""Letters: the mails of a stage and the pages that they link to, as files.

In: an inbox, or mails. Out: one text file for each mail; the page of the first one.
It does not: send anything.
"""

import re
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from lab.stage.inbox import Inbox, Mail
from lab.stage.pages import Pages

MAILS = "mails"
"""The folder of the mails of a stage that `make up` started."""
PAUSE_SECONDS = 1.0
LINK = re.compile(r"https?://127\.0\.0\.1:\d+/i/\S+")
"""The address of an incident's page, as `lab.stage.pages` serves it."""


def save_mails(inbox: Inbox, folder: Path) -> None:
    """Save each mail that arrives, until a signal ends this process."""
    folder.mkdir(exist_ok=True)
    number = 0
    while True:
        for mail in inbox.mails():
            number += 1
            text = f"Subject: {mail.subject}\n\n{mail.text}"
            (folder / f"{number:03d}.txt").write_text(text)
        time.sleep(PAUSE_SECONDS)


def saved_page(mails: Sequence[Mail], pages: Pages | None, path: Path) -> Path | None:
    """Save the page that the first mail links to; None: no mail has a link."""
    links = (found for mail in mails if (found := LINK.search(mail.text)))
    link = next(links, None)
    if link is None or pages is None:
        return None
    page = httpx.get(pages.inside(link.group()), timeout=30)
    page.raise_for_status()
    path.write_text(page.text)
    return path
