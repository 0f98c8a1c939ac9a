"""Arguments: the types of a verb and of its arguments.

In: nothing. Out: two types. It does not: check arguments; each verb reads its own.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lab.world.running import World

type Arguments = dict[str, Any]
type Verb = Callable[["World", Arguments], Awaitable[None]]
