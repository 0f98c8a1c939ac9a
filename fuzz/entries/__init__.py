"""Entries: all of them, by name. In: nothing. Out: `ENTRIES`. It does not: call one."""

from fuzz.entries import (
    callers,
    cluster,
    events,
    hetzner,
    log_lines,
    names,
    pushes,
    responses,
    rules,
    secure,
    snapshots,
    stored,
    texts,
)
from fuzz.entry import Entry

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
    callers,
    rules,
)
ENTRIES: dict[str, Entry] = {
    entry.name: entry for module in MODULES for entry in module.ENTRIES
}
