"""Place: an object on a target's path that can be at fault.

In: values that `parallax.story.places` derives. Out: frozen values.
It does not: say that the object is at fault.
"""

from dataclasses import dataclass
from enum import StrEnum

from parallax.model.wire import wired


class PlaceKind(StrEnum):
    """The kinds of objects that targets share."""

    LOAD_BALANCER = "load-balancer"
    CLUSTER = "cluster"
    """Its nodes and the network between them."""
    INGRESS = "ingress"
    SERVICE = "service"
    ZONE = "zone"
    """A DNS zone."""
    CDN = "cdn"
    """The CDN in front of the hosts of one zone."""
    CERTIFICATE = "certificate"
    TARGET = "target"
    """The target alone."""
    MONITOR = "monitor"
    """Parallax itself: the agents of a cluster, or the probes of the stack."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One object: its kind, and the name that an operator knows.

    An object of a cluster has the cluster in its name, e.g.
    `shop: ingress-nginx/ingress-nginx-controller`.
    """

    kind: PlaceKind
    name: str
