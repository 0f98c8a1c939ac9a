"""`parallax attribute FILE|-`: who wrote this response.

In: `curl -si` output. Out: writer, hop, how and clues; `--json` gives the fixed
`{"writer": …, "hop": …, "how": …, "clues": […]}`.
It does not: send anything.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.terminal import hop_color, read_input, refuse, show_json, source
from parallax.model.secret_text import without_passwords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parallax.cli.page import Line
    from parallax.writers import Attribution

HOW = {
    "own-page": "wrote this page itself; nothing shows that it passed anybody",
    "passed-through": "wrote this, and it passed through others on its way",
    "replayed": "wrote this once; a cache gave it out again",
}


def run(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A file with `curl -si` output, or -.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say who wrote a recorded response, from `curl -si` output.

    Try: curl -si https://example.org/ | parallax attribute -
    """
    from parallax.cli.transcript import NotAnAnswer, read_transcript
    from parallax.writers import Attribution, attribute

    try:
        answer = read_transcript(read_input(file))
    except NotAnAnswer as error:
        problem = f"{source(file)}: no HTTP response: {error}"
        if as_json:
            clues = (without_passwords(f"no HTTP response: {error}"),)
            print_json(
                Attribution(writer="unknown", hop="unknown", how="unknown", clues=clues)
            )
        refuse(f"{problem}; expected what `curl -si URL` prints")
    attribution = attribute(
        status_code=answer.status_code,
        reason=answer.reason,
        headers=answer.headers,
        body=answer.body,
    )
    if as_json:
        print_json(attribution)
    else:
        from parallax.cli.page import show

        show(lines(attribution))


def print_json(attribution: "Attribution") -> None:
    """Print the fixed JSON."""
    show_json(asdict(attribution))


def lines(attribution: "Attribution") -> "Iterator[Line]":
    """Yield an attribution for people; the color is the hop's."""
    from rich.text import Text

    from parallax.cli.page import Line

    color = hop_color(attribution.hop)
    told = HOW.get(attribution.how, "the bytes don't tell how it came")
    yield Line(Text.assemble("writer  ", (attribution.writer, f"bold {color}")))
    yield Line(Text.assemble("hop     ", (attribution.hop, color)))
    yield Line(Text(f"how     {attribution.how}: {told}"), 8)
    for number, clue in enumerate(attribution.clues):
        yield Line(Text(f"{'' if number else 'clues':8}- {clue}"), 10)
    if not attribution.clues:
        none = "none: no known server leaves these bytes"
        yield Line(Text.assemble("clues   ", (none, "dim")), 8)
