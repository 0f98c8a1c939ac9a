"""Platform: the functions, invoked as Lambda does, in containers that can end.

In: the template's functions, events. Out: what an invocation came to.
It does not: run two invocations at the same time, or retry.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from types import SimpleNamespace
from typing import Any

from bench.cost.template import Function
from chaos.clock import ChaosClock
from parallax.journal.reading_store import reading_store
from parallax.notify import marks
from parallax.snapshots.bucket import open_bucket

OWN = "PARALLAX_"
MARGIN = 0.2
"""Seconds before its timeout at which a function that waits is ended."""


class Killed(BaseException):
    """The process of the function ends here."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What an invocation came to; `response` None: it failed."""

    response: Any = None
    error: str = ""
    seconds: float = 0.0


@dataclass
class Container:
    """A function and its handler in a running process."""

    function: Function
    timeout: float
    handler: Callable[[Mapping[str, Any], Any], Any] | None = None


class Platform:
    """All functions; `active` is the one that runs now."""

    def __init__(
        self, clock: ChaosClock, functions: list[tuple[Function, float]]
    ) -> None:
        self.clock = clock
        self.active: str | None = None
        self.doomed = False
        """Whether the present function ends before it does anything else."""
        self.after: Callable[[str], None] = lambda _: None
        """Called at the end of each invocation, before the container may end."""
        self._containers = {f.name: Container(f, t) for f, t in functions}

    def invoke(
        self,
        name: str,
        event: Mapping[str, Any],
        *,
        skew: float = 0.0,
        ends: bool = False,
    ) -> Result:
        """Invoke a function; `ends`: Lambda ends it after it did everything."""
        container = self._containers[name]
        _environment(container.function)
        self.active, self.doomed = name, False
        self.clock.enter(skew)
        response, error = None, ""
        try:
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                handler = container.handler or self._start(container)
                response = handler(
                    json.loads(json.dumps(event)), self._context(container)
                )
            json.dumps(response)
            if ends or self.doomed:
                raise Killed  # noqa: TRY301 - as anywhere else
        except Exception as failure:  # noqa: BLE001 - as Lambda: the invocation failed
            error = f"{type(failure).__name__}: {failure}"
        except Killed:
            error = "Runtime.ExitError"
            self.end(name)
        self.active = None
        seconds = self.clock.leave()
        self.after(name)
        return Result(
            response=None if error else response, error=error, seconds=seconds
        )

    def wait(self, seconds: float) -> None:
        """Let the present function wait; Lambda ends it at its timeout."""
        self.clock.take(seconds)
        if self.active and self.clock.spent > self._containers[self.active].timeout:
            raise Killed

    def hang(self) -> None:
        """Let the rest of the present function's time pass."""
        assert self.active  # noqa: S101 - only a function hangs
        limit = self._containers[self.active].timeout
        self.clock.take(max(0.0, limit - self.clock.spent))

    def end(self, name: str) -> None:
        """End a container, with everything that it remembers."""
        self._containers[name].handler = None
        marks._sent.clear()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the container's memory
        reading_store.cache_clear()
        open_bucket.cache_clear()

    def _start(self, container: Container) -> Callable[[Mapping[str, Any], Any], Any]:
        function = container.function
        spec = importlib.util.spec_from_file_location(
            f"chaos_{function.name}", function.folder / "app.py"
        )
        if spec is None or spec.loader is None:
            raise FileNotFoundError(function.folder)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        container.handler = module.handler
        return module.handler

    def _context(self, container: Container) -> object:
        def left() -> int:
            return int(1000 * max(0.0, container.timeout - self.clock.spent))

        name = container.function.name
        return SimpleNamespace(
            function_name=name,
            memory_limit_in_mb=container.function.memory,
            invoked_function_arn=f"arn:aws:lambda:eu-central-1:1:function:{name}",
            aws_request_id="chaos",
            get_remaining_time_in_millis=left,
        )


def _environment(function: Function) -> None:
    """Give the process the environment of a function."""
    for name in [name for name in os.environ if name.startswith(OWN)]:
        del os.environ[name]
    os.environ.update(function.environment)
    os.environ["AWS_LAMBDA_FUNCTION_NAME"] = function.name
