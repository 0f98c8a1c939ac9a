"""Fields: what the descriptions of several kinds have in common.

In: a description's fields. Out: metadata, conditions, ports. It does not: read a kind.
"""

import re
from typing import Any

from bench.public_data.kubectl_objects.text import NONE, Part, columns, pairs

type Object = dict[str, Any]

_PORT = re.compile(r"(?:(?P<name>\S+)\s+)?(?P<port>[^\s/]+)/(?P<protocol>\w+)")


def named(part: Part, **fields: Object) -> Object:
    """Return an object with its metadata."""
    meta = {
        "name": part.get("Name").text,
        "labels": pairs(part.values("Labels")),
    }
    if part.value("Namespace"):
        meta["namespace"] = part.get("Namespace").text
    return {"metadata": meta, **fields}


def conditions(part: Part) -> list[Object]:
    """Return the conditions: type, status, and what else is printed of a kind.

    A pod's have no more, a Deployment's a reason, a node's two times before it.
    """
    rows = [columns(line, 6) for line in part.get("Conditions").lines]
    return [
        {"type": row[0], "status": row[1], **_explained(row[2:])}
        for row in rows
        if len(row) > 1 and row[1] in {"True", "False", "Unknown"}
    ]


def _explained(cells: list[str]) -> Object:
    names = ("reason",) if len(cells) == 1 else ("", "", "reason", "message")
    return {name: cell for name, cell in zip(names, cells, strict=False) if name}


def port(text: str) -> Object:
    """Return e.g. `http  8080/TCP` as a port; empty if it is none."""
    found = _PORT.match(text)
    if found is None:
        return {}
    found_port = {"port": number(found["port"]), "protocol": found["protocol"]}
    return (
        found_port
        if found["name"] in {None, *NONE}
        else {"name": found["name"], **found_port}
    )


def number(text: str) -> int | str:
    """Return a number as such; a name stays text."""
    return int(text) if str(text).isdecimal() else text
