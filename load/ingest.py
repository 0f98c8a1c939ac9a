"""Ingest: the real handler, invoked in simulated time; its billed time is measured.

In: events of the function URL. Out: a response and how long Lambda would bill for it.
It does not: decide whether a request is accepted; `function_url` does.
"""

import importlib.util
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from io import StringIO
from typing import Any, NamedTuple

from bench.cost.functions import CORE_MB
from bench.cost.template import REGION, Function, Template
from load.table import Aws

type Json = dict[str, Any]
type Handler = Callable[[Any, Any], Any]


class Answer(NamedTuple):
    """A response; `seconds` of the function, as Lambda would bill them."""

    status: int
    body: str
    seconds: float
    log_bytes: int


class Ingest:
    """One environment of the function; all executions of the simulation share it."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self.function = _function()
        os.environ |= {
            **self.function.environment,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "load",
            "AWS_SECRET_ACCESS_KEY": "load",
        }
        self._handler = loaded(self.function)
        self.cpu = 0.0
        """Seconds of this machine's processor that the handler took so far."""

    def invoke(self, event: Mapping[str, Any]) -> Answer:
        """Invoke the handler once."""
        self._aws.waited = 0.0
        printed = StringIO()
        began = time.process_time()
        with redirect_stdout(printed):
            response: Json = self._handler(event, None)
        spent = time.process_time() - began
        self.cpu += spent
        scaled = spent * CORE_MB / self.function.memory
        seconds = scaled + self._aws.waited / 1000
        size = len(printed.getvalue().encode())
        return Answer(response["statusCode"], response["body"], seconds, size)


def loaded(function: Function) -> Handler:
    """Import a function's module; its environment is set already."""
    path = function.folder / "app.py"
    spec = importlib.util.spec_from_file_location(f"load_{function.name}", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.handler


def _function() -> Function:
    template = Template({})
    template.physical |= {"Journal": "Journal", "Incidents": "Incidents"}
    template.physical["ParallaxSecret"] = "arn:aws:secretsmanager:x:1:secret:s"
    found = {one.name: one for one in template.functions()}
    return found["IngestFunction"]
