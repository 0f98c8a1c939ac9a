"""Time zones: the names of the IANA time zone database, and what is wrong with a name.

In: a name from the targets file. Out: its time zone, or one sentence.
It does not: accept abbreviations such as CEST, which have no rules, or offsets.

The names are those of the package tzdata, on each machine the same. Their rules are the
system's, if it has them, else tzdata's: the image of Lambda's runtime is a minimal
Amazon Linux 2023, which does not promise them.
Source: PEP 615; https://data.iana.org/time-zones/theory.html (names).
"""

# ruff: noqa: PLC0415 - few targets files have a time zone, and each function reads one

from functools import cache
from typing import TYPE_CHECKING

from parallax.model.secret_text import quoted

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

EXAMPLES = "a time zone such as Europe/Berlin or UTC"


@cache
def names() -> frozenset[str]:
    """Return the names of all time zones."""
    from importlib.resources import files

    return frozenset((files("tzdata") / "zones").read_text("ascii").split())


def problem(name: object) -> str | None:
    """Return what is wrong with a time zone's name; None: there is one of this name."""
    if isinstance(name, str) and name in names():
        return None
    alike = _alike(name) if isinstance(name, str) else None
    shown = "none" if name is None else quoted(name)
    hint = f"; did you mean {alike}?" if alike else ""
    return f"expected {EXAMPLES}, got {shown}{hint}"


def time_zone(name: str) -> "ZoneInfo":
    """Return a time zone; raises `ZoneInfoNotFoundError` for a name not in `names`."""
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _alike(name: str) -> str | None:
    """Return the name that a person may have meant: a city, or one typing error."""
    from difflib import get_close_matches

    written = name.strip().lower().replace(" ", "_")
    # An abbreviation is never meant: Chicago's CST and Shanghai's are different zones.
    known_zones = (zone for zone in sorted(names()) if "/" in zone or zone == "UTC")
    exact = {zone.lower(): zone for zone in known_zones}
    cities = {zone.rpartition("/")[2]: full for zone, full in exact.items()}
    for known in (exact, cities):
        if found := get_close_matches(written, known, n=1, cutoff=0.8):
            return known[found[0]]
    return None
