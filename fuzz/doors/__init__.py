"""Doors: all of them, by name. In: nothing. Out: `DOORS`. It does not: call one."""

from fuzz.door import Door
from fuzz.doors import (
    cluster,
    events,
    hetzner,
    log_lines,
    names,
    pushes,
    responses,
    secure,
    snapshots,
    stored,
    texts,
)

MODULES = (
    pushes,
    stored,
    responses,
    secure,
    names,
    log_lines,
    cluster,
    hetzner,
    texts,
    snapshots,
    events,
)
DOORS: dict[str, Door] = {
    door.name: door for module in MODULES for door in module.DOORS
}
