"""Hetzner: the JSON of Hetzner's API.

In: a project in Hetzner's own shapes. Out: the entry of a whole reading. It does not:
call the API.
"""

import json
from dataclasses import dataclass, field
from typing import Any, cast

from fuzz.entries.recorded import dumped
from fuzz.entry import Entry, Kind
from parallax.inspect.allowance import Allowance
from parallax.inspect.project import Listing
from parallax.inspect.project_reading import ProjectReading
from tests.parallax.inspect import api

LISTS = ("load_balancers", "servers", "certificates", "firewalls")


@dataclass
class _Project:
    """A project whose lists are in one document."""

    lists: dict[str, Any]
    allowance: Allowance = field(default_factory=Allowance)

    def read_list(self, name: str, _deadline: float) -> Listing:
        """Return a list of the document; another type is an empty one."""
        found = self.lists.get(name.rpartition("/")[2])
        return Listing(tuple(found) if isinstance(found, list) else ())


def _read(data: bytes) -> None:
    document = json.loads(data)
    if not isinstance(document, dict):
        return
    reading = ProjectReading(cast("Any", _Project(document)), 1e18)
    reading.complete(reading.balancers)


def _projects() -> list[bytes]:
    made = api.Api()
    lists = {
        name: [item for page in getattr(made, attribute) for item in page]
        for name, attribute in zip(
            LISTS, ("balancers", "servers", "certificates", "firewalls"), strict=True
        )
        if hasattr(made, attribute)
    }
    return [dumped(lists)]


ENTRIES = (
    Entry(
        name="hetzner-json",
        seeds=_projects,
        call=_read,
        allowed=(json.JSONDecodeError, UnicodeDecodeError, RecursionError),
        kind=Kind.JSON,
        share=6,
    ),
)
