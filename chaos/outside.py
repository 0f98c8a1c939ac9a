"""Outside: what is not AWS stands in for the network during a run.

In: the world of a case. Out: the probe, inspect and the routes that meet it.
It does not: change the handlers; only what sends their packets.
"""

from typing import Any

from chaos.receivers import Transport
from chaos.world import World
from parallax.inspect.inspection import Inspection
from parallax.probe import probing
from parallax.routes import sending

_REAL: dict[str, Any] = {
    "watch": probing.watch,
    "call": Inspection._call,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the one that uses the network
    "transport": sending.FreshTransport,
}
_present: list[World] = []


def enter(world: World) -> None:
    """Let the functions meet this world."""
    _present[:] = [world]


def install() -> None:
    """Put the stand-ins in place."""

    def watch(*args: Any, **how: Any) -> None:
        _present[0].watch(*args, **how)

    def call(_self: object, *args: Any) -> Any:
        return _present[0].balancers(*args)

    setattr(probing, "watch", watch)  # noqa: B010 - the names are constant
    setattr(Inspection, "_call", call)  # noqa: B010
    setattr(sending, "FreshTransport", Transport)  # noqa: B010


def remove() -> None:
    """Put the real ones back."""
    setattr(probing, "watch", _REAL["watch"])  # noqa: B010
    setattr(Inspection, "_call", _REAL["call"])  # noqa: B010
    setattr(sending, "FreshTransport", _REAL["transport"])  # noqa: B010
