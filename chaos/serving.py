"""Serving: Moto for many short cases.

In: a request as botocore would send it. Out: Moto's response.
It does not: change what a service does. Moto looks for its own methods at each request,
and botocore writes its own name twice; neither is what chaos is about.
"""

from functools import cache
from typing import Any

import botocore.useragent
import moto.core.responses
from moto.core.utils import method_names_from_class

from bench.cost.serving import Moto

_REAL: dict[str, Any] = {
    "method_names_from_class": method_names_from_class,
    "to_string": botocore.useragent.UserAgentString.to_string,
}
_names = cache(_REAL["method_names_from_class"])


def _short_name(_agent: object) -> str:
    return "chaos"


class Served(Moto):
    """Moto, with what it looks up at each request looked up once."""

    def __init__(self) -> None:
        super().__init__()
        self._set(_names, _short_name)

    def close(self) -> None:
        """Forget all resources."""
        super().close()
        self._set(_REAL["method_names_from_class"], _REAL["to_string"])

    @staticmethod
    def _set(names: Any, agent: Any) -> None:
        # By name: both libraries have exact types.
        setattr(moto.core.responses, "method_names_from_class", names)  # noqa: B010
        setattr(botocore.useragent.UserAgentString, "to_string", agent)  # noqa: B010
