"""Faults: the one table of what can be broken, one row for each cause.

In: nothing. Out: the rows, and the table of harmless look-alikes.
It does not: know how a cause is recognized.
The lab reads from it which cause a fault's file stands for, the bench what to break
and the label that follows, and the tests which scenario supports and which refutes.
"""

from faults.backend import BACKEND
from faults.balancer import BALANCER
from faults.edge import EDGE, MONITOR
from faults.handshakes import AT_BALANCER, AT_INGRESS, EDGE_REJECTS
from faults.health_checks import HEALTH_CHECKS
from faults.ingress import INGRESS
from faults.look_alikes import LOOK_ALIKES, LookAlike
from faults.names import NAMES
from faults.row import Injection, Row, Truth
from faults.targets import TARGETS

__all__ = [
    "INJECTIONS",
    "LAB_FAULTS",
    "LOOK_ALIKES",
    "TABLE",
    "Injection",
    "LookAlike",
    "Row",
    "Truth",
]

TABLE: tuple[Row, ...] = (
    *NAMES,
    *EDGE,
    *EDGE_REJECTS,
    *AT_BALANCER,
    *BALANCER,
    *HEALTH_CHECKS,
    *TARGETS,
    *AT_INGRESS,
    *INGRESS,
    *BACKEND,
    *MONITOR,
)
"""One row for each cause, in the order of `parallax.causes.CAUSES`: outermost first."""
INJECTIONS: dict[str, Injection] = {
    injection.name: injection for row in TABLE for injection in row.injections
}
"""Each way in which the bench breaks a platform, by its name."""
LAB_FAULTS: dict[str, Row] = {name: row for row in TABLE for name in row.lab}
"""The name of a file in `lab/faults/` -> the row of its cause."""
