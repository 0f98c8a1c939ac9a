"""People: who opens the links in mails, and presses buttons there.

In: mails as the topic sent them, the responses of `report`. Out: requests; what a page
showed that it must not show.
It does not: read a table, except for the link to the overview.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.cost.functions import url_event
from chaos import kinds
from chaos.dice import Dice
from chaos.ledger import Ledger

LINK = re.compile(r"(/i/([0-9a-f-]{36}))\?(s=[\w-]+&e=\d+)")
BUTTONS = ("acknowledge", "withdraw", "mute-1h", "unmute", "look", "overview")
SHOWN = {
    "acknowledge": ("withdraw", True),
    "withdraw": ("withdraw", False),
    "mute-1h": ("unmute", True),
    "unmute": ("unmute", False),
}
"""The button that a page has, or has not, after another one was pressed."""
EXPECTED = {200, 303, 404, 410, 503}
FORBIDDEN = 403
type Send = Callable[[dict[str, Any], str | None], dict[str, Any] | None]
"""Sends a request to `report`, with a fault of the platform; None: no answer."""


@dataclass
class People:
    """The people of one case; `overview` returns the query of the overview's link."""

    dice: Dice
    ledger: Ledger
    send: Send
    overview: Callable[[], str | None]
    wrong: list[str] = field(default_factory=list[str])
    """What a page showed, or a function did, against what was pressed."""
    mutes: bool = True
    """Whether they mute groups, too."""
    pressed: int = 0
    _links: dict[str, tuple[str, str]] = field(
        default_factory=dict[str, tuple[str, str]]
    )

    def mailed(self, text: str) -> None:
        """Keep the link of a mail."""
        for path, group, query in LINK.findall(text):
            self._links[group] = (path, query)

    def visit(self) -> None:
        """Open a page, press a button, and look at the page again."""
        kind = self.dice.roll("person", "person", kinds.PERSON)
        number = self.dice.step
        button = BUTTONS[number % len(BUTTONS)]
        if button == "mute-1h" and not self.mutes:
            button = "look"
        if button == "overview":
            self._overview()
        elif self._links:
            groups = list(self._links)
            self._press(groups[-1 - number % min(3, len(groups))], button, kind)

    @property
    def has_mail(self) -> bool:
        """Whether a mail with a link came."""
        return bool(self._links)

    def overview_now(self) -> dict[str, Any] | None:
        """Open the overview; None: no answer, or no link to it yet."""
        query = self.overview()
        return self.send(_event("/o", query, None), None) if query else None

    def _overview(self) -> None:
        self._check("overview", self.overview_now())

    def _press(self, group: str, button: str, kind: str | None) -> None:
        path, query = self._links[group]
        if kind == "forged-link":
            query = query.replace("s=", "s=A", 1)
        before = self._known(group)
        body = None if button == "look" else f"do={button}&by=Ana"
        event = _event(path, query, body)
        answer = self.send(event, kind if kind in {"late-end", "skewed"} else None)
        if kind == "pressed-twice":
            answer = self.send(event, None)
        if kind == "forged-link":
            if answer and answer["statusCode"] not in {FORBIDDEN, 503}:
                self.wrong.append(f"{group}: a forged link was not refused")
            return
        self._check(button, answer)
        # A clock that is ahead dates the press: the page shows it some seconds later.
        if kind in {"lost-answer", "skewed"} or body is None:
            return
        if answer is not None and answer["statusCode"] == 303:  # noqa: PLR2004 - HTTP
            self.pressed += 1
            self._look(group, button, before)

    def _look(self, group: str, button: str, before: int) -> None:
        """Check that the next page shows what was pressed, if the group is open."""
        path, query = self._links[group]
        answer = self.send(_event(path, query, None), None)
        self._check(button, answer)
        page = (answer or {}).get("body", "")
        is_open = 'name="do"' in page and self._known(group) == before
        shown, wanted = SHOWN[button]
        if is_open and (f'value="{shown}"' in page) is not wanted:
            self.wrong.append(f"{group}: {button} was accepted, and is not shown")

    def _check(self, what: str, answer: dict[str, Any] | None) -> None:
        if answer is not None and answer["statusCode"] not in EXPECTED:
            self.wrong.append(f"{what}: status {answer['statusCode']}")

    def _known(self, group: str) -> int:
        return sum(one.subject == group for one in self.ledger.decided.values())


def _event(path: str, query: str, body: str | None) -> dict[str, Any]:
    form = {"content-type": "application/x-www-form-urlencoded"}
    event = url_event(path, form, b64encode((body or "").encode()).decode())
    method = "GET" if body is None else "POST"
    http = {"method": method, "path": path}
    return {**event, "rawQueryString": query, "requestContext": {"http": http}}
