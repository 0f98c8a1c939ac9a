"""Look-alikes: snapshots that look like one cause and are another, or none.

In: the rows of the fault table's `LOOK_ALIKES` that have a snapshot. Out: for each a
function that builds it, and returns the causes that may be named.
It does not: judge; `tests/parallax/diagnose/test_look_alikes.py` does.
"""

from faults import LOOK_ALIKES
from tests.parallax.look_alikes import backend, balancer, edge, health
from tests.parallax.look_alikes.look_alike import Build

__all__ = ["SNAPSHOTS", "Build"]

_FUNCTIONS = {
    name: found
    for module in (edge, balancer, health, backend)
    for name, found in vars(module).items()
    if getattr(found, "__module__", None) == module.__name__
}
SNAPSHOTS: dict[str, Build] = {
    one.id: _FUNCTIONS[one.id.replace("-", "_")] for one in LOOK_ALIKES if one.snapshot
}
UNLISTED = {name for name in _FUNCTIONS if not name.startswith("_")} - {
    name.replace("-", "_") for name in SNAPSHOTS
}
"""Functions that no row of the table lists: they would never be judged."""
