"""Garbage: when Python looks for reference cycles.

In: nothing. Out: the interpreter's settings. It does not: free anything by itself.
"""

import gc

THRESHOLDS = (10_000, 50, 50)
"""New objects before a collection, and collections before one of older objects.

A function allocates little after its start. Source: Python, `gc.set_threshold`."""


def pause() -> None:
    """Collect nothing: a start allocates much, and frees nothing.

    Collections would take a twentieth of a cold start.
    """
    gc.disable()


def resume() -> None:
    """Collect again, but never what the start has made; it stays until the end."""
    if gc.isenabled():
        return
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
