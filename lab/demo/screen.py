"""Screen: what a person sees while the demo plays.

In: the story so far and the newest judgement of each target. Out: a live view
in a terminal, plain lines elsewhere (a pipe, CI).
It does not: decide anything; colors mean what they mean everywhere here: green
is well, red is broken, yellow is waiting, gray is not known.
"""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from lab.stage.inbox import Mail
from parallax.model.finding import HopState, Judgement, View

MARKS = {
    HopState.OK: ("●", "green"),
    HopState.FAULTY: ("✗", "bold red"),
    HopState.UNKNOWN: ("?", "bright_black"),
}
COLORS = {View.HEALTHY: "green", View.FAILING: "bold red", View.UNKNOWN: "bright_black"}
SHOWN_LINES = 14
MAIL_COLUMNS = 80
"""Of the lines around a mail, whose own text has 78."""


class Screen:
    """The demo's face: a table of targets, one path, and the story."""

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
        """Start the live view where there is a terminal."""
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the live view, and leave the story on the screen."""
        if self._live.is_started:
            self._live.stop()
            self.console.print(*self.lines, sep="\n")

    def tell(self, text: str, style: str = "") -> None:
        """Add a line to the story, with the seconds since the start."""
        seconds = int(time.monotonic() - self.began)
        line = Text.assemble((f"{seconds:4d} s  ", "bright_black"), (text, style))
        self.lines.append(line)
        if not self._live.is_started:
            self.console.print(line)

    def show(self, judgements: Mapping[str, Judgement]) -> None:
        """Show how each target stands now."""
        self.judgements = judgements

    def mail(self, mail: Mail) -> None:
        """Show a mail as its receiver reads it, between two lines.

        Nothing stands beside its text and no line of it is broken: a command must
        be copied as one line, however narrow the terminal is.
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
        for column in ("target", "from the internet", "inside", "cause so far"):
            table.add_column(column)
        for name, judged in self.judgements.items():
            symptom = judged.symptom
            cause = judged.cause if symptom.external is View.FAILING else ""
            table.add_row(name, _view(symptom.external), _view(symptom.internal), cause)
        return table


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
