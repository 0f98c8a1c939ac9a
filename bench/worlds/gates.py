"""Gates: the limits that worlds must keep.

In and out: values. It does not: measure.
"""

SLICE = 2
"""Draws of each world that every test run judges."""
OPEN = frozenset(
    {
        "chain-of-middlewares",
        "error-page-service-down",
        "middleware-does-not-exist",
        "own-service-check-port",
        "red-target-and-resets",
        "second-service-firewall",
    }
)
"""Worlds in which a wrong cause is still named. Each is a defect of a cause; a world
leaves this list with the change that corrects it."""
