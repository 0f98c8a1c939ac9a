"""`parallax attribute FILE|-`: which server wrote this response.

In: the output of `curl -si`, `curl -v`, `wget -S` or HTTPie, also as pasted from a
thread, or a HAR recording. Out: writer, hop, how and clues of each response, numbered
if there are several; `--json` prints those of the last one (of a HAR, of the last
failing one): `{"writer": …, "hop": …, "how": …, "clues": […]}`.
It does not: send a request.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.terminal import fail, hop_color, read_input, show_json, source
from parallax.model.secret_text import without_passwords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parallax.cli.page import Line
    from parallax.cli.transcript import Transcript
    from parallax.writers import Attribution

HOW = {
    "own-page": "the writer sent this page itself; no other server left a trace",
    "passed-through": "the response passed through at least one other server",
    "replayed": "a cache sent a stored copy of this response",
}


def run(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="File with the output of `curl -si`, `curl -v` or `wget -S`, or a HAR "
            "recording; - reads standard input.",
        ),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show which server wrote a recorded response.

    Example: curl -si https://example.org/ | parallax attribute -
    """
    from parallax.cli.responses import NotAResponse, read_responses

    try:
        responses = read_responses(read_input(file))
    except NotAResponse as error:
        from parallax.writers import Attribution

        problem = f"{source(file)}: not an HTTP response: {error}"
        if as_json:
            clues = (without_passwords(f"not an HTTP response: {error}"),)
            print_json(
                Attribution(writer="unknown", hop="unknown", how="unknown", clues=clues)
            )
        fail(f"{problem}; expected the output of `curl -si URL`")
    if as_json:
        print_json(attributed(responses.chosen))
    else:
        from parallax.cli.page import show

        show(numbered(responses.all))


def attributed(response: "Transcript") -> "Attribution":
    """Return which server wrote a response, or a page that was pasted alone."""
    from parallax.writers import attribute

    if response.page_only:
        from parallax.writers.page_alone import attribute_page

        return attribute_page(response.body)
    return attribute(
        status_code=response.status_code,
        reason=response.reason,
        headers=response.headers,
        body=response.body,
    )


def numbered(responses: "list[Transcript]") -> "Iterator[Line]":
    """Yield each attribution; several ones under a headline with number and status."""
    from rich.text import Text

    from parallax.cli.page import Line

    for number, response in enumerate(responses, 1):
        if len(responses) > 1:
            if number > 1:
                yield Line(Text(""))
            headline = f"response {number} of {len(responses)}: {response.status_code}"
            yield Line(Text(headline, "bold"))
        yield from lines(attributed(response))


def print_json(attribution: "Attribution") -> None:
    """Print an attribution as JSON."""
    show_json(asdict(attribution))


def lines(attribution: "Attribution") -> "Iterator[Line]":
    """Yield an attribution as lines, in the color of its hop."""
    from rich.text import Text

    from parallax.cli.page import Line

    color = hop_color(attribution.hop)
    meaning = HOW.get(attribution.how, "the response does not show its path")
    yield Line(Text.assemble("writer  ", (attribution.writer, f"bold {color}")))
    yield Line(Text.assemble("hop     ", (attribution.hop, color)))
    yield Line(Text(f"how     {attribution.how}: {meaning}"), 8)
    for number, clue in enumerate(attribution.clues):
        yield Line(Text(f"{'' if number else 'clues':8}- {clue}"), 10)
    if not attribution.clues:
        none = "none: the response matches no known server"
        yield Line(Text.assemble("clues   ", (none, "dim")), 8)
