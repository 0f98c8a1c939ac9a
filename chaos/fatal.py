"""Fatal: stream records at which a function ends, each time that it reads them.

In: records, and a function. Out: `Killed` when that function decodes one of them; or
nothing for the rest of the function's time, and then its end.
It does not: change what a function does with any other record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chaos.platform import Killed, Platform
from chaos.records import Record
from parallax.notify import batch, grouping

FUNCTIONS = ("NotifyFunction", "PublishFunction")
_REAL: Callable[[Mapping[str, Any]], Any] = batch.from_image
_present: list["Fatal"] = []


@dataclass
class Fatal:
    """The fatal records of one case; `on` says whether they are so now."""

    platform: Platform
    on: Callable[[], bool]
    _ends: dict[tuple[str, str], bool] = field(
        default_factory=dict[tuple[str, str], bool]
    )
    """Function and item -> whether it hangs before it ends."""

    def add(self, function: str, record: Record, *, hangs: bool) -> None:
        """Let a function end at a record from now on."""
        self._ends[function, _item(record["dynamodb"]["NewImage"])] = hangs

    def decoded(self, image: Mapping[str, Any]) -> Any:
        """Return what an image holds, or end the function."""
        active = self.platform.active
        if active and self._ends and self.on():
            hangs = self._ends.get((active, _item(image)))
            if hangs is not None:
                if hangs:
                    self.platform.hang()
                raise Killed
        return _REAL(image)


def enter(fatal: Fatal) -> None:
    """Let the functions meet the fatal records of this case."""
    _present[:] = [fatal]

    def decoded(image: Mapping[str, Any]) -> Any:
        return _present[0].decoded(image)

    for module in (batch, grouping):
        setattr(module, "from_image", decoded)  # noqa: B010 - the name is constant


def remove() -> None:
    """Decode as always."""
    for module in (batch, grouping):
        setattr(module, "from_image", _REAL)  # noqa: B010


def _item(image: Mapping[str, Any]) -> str:
    """Return the key and version of an item."""
    numbers = [str(image.get(name)) for name in ("pk", "version", "number")]
    return "/".join(numbers)
