"""Elements: HTML as a tree, so that no text can become markup.

In: tags, attributes, texts and other elements. Out: elements, and a page as text.
Python's serializer escapes each text and attribute; control characters are replaced.
It does not: accept markup as text.
"""

from functools import cache
from xml.etree import ElementTree as ET

from parallax.model.plain import plain

type Node = ET.Element
type Part = Node | str | None
"""What an element contains; None and an empty text are left out."""


def element(tag: str, /, *parts: Part, **attributes: str) -> Node:
    """Return an element; in a name of an attribute `_` means `-`, and a last `_` none.

    A boolean attribute has its own name as its value.
    """
    made = ET.Element(tag, {_name(name): plain(v) for name, v in attributes.items()})
    last: Node | None = None
    for part in parts:
        if part is None:
            continue
        if not isinstance(part, str):
            made.append(part)
            last = part
        elif last is None:
            made.text = (made.text or "") + plain(part)
        else:
            last.tail = (last.tail or "") + plain(part)
    return made


def prose(text: str) -> tuple[Part, ...]:
    """Return a sentence with what stands between backticks as code.

    A backtick without its partner stays as it is.
    """
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return (text,)
    return tuple(
        element("code", piece) if number % 2 else piece
        for number, piece in enumerate(pieces)
    )


def document(title: str, style: str, *body: Part, script: str = "") -> str:
    """Return a page. `style` and `script` are our own; they are not escaped."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="robots", content="noindex, nofollow"),
        element("title", title),
        element("style", style),
    )
    run = element("script") if script else None
    if run is not None:
        run.text = script
    page = element("html", head, element("body", *body, run), lang="en")
    return "<!doctype html>\n" + ET.tostring(page, encoding="unicode", method="html")


@cache  # the code has few names
def _name(name: str) -> str:
    return name.removesuffix("_").replace("_", "-")
