"""Screen: the demo's mail fits a terminal, and its commands can be copied."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from lab.demo.screen import Screen
from lab.stage.inbox import Mail
from parallax.model.finding import Finding
from parallax.model.wire import decode
from tests.parallax.rendered import mail_of

EVENTS = Path(__file__).resolve().parent.parent.parent.parent / "events/notify"
COMMAND = "    hcloud load-balancer update-service " + "keybuzz-lb " * 15 + "--port 80"


def shown(mail: Mail, columns: int, *, terminal: bool, encoding: str = "utf-8") -> str:
    """Return what the screen prints of a mail."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    console = Console(
        file=out,
        width=columns,
        force_terminal=terminal,
        color_system=None,
        highlight=False,
    )
    Screen("demo", console).mail(mail)
    out.flush()
    return raw.getvalue().decode(encoding)


def recorded(name: str) -> Mail:
    """Return the mail of a recorded finding."""
    event = json.loads((EVENTS / f"{name}.json").read_text())
    mail = mail_of(decode(Finding, event["finding"]))
    return Mail(mail.subject, mail.body)


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("name", ["firing", "resolved"])
def test_every_line_of_a_mail_is_shown_as_it_is(
    name: str, columns: int, *, terminal: bool
) -> None:
    """No line is broken or indented; the terminal wraps what is wider."""
    mail = recorded(name)
    lines = shown(mail, columns, terminal=terminal).splitlines()
    text = mail.text.splitlines()
    start = len(lines) - 1 - len(text)
    assert lines[start:-1] == text


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_command_stays_one_line(columns: int) -> None:
    """In a terminal of any width its only line break is at its end."""
    mail = Mail("DOWN", f"TYPE THIS NEXT.\n\n{COMMAND}\n\n--")
    assert f"\n{COMMAND}\n" in shown(mail, columns, terminal=True)


def test_a_mail_is_shown_where_only_ascii_can_be_written() -> None:
    """The rules around it use ASCII characters."""
    text = shown(Mail("DOWN", "text"), 80, terminal=False, encoding="ascii")
    assert text.splitlines()[-2] == "text"
