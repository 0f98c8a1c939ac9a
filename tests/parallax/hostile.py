"""Hostile: the same values with characters in every text that no reader should get."""

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from ipaddress import ip_address
from typing import Any, cast

from parallax.model.plain import plain

POISON = "\x9b31m\x1b[2J\u202e\u2066\ufffe\uffff\x07\x7f\u2028\nINJECTED\r"
"""CSI of 8 and 7 bits, bidirectional marks, noncharacters, bell, line breaks."""


def poisoned[T](value: T) -> T:
    """Return a value with poison behind each text in it, to any depth.

    Addresses stay: what is none is refused where it comes in.
    """
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value if _is_address(value) else cast("T", value + POISON)
    if isinstance(value, tuple):
        return cast("T", tuple(poisoned(item) for item in cast("tuple[Any]", value)))
    if is_dataclass(value) and not isinstance(value, type):
        changes = {
            f.name: poisoned(getattr(value, f.name)) for f in fields(value) if f.init
        }
        return cast("T", replace(cast("Any", value), **changes))
    return value


def is_safe(text: str) -> bool:
    """Say whether a text controls no terminal, and no value of it began a line."""
    lines = text.splitlines()
    injected = any(line.strip().startswith("INJECTED") for line in lines)
    return plain(text) == text and not injected


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False
