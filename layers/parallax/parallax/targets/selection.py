"""Selection: the targets of the file that an event names.

In: targets, names. Out: the targets with these names; without names all targets.
It does not: read the file.
"""

from collections.abc import Iterable, Sequence

from parallax.model.target import Target
from parallax.targets.file import TargetsError


def select(
    targets: Sequence[Target], names: Iterable[str] | None
) -> tuple[Target, ...]:
    """Return the named targets; raises `TargetsError` for an unknown name."""
    wanted = set(names or [target.name for target in targets])
    if unknown := sorted(wanted - {target.name for target in targets}):
        raise TargetsError(f"no target is named {', '.join(unknown)}")
    return tuple(target for target in targets if target.name in wanted)
