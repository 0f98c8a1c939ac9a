"""Screen: the demo's output.

In: progress lines and the newest judgement of each target. Out: a live view in a
terminal, plain lines elsewhere (a pipe, CI).
It does not: decide anything. Green is healthy, red is failing, yellow is waiting,
gray is not known.
"""

import textwrap
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from lab.stage.inbox import Mail
from parallax.model.judgement import HopState, Judgement, View

MARKS = {
    HopState.OK: ("●", "green"),
    HopState.FAULTY: ("✗", "bold red"),
    HopState.AFFECTED: ("!", "yellow"),
    HopState.UNKNOWN: ("?", "bright_black"),
}
COLORS = {View.HEALTHY: "green", View.FAILING: "bold red", View.UNKNOWN: "bright_black"}
SHOWN_LINES = 14
MAIL_COLUMNS = 80
"""Width of the rules around a mail; no line of the mail is wrapped."""
PHONE_COLUMNS = 40
PHONE_LINES = 16
"""Lines below the subject that a phone shows before its reader scrolls."""


class Screen:
    """A table of targets, the path of the worst one, and the progress lines."""

    def __init__(self, title: str, console: Console) -> None:
        self.title = title
        self.console = console
        self.began = time.monotonic()
        self.lines: list[Text] = []
        self.judgements: Mapping[str, Judgement] = {}
        self._live = Live(
            get_renderable=self._render,
            console=console,
            refresh_per_second=4,
            transient=True,
        )

    def __enter__(self) -> Self:
        """Start the live view if the output is a terminal."""
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the live view, and print the progress lines."""
        if self._live.is_started:
            self._live.stop()
            self.console.print(*self.lines, sep="\n")

    def log(self, text: str, style: str = "") -> None:
        """Add a progress line with the seconds since the start."""
        seconds = int(time.monotonic() - self.began)
        line = Text.assemble((f"{seconds:4d} s  ", "bright_black"), (text, style))
        self.lines.append(line)
        if not self._live.is_started:
            self.console.print(line)

    def show(self, judgements: Mapping[str, Judgement]) -> None:
        """Show the current judgement of each target."""
        self.judgements = judgements

    def phone(self, mail: Mail) -> None:
        """Show a mail as a phone does: the notification, then the first screen."""
        lines = [line for part in mail.text.splitlines() for line in _wrapped(part)]
        short = mail.subject[:PHONE_COLUMNS]
        notice = f"{short[:-1]}…" if len(mail.subject) > PHONE_COLUMNS else short
        shown = Text("\n").join(
            [Text(notice, "bold"), Text(""), *map(Text, lines[:PHONE_LINES])]
        )
        frame = Panel(shown, title="on a phone", width=PHONE_COLUMNS + 4, style="cyan")
        self.console.print(frame)

    def page(self, path: Path) -> None:
        """Show where the incident's page is, and how to keep it open."""
        self.console.print(
            f"The incident's page: [bold]{path}[/] (a copy; open it in a browser).\n"
            "`make up` keeps the page open, with buttons that work.",
            soft_wrap=True,
        )

    def mail(self, mail: Mail) -> None:
        """Show a mail as its recipient reads it, between two rules.

        No line is wrapped or indented, so that a command can be copied as one line in a
        terminal of any width.
        """
        columns = min(self.console.width, MAIL_COLUMNS)
        self.console.print(Rule("the mail", style="cyan"), width=columns)
        self.console.print(Text(mail.subject, "bold"), "", sep="\n")
        self.console.print(Text(mail.text.rstrip()), soft_wrap=True)
        self.console.print(Rule("end of the mail", style="cyan"), width=columns)

    def _render(self) -> RenderableType:
        parts: list[RenderableType] = [Text(self.title, style="bold")]
        if self.judgements:
            parts.append(self._targets())
            worst = max(self.judgements.values(), key=_redness)
            parts.append(_path(worst))
        parts.extend(self.lines[-SHOWN_LINES:])
        return Group(*parts)

    def _targets(self) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bright_black")
        for column in ("target", "from the internet", "inside", "cause"):
            table.add_column(column)
        for name, judged in self.judgements.items():
            symptom = judged.symptom
            cause = judged.cause if symptom.external is View.FAILING else ""
            table.add_row(name, _view(symptom.external), _view(symptom.internal), cause)
        return table


def _wrapped(line: str) -> list[str]:
    """Return a line as a phone wraps it."""
    return textwrap.wrap(line, PHONE_COLUMNS) or [""]


def _view(view: View) -> Text:
    return Text(view.value, style=COLORS[view])


def _redness(judged: Judgement) -> int:
    return sum(hop.state is HopState.FAULTY for hop in judged.path)


def _path(judged: Judgement) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for hop in judged.path:
        mark, style = MARKS[hop.state]
        table.add_row(Text(mark, style=style), hop.hop.value, hop.seen)
    return table
