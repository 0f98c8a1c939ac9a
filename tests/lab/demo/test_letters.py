"""Letters: mails become files, and the first link becomes a page."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from lab.demo.letters import save_mails, saved_page
from lab.stage.inbox import Mail

LINKED = Mail("DOWN", "Incident (see): http://127.0.0.1:8600/i/abc?s=1  (14 days)")


class Pages:
    """Pages whose function is elsewhere."""

    def inside(self, address: str) -> str:
        """Return the address of the function."""
        return address.replace("127.0.0.1:8600", "function.test")


def test_the_page_of_the_first_link_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stage ends with the demo; the page stays."""

    def get(url: str, **_: Any) -> httpx.Response:
        return httpx.Response(200, text=url, request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)
    pages: Any = Pages()
    path = saved_page([Mail("BLIND", "no link"), LINKED], pages, tmp_path / "page.html")
    assert path
    assert path.read_text() == "http://function.test/i/abc?s=1"


def test_a_mail_without_a_link_has_no_page(tmp_path: Path) -> None:
    """Links can be turned off."""
    assert saved_page([Mail("DOWN", "no link")], None, tmp_path / "page.html") is None


def test_each_mail_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a signal ends the stage."""

    class Inbox:
        """Two mails, then a signal."""

        def __init__(self) -> None:
            self.left = [[LINKED], [Mail("RESOLVED", "over")]]

        def mails(self) -> list[Mail]:
            """Return the next mails."""
            if not self.left:
                raise KeyboardInterrupt
            return self.left.pop(0)

    monkeypatch.setattr("lab.demo.letters.PAUSE_SECONDS", 0)
    inbox: Any = Inbox()
    with pytest.raises(KeyboardInterrupt):
        save_mails(inbox, tmp_path / "mails")
    texts = [path.read_text() for path in sorted((tmp_path / "mails").iterdir())]
    assert texts[0].startswith("Subject: DOWN\n\nIncident")
    assert len(texts) == 2
