"""Tracing: what a function does, as traces in AWS X-Ray.

In: the environment variable PARALLAX_TRACING, a handler, facts such as a target's name.
Out: with `Active`, a subsegment of each invocation, with the facts as annotations. With
anything else, nothing.
It does not: import Powertools' Tracer or the X-Ray SDK unless it is `Active` (20 ms and
more of each start), or fail a handler: what cannot be traced is not traced.
"""

import logging
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

VARIABLE, ACTIVE = "PARALLAX_TRACING", "Active"
"""The template sets it to its parameter `Tracing`."""
log = logging.getLogger(__name__)

type Handler = Callable[[dict[str, Any], object], dict[str, Any]]


def traced(handler: Handler) -> Handler:
    """Return a handler that records each invocation; the same one if tracing is off.

    Neither the event nor the response is recorded, and of an error only its type.
    """
    tracer = _tracer()
    if tracer is None:
        return handler
    return tracer.capture_lambda_handler(
        handler, capture_response=False, capture_error=False
    )


def annotate(**facts: str | float | bool | None) -> None:
    """Add facts to the invocation or the part that runs; None is left out.

    X-Ray finds traces by them. A fact is never a secret: whoever reads traces sees it.
    """
    tracer = _tracer()
    if tracer is not None:
        for name, value in facts.items():
            if value is not None:
                tracer.put_annotation(name, value)


def part(name: str, **facts: str | float | bool | None) -> AbstractContextManager[Any]:
    """Return a context whose block is a part of the invocation, with its own facts."""
    tracer = _tracer()
    return nullcontext() if tracer is None else _Part(tracer, name, facts)


class _Part(AbstractContextManager[None]):
    """One subsegment."""

    def __init__(self, tracer: Any, name: str, facts: Any) -> None:  # noqa: ANN401 - the SDK has no types
        self._subsegment = tracer.provider.in_subsegment(name=f"## {name}")
        self._facts = facts

    def __enter__(self) -> None:
        self._subsegment.__enter__()
        annotate(**self._facts)

    def __exit__(self, *error: object) -> None:
        self._subsegment.__exit__(*error)


@cache
def _tracer() -> Any:  # noqa: ANN401 - imported only if it is wanted
    """Return Powertools' Tracer; None: tracing is off."""
    if os.environ.get(VARIABLE) != ACTIVE:
        return None
    try:
        from parallax.xray import open_tracer  # noqa: PLC0415 - see above

        return open_tracer()
    except Exception:
        log.exception("invocations are not traced")
        return None
