"""Terminal: read a command's input, print its errors and JSON, and color hops.

In: a path or `-`; the text of an error; a value. Out: bytes, exit status 2, or a line.
It does not: interpret the input.
"""

import os
import sys
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Any, NoReturn, TextIO, cast

import typer

from parallax.model.plain import json_text, plain, plain_line
from parallax.model.secret_text import without_passwords
from parallax.output import Output, complain

USAGE = 2
"""Exit status of a usage error, and for input that cannot be read."""
NARROW = 80
"""Columns of a terminal that reports no width."""
HOP_COLORS = {
    "cdn": "magenta",
    "load-balancer": "yellow",
    "ingress": "cyan",
    "pod": "blue",
}
"""One color per hop, the same in every command; an unknown hop is dim."""


LOG_IN = "log in with `aws sso login`"
OTHER_KEY = "set AWS_PROFILE to the profile of the stack's account"
AWS_HINTS = {
    "NoRegionError": "set AWS_REGION, or AWS_PROFILE to a profile with a region",
    "NoCredentialsError": f"set AWS_PROFILE, or {LOG_IN}",
    "PartialCredentialsError": "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "ProfileNotFound": "`aws configure list-profiles` lists the profiles",
    "SSOTokenLoadError": LOG_IN,
    "TokenRetrievalError": LOG_IN,
    "UnauthorizedSSOTokenError": LOG_IN,
    "EndpointConnectionError": "check the network and AWS_REGION",
    "ConnectTimeoutError": "check the network and AWS_REGION",
    "ExpiredToken": LOG_IN,
    "ExpiredTokenException": LOG_IN,
    "InvalidClientTokenId": OTHER_KEY,
    "UnrecognizedClientException": OTHER_KEY,
    "AccessDenied": OTHER_KEY,
    "AccessDeniedException": OTHER_KEY,
}
"""botocore's error, or AWS's code of an error -> what to do."""


def fail_at_aws(error: Exception) -> NoReturn:
    """Print what AWS or botocore rejected, and what to do; exit 2."""
    response: Any = getattr(error, "response", None) or {}
    code = response.get("Error", {}).get("Code")
    hint = AWS_HINTS.get(code) or AWS_HINTS.get(type(error).__name__)
    fail(f"AWS: {error}" if hint is None else f"AWS: {str(error).rstrip('.')}; {hint}")


def fail(problem: str) -> NoReturn:
    """Print what is wrong and what was expected to standard error; exit 2."""
    complain_styled(f"parallax: {plain(without_passwords(problem))}", fg="red")
    raise typer.Exit(USAGE)


def complain_styled(text: str, indent: int = 2, **style: str | bool) -> None:
    """Write text to standard error; in a terminal wrapped between words, and styled.

    `indent` is that of wrapped lines; `style` goes to `typer.style`.
    """
    if sys.stderr is not None and sys.stderr.isatty():  # pyright: ignore[reportUnnecessaryComparison] - None if it is closed
        columns = os.get_terminal_size(sys.stderr.fileno()).columns or NARROW
        wrap = partial(
            fill,
            width=columns,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
        text = "\n".join(wrap(line) for line in text.splitlines())
    styled = cast("Any", typer.style)(text, **style)
    complain(styled if is_colored(sys.stderr) else text)


def is_colored(stream: TextIO | None) -> bool:
    """Say whether a stream gets colors: a terminal whose user did not refuse them.

    Source: no-color.org (any value that is not empty); terminfo's name `dumb`.
    """
    if stream is None or not stream.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def read_input(name: str) -> bytes:
    """Read a file, or standard input for `-`; exit 2 if that fails."""
    if name == "-":
        if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - None if it is closed
            fail("standard input: cannot be read: it is closed")
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        fail(f"{source(name)}: cannot be read: {error.strerror}")
    except ValueError as error:  # a name with a null character
        fail(f"{source(name)}: cannot be read: {error}")


def show_json(value: object, **options: object) -> None:
    """Print JSON without control characters; `options` go to `json.dumps`.

    Characters that the stream cannot encode are escaped, so that nothing is lost.
    """
    narrow = isinstance(sys.stdout, Output) and sys.stdout.narrow
    defaults = {"separators": (", ", ": "), "ensure_ascii": narrow}
    typer.echo(json_text(value, **(defaults | options)))


def source(name: str) -> str:
    """Return the name of the input for an error."""
    return "standard input" if name == "-" else plain_line(name)


def hop_color(hop: str) -> str:
    """Return the color of a hop."""
    return HOP_COLORS.get(hop, "dim")
