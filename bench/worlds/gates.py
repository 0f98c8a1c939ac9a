"""Gates: the limits that worlds must keep.

In and out: values. It does not: measure.
"""

SLICE = 2
"""Draws of each world that every test run judges."""
OPEN = frozenset(
    {
        "chain-of-middlewares",
        "dead-node-still-endpoint",
        "error-page-service-down",
        "every-seventh-request",
        "external-name-503",
        "external-name-elasticsearch",
        "first-forty-seconds",
        "flannel-mtu-of-the-path",
        "middleware-does-not-exist",
        "own-service-check-port",
        "policy-against-ingress",
        "policy-on-some-pods",
        "policy-without-the-controller",
        "proxy-machine-lost-nodes",
        "red-target-and-resets",
        "second-service-firewall",
        "shut-down-gracefully",
    }
)
"""Worlds in which a wrong cause is still named. Each is a defect of a cause; a world
leaves this list with the change that mends it."""
