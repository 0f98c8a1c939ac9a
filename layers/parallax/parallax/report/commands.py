"""Commands: a command as a person copies it.

In: a command. Out: an element. It does not: run, quote or change it.
"""

from parallax.model.plain import plain_line
from parallax.report.elements import Node, element


def command(text: str, kind: str = "command", of: str = "") -> Node:
    """Return a command on one line; a script adds a button behind it.

    `kind`: `command` or `undo`; `of`: its step, for those who hear the button's name.
    """
    label = f"Copy {kind}"
    name = f"{label} of {of}" if of else label
    shown = {"class_": "command", "data_copy": label, "data_name": name}
    return element("div", element("pre", plain_line(text), **shown), class_="run")
