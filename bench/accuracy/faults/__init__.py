"""Faults: what is broken in a spec, and the label that follows from it.

In: a `PlatformSpec`. Out: the same spec, broken, and the `Truth` about it.
It does not: know how a cause is found; the label says what was done.
"""

from bench.accuracy.faults.backend import BACKEND
from bench.accuracy.faults.balancer import BALANCER
from bench.accuracy.faults.edge import EDGE
from bench.accuracy.faults.fault import CLASSES, Fault, Truth
from bench.accuracy.faults.ingress import INGRESS
from bench.accuracy.faults.targets import TARGETS

__all__ = ["CLASSES", "FAULTS", "Fault", "Truth"]

FAULTS: dict[str, Fault] = {
    fault.name: fault for fault in (*EDGE, *BALANCER, *TARGETS, *INGRESS, *BACKEND)
}
"""Every fault by its name; a name is a cause's id, or that and a variant's."""
