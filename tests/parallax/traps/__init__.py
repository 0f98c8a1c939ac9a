"""Traps: worlds that look like a cause and are another, or nobody's fault.

In: nothing. Out: for each trap a snapshot, and what may be said of it.
It does not: judge; `tests/parallax/diagnose/test_traps.py` does.
"""

from tests.parallax.traps.backend import BACKEND
from tests.parallax.traps.balancer import BALANCER
from tests.parallax.traps.edge import EDGE
from tests.parallax.traps.health import HEALTH
from tests.parallax.traps.trap import Trap

__all__ = ["TRAPS", "Trap"]

TRAPS: dict[str, Trap] = {
    trap.__name__: trap for trap in (*EDGE, *BALANCER, *HEALTH, *BACKEND)
}
