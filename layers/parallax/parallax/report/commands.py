"""Commands: a command as a person copies it.

In: a command. Out: an element. It does not: run, quote or change it.
"""

from parallax.model.plain import plain_line
from parallax.report.elements import Node, element


def command(text: str) -> Node:
    """Return a command on one line; a script adds a button behind it."""
    shown = element("pre", plain_line(text), class_="command")
    return element("div", shown, class_="run")
