"""Functions: the handlers, invoked as Lambda does, with their billed time.

In: the template's functions, events. Out: responses; requests, billed milliseconds and
bytes of log for each function, in the counter.
It does not: run two invocations at the same time, or bill what Moto takes.

Billed time is processor time, scaled to the function's share of a core, and waiting:
for each AWS request as `bench.cost.counter.WAIT` assumes it, for probes `PROBE_WAIT`.
"""

import importlib.util
import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from math import ceil
from types import SimpleNamespace
from typing import Any

from bench.cost.counter import Counter
from bench.cost.load import Load
from bench.cost.template import Function

CORE_MB = 1769
"""Memory with which a function has one core ("Configure Lambda function memory")."""
PROBE_WAIT = 250.0
"""Milliseconds of the slowest response of a round of probes, over the internet."""
LINE_OVERHEAD = 26
"""Bytes that CloudWatch bills for each log line in addition to its text."""
PLATFORM = {"INFO": 640, "DEBUG": 900}
"""Bytes of the platform's own lines of one invocation, by level; other levels: none."""
STEP = "PARALLAX_"

type Event = dict[str, Any]


@dataclass(slots=True)
class Loaded:
    """A function whose module was imported."""

    function: Function
    handler: Callable[[Event, Any], Any]
    errors: list[str] = field(default_factory=list[str])


class Functions:
    """All functions; `extra_wait` returns other waiting time, in milliseconds."""

    def __init__(
        self, counter: Counter, extra_wait: Callable[[], float] = lambda: 0.0
    ) -> None:
        self._counter = counter
        self._extra_wait = extra_wait
        self._loaded: dict[str, Loaded] = {}
        self.busy = Load()

    def load(self, function: Function) -> None:
        """Import a function's module in its environment."""
        _enter(function)
        path = function.folder / "app.py"
        spec = importlib.util.spec_from_file_location(f"app_{function.name}", path)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        self._loaded[function.name] = Loaded(function, module.handler)

    def invoke(self, name: str, event: Event) -> Event:
        """Invoke a function; an error of the handler is kept in `errors`."""
        loaded = self._loaded[name]
        function = loaded.function
        _enter(function)
        printed = StringIO()
        self._counter.waited = self._counter.own_cpu = 0.0
        began = time.process_time()
        response: Event = {}
        with redirect_stdout(printed):
            try:
                response = loaded.handler(event, _context(function))
            except Exception as error:  # noqa: BLE001 - as Lambda: the invocation failed
                loaded.errors.append(f"{type(error).__name__}: {error}")
        cpu = (time.process_time() - began - self._counter.own_cpu) * 1000
        self._bill(function, max(cpu, 0.1))
        self._log(function, printed.getvalue())
        return response

    @property
    def errors(self) -> dict[str, list[str]]:
        """The errors of each function that failed."""
        return {n: one.errors for n, one in self._loaded.items() if one.errors}

    def _bill(self, function: Function, cpu: float) -> None:
        scaled = cpu * max(1.0, CORE_MB / function.memory)
        waited = self._counter.waited + self._extra_wait()
        billed = ceil(scaled + waited)
        add, name = self._counter.add, f"lambda.{function.name}"
        add(f"{name}.requests")
        add(f"{name}.cpu_ms", cpu)
        add(f"{name}.gb_seconds", billed / 1000 * function.memory / 1024)
        self.busy.add(function.name, time.time(), billed)

    def _log(self, function: Function, text: str) -> None:
        lines = text.splitlines()
        size = sum(len(line.encode()) + LINE_OVERHEAD for line in lines)
        size += PLATFORM.get(function.system_log, 0)
        self._counter.add(f"logs.{function.name}.bytes", size)
        for line in lines:
            self._counter.metrics |= embedded(line)


def embedded(line: str) -> set[str]:
    """Return the custom metrics in a line of CloudWatch's embedded metric format."""
    if '"_aws"' not in line:
        return set()
    fields = json.loads(line)
    found: set[str] = set()
    for directive in fields["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"] or [[]]:
            values = [f"{name}={fields[name]}" for name in names]
            found |= {
                "|".join([metric["Name"], *values]) for metric in directive["Metrics"]
            }
    return found


def _enter(function: Function) -> None:
    """Give the process the environment of a function."""
    for name in [name for name in os.environ if name.startswith(STEP)]:
        del os.environ[name]
    os.environ.update(function.environment)
    os.environ["AWS_LAMBDA_FUNCTION_NAME"] = function.name


def _context(function: Function) -> object:
    return SimpleNamespace(
        function_name=function.name,
        memory_limit_in_mb=function.memory,
        invoked_function_arn=f"arn:aws:lambda:eu-central-1:1:function:{function.name}",
        aws_request_id=str(uuid.uuid4()),
        get_remaining_time_in_millis=lambda: 30_000,
    )


def url_event(path: str, headers: Mapping[str, str], body: str) -> Event:
    """Return the event of a function URL, payload format 2.0."""
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {"http": {"method": "POST", "path": path}},
        "body": body,
        "isBase64Encoded": True,
    }
