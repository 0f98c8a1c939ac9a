"""Listeners: which listener of a Gateway receives the requests for a host.

In: Gateway and ListenerSet objects, a host. Out: the listeners by parent, and whether
one is hidden by a closer one.
It does not: read HTTPRoutes; `gateway` does.
Source: Gateway API 1.5, Listener (isolation: a request matches at most one listener of
a port, the one with the closest hostname), ListenerSet (its listeners belong to its
Gateway).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from parallax.model.wire import Json
from parallax_agent.route.matching import listener_matches
from parallax_agent.watch.objects import many, part

type Place = tuple[str, str]
GATEWAY, LISTENER_SET = "Gateway", "ListenerSet"
_WEB = frozenset({"HTTP", "HTTPS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """What an HTTPRoute is attached to: its Gateway, and the listeners that it names.

    `rivals` are all listeners of the Gateway, those of its ListenerSets too. `sets` is
    false if ListenerSets could not be read.
    """

    gateway: Place
    item: Json
    listeners: tuple[Json, ...]
    rivals: tuple[Json, ...]

    def takes(self, listener: Json, host: str) -> bool:
        """Tell whether no closer listener of the same port takes the host."""
        return self.closer(listener, host) is None

    def closer(self, listener: Json, host: str) -> Json:
        """Return the listener of the same port with a closer hostname, else None."""
        own = _closeness(listener, host)
        rivals = [r for r in self.rivals if r.get("port") == listener.get("port")]
        better = [r for r in rivals if _closeness(r, host) > own]
        return max(better, key=lambda r: _closeness(r, host), default=None)


def parents(
    gateways: Iterable[Json], listener_sets: Iterable[Json]
) -> dict[tuple[str, Place], Parent]:
    """Return each possible parent by its kind and place."""
    by_place = {_place(g): g for g in gateways}
    belongs = [(s, _gateway_of(s)) for s in listener_sets]
    found: dict[tuple[str, Place], Parent] = {}
    for place, item in by_place.items():
        own = tuple(many(item, "spec", "listeners"))
        more = [s for s, gateway in belongs if gateway == place]
        rivals = (*own, *(x for s in more for x in many(s, "spec", "listeners")))
        parent = Parent(gateway=place, item=item, listeners=own, rivals=rivals)
        found[GATEWAY, place] = parent
        for one in more:
            found[LISTENER_SET, _place(one)] = Parent(
                gateway=place,
                item=item,
                listeners=tuple(many(one, "spec", "listeners")),
                rivals=rivals,
            )
    return found


def _gateway_of(listener_set: Json) -> Place:
    parent = part(listener_set, "spec", "parentRef")
    space = parent.get("namespace") or listener_set["metadata"]["namespace"]
    return space, parent.get("name") or ""


def _closeness(listener: Json, host: str) -> tuple[int, int]:
    """Rank a listener's hostname: exact, then the longest wildcard, then none."""
    name = listener.get("hostname") or ""
    if listener.get("protocol") not in _WEB or not listener_matches(name, host):
        return -1, 0
    if not name:
        return 0, 0
    return (1 if name.startswith("*.") else 2), len(name)


def _place(item: Json) -> Place:
    return item["metadata"]["namespace"], item["metadata"]["name"]
