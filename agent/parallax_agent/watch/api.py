"""API: the objects of the Kubernetes API, as one cycle sees them.

In: the watches. Out: plain JSON objects with the used fields (`resources`), or the
reason why they are unknown.
It does not: call the API, or interpret the objects; `reflector` and `objects` do.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from parallax.model.wire import Json
from parallax_agent.watch.cache import CacheView, Unavailable
from parallax_agent.watch.connection import Apis, connect, describe_error, status_of
from parallax_agent.watch.resources import WatchSpec, describe_call
from parallax_agent.watch.watches import Watches

__all__ = ["Apis", "Lists", "connect", "describe_call", "describe_error", "status_of"]


@dataclass(slots=True)
class Lists:
    """The API's objects, the same for all targets of a cycle.

    One `Lists` serves one cycle. `problems` maps a call in words, e.g. `list pods in
    namespace keybuzz`, to the reason why its objects are unknown. `forbidden` contains
    the calls without permission, `absent` those of resources that the cluster does not
    have.
    """

    watches: Watches
    problems: dict[str, str] = field(default_factory=dict[str, str])
    forbidden: set[str] = field(default_factory=set[str])
    absent: set[str] = field(default_factory=set[str])
    _read: dict[WatchSpec, CacheView] = field(
        default_factory=dict[WatchSpec, CacheView]
    )
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        """Set the deadline: late responses must not prolong the cycle."""
        self._until = self.watches.deadline()

    def prefetch(self, wanted: Iterable[tuple[str, str | None]]) -> None:
        """Start all watches together, so that an unavailable API costs one timeout."""
        self.watches.want(WatchSpec(*pair) for pair in wanted)

    def items(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return a resource's objects, of one namespace or of all; None: unknown."""
        call = describe_call("list", resource, namespace)
        return self._view(call, WatchSpec(resource, namespace)).items

    def lacks_group(self, group: str) -> bool:
        """Tell whether the API certainly does not have a group and version."""
        return self.watches.groups.lacks(group)

    def config_map(self, namespace: str, name: str) -> dict[str, str] | None:
        """Return a ConfigMap's entries; None: unknown, or it does not exist."""
        call = describe_call("get", f"configmap {name}", namespace)
        view = self._view(call, WatchSpec("configmaps", namespace, name))
        if view.items == []:
            self.problems[call] = f"no ConfigMap {name} in namespace {namespace}"
        return (view.items[0].get("data") or {}) if view.items else None

    def on_demand(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return what is listed only when it is needed; None: unknown."""
        listed = self.watches.on_demand.of(resource, namespace)
        if listed.items is None:
            self.problems[describe_call("list", resource, namespace)] = listed.problem
        return listed.items

    def _view(self, call: str, wanted: WatchSpec) -> CacheView:
        if wanted not in self._read:
            view = self._read[wanted] = self.watches.view(wanted, self._until)
            if view.items is None:
                self.problems[call] = view.problem or f"cannot {call}: no response yet"
            if view.reason is Unavailable.FORBIDDEN:
                self.forbidden.add(call)
            if view.reason is Unavailable.ABSENT:
                self.absent.add(call)
        return self._read[wanted]
