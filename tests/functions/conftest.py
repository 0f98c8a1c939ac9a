"""How a test gets a function as Lambda does: a fresh `app` in its own environment."""

import importlib.util
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.functions.enforced import Enforcer, enforced

FUNCTIONS = Path(__file__).resolve().parent.parent.parent / "functions"


@pytest.fixture
def _log_as_before() -> Iterator[None]:
    """Take a function's handler off the layer's log again; other tests have none."""
    log = logging.getLogger("parallax")
    before = vars(log) | {"handlers": [*log.handlers]}
    yield
    vars(log).clear()
    vars(log).update(before)
    log.setLevel(log.level)  # forgets the levels that it has remembered


@pytest.fixture
def enforcer() -> Iterator[Enforcer]:
    """Hold what functions request in a test against their policies."""
    with enforced() as found:
        yield found


@pytest.fixture
def load(
    monkeypatch: pytest.MonkeyPatch, _log_as_before: None, enforcer: Enforcer
) -> Callable[..., ModuleType]:
    """Return a loader: `load("probe", JOURNAL_TABLE=…)` gives that `app`.

    Its handler may do only what the template allows the function.
    """

    def loader(step: str, **places: Any) -> ModuleType:
        for name, value in places.items():
            monkeypatch.setenv(f"PARALLAX_{name}", str(value))
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", step)
        path = FUNCTIONS / step / "app.py"
        spec = importlib.util.spec_from_file_location(f"app_{step}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        handle, functions = module.handler, deployed(step)
        enforcer.loaded(*functions)

        def handler(event: Any, context: Any) -> Any:
            with enforcer.run(*functions):
                return handle(event, context)

        module.handler = handler  # pyright: ignore[reportAttributeAccessIssue] - a module made at run time
        return module

    return loader


def deployed(step: str) -> tuple[str, ...]:
    """Return the functions whose places are set; notify's code is deployed twice."""
    topics = {
        "NotifyFunction": "PARALLAX_ALERTS_TOPIC_ARN",
        "PublishFunction": "PARALLAX_FINDINGS_TOPIC_ARN",
    }
    named = tuple(name for name, topic in topics.items() if os.environ.get(topic))
    return (step == "notify" and named) or (f"{step.title()}Function",)
