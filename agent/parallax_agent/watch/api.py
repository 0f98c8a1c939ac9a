"""API: what the Kubernetes API holds, as one cycle sees it.

In: the watches. Out: plain JSON objects, cut to what is used (`resources`), or
the reason why they are not known.
It does not: call the API, or understand the objects; `reflector` and `objects` do.
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
    """What the API holds, the same for all of a cycle's targets.

    One `Lists` serves one cycle. `problems` maps a call in words, e.g. `list pods
    in namespace keybuzz`, to why its objects are not known; `forbidden` holds the
    calls that only lack a permission, `absent` those of resources that the
    cluster does not have.
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
        """Begin to wait: what becomes known late in a cycle may not prolong it."""
        self._until = self.watches.deadline()

    def prefetch(self, wanted: Iterable[tuple[str, str | None]]) -> None:
        """Begin all watches side by side, so that a dead API costs one timeout."""
        self.watches.want(WatchSpec(*pair) for pair in wanted)

    def items(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return a resource's objects, of one namespace or of all; None: not known."""
        call = describe_call("list", resource, namespace)
        return self._view(call, WatchSpec(resource, namespace)).items

    def config_map(self, namespace: str, name: str) -> dict[str, str] | None:
        """Return a ConfigMap's entries; None: not known, or there is none."""
        call = describe_call("get", f"configmap {name}", namespace)
        told = self._view(call, WatchSpec("configmaps", namespace, name))
        if told.items == []:
            self.problems[call] = f"no ConfigMap {name} in namespace {namespace}"
        return (told.items[0].get("data") or {}) if told.items else None

    def _view(self, call: str, wanted: WatchSpec) -> CacheView:
        if wanted not in self._read:
            told = self._read[wanted] = self.watches.view(wanted, self._until)
            if told.items is None:
                self.problems[call] = told.problem or f"cannot {call}: no response yet"
            if told.lack is Unavailable.FORBIDDEN:
                self.forbidden.add(call)
            if told.lack is Unavailable.ABSENT:
                self.absent.add(call)
        return self._read[wanted]
