"""Enforced: a function in a test may do only what its policy allows, as in AWS.

In: the name of the function that runs. Out: an `AssertionError` for a request that no
right covers; the rights that were used, in a file if `PARALLAX_USED_RIGHTS` names one.
It does not: check requests of the test itself, or those of a foreign stack's places.
"""

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import botocore.endpoint

from tests.functions.policy import Call, Right, calls, places, rights

USED_FILE = "PARALLAX_USED_RIGHTS"
_rights = functools.cache(rights)


class DeniedError(AssertionError):
    """A function sent a request that its policy does not allow."""


class Enforcer:
    """What runs now, and what it was not allowed to do."""

    def __init__(self) -> None:
        self.running: tuple[str, ...] = ()
        self.denied: list[str] = []
        self._places: set[tuple[str, str, str]] = set()

    def loaded(self, *functions: str) -> None:
        """Keep the places of functions: the next one may have another environment."""
        self._places |= {(f, *place) for f in functions for place in places(f)}

    @contextmanager
    def run(self, *functions: str) -> Iterator[None]:
        """Hold the requests of a block against the policies of these functions.

        Several share a test's environment if it has the places of each.
        """
        before, self.running = self.running, functions
        try:
            yield
        finally:
            self.running = before

    def sent(self, service: str, operation: str, request: Any) -> None:
        """Check one request of the function that runs."""
        if self.running:
            for call in calls(service, operation, request):
                self._check(call)

    def _check(self, call: Call) -> None:
        found = [
            (function, right)
            for function in self.running
            for named in _named(call, self._known(function))
            for right in _rights(function)
            if right.covers(named)
        ]
        if not found:
            # A handler may catch any error, so the end of the test states it again.
            self.denied.append(f"{' or '.join(self.running)}: {call}")
            raise DeniedError(self.denied[-1])
        _note(found)

    def _known(self, function: str) -> set[tuple[str, str]]:
        kept = {(here, name) for f, here, name in self._places if f == function}
        return kept | set(places(function))


def _named(call: Call, known: Iterable[tuple[str, str]]) -> Iterator[Call]:
    """Yield a call with each name that the template may have for its place."""
    for here, name in known:
        if call.place == here or call.place.startswith(f"{here}/"):
            yield replace(call, place=name + call.place.removeprefix(here))


def _note(found: list[tuple[str, Right]]) -> None:
    file = os.environ.get(USED_FILE)
    if file:
        with Path(file).open("a") as out:
            out.writelines(f"{f} {r.action} {r.place}\n" for f, r in found)


@contextmanager
def enforced() -> Iterator[Enforcer]:
    """Watch botocore's requests for a block; at its end, fail if one was denied."""
    enforcer = Enforcer()
    send: Callable[..., Any] = botocore.endpoint.Endpoint.make_request

    def checked(self: Any, model: Any, request: Any) -> Any:
        enforcer.sent(model.service_model.service_name, model.name, request)
        return send(self, model, request)

    setattr(botocore.endpoint.Endpoint, "make_request", checked)  # noqa: B010 - botocore has no types
    try:
        yield enforcer
    finally:
        setattr(botocore.endpoint.Endpoint, "make_request", send)  # noqa: B010 - the same
    assert not enforcer.denied, "\n".join(enforcer.denied)
