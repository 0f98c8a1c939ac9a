"""Serving: Moto, once for each request, and fast for DynamoDB.

In: a request as botocore would send it. Out: Moto's response.
It does not: change what DynamoDB does. Moto writes a response by the service's model,
which takes half of its time; for items that is the JSON that it has already. It also
looks for its own methods at each request, and botocore writes its own name twice.
"""

import base64
import json
from functools import cache
from typing import Any

import botocore.useragent
import moto.core.responses
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber
from moto.core.responses import ActionResult
from moto.core.utils import method_names_from_class
from moto.dynamodb.responses import DynamoHandler

from bench.cost.serving import Moto

PLAIN = frozenset({"PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan"})
_SERIALIZED: Any = DynamoHandler.serialized
_REAL: dict[str, Any] = {
    "method_names_from_class": method_names_from_class,
    "to_string": botocore.useragent.UserAgentString.to_string,
}
_names = cache(_REAL["method_names_from_class"])


def _short_name(_agent: object) -> str:
    return "chaos"


def _fast(handler: Any, result: ActionResult) -> Any:
    """Return a response of items as JSON, if it is nothing else."""
    found: Any = result.result
    if isinstance(found, dict) and handler._get_action() in PLAIN:  # noqa: SLF001 - as Moto itself
        kept = {name: value for name, value in found.items() if value is not None}
        return 200, handler.response_headers, json.dumps(kept, default=_plain)
    return _SERIALIZED(handler, result)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.to_json()


class Served(Moto):
    """Moto; botocore does not call it by itself as well."""

    def __init__(self) -> None:
        super().__init__()
        botocore_stubber.enabled = False
        self._set(_fast, _names, _short_name)

    def __call__(self, event: str, request: AWSPreparedRequest) -> AWSResponse:
        """Return Moto's response."""
        del event
        with self._lock:
            found = botocore_stubber.process_request(request)
        if found is None:
            raise NotImplementedError(f"Moto does not serve {request.url}")
        status, headers, body = found
        raw: Any = MockRawResponse(body)
        return AWSResponse(str(request.url), status, headers, raw)  # pyright: ignore[reportArgumentType] - as Moto does

    def close(self) -> None:
        """Forget all resources."""
        super().close()
        self._set(_SERIALIZED, _REAL["method_names_from_class"], _REAL["to_string"])

    @staticmethod
    def _set(serialized: Any, names: Any, agent: Any) -> None:
        # By name: both libraries have exact types.
        setattr(DynamoHandler, "serialized", serialized)  # noqa: B010
        setattr(moto.core.responses, "method_names_from_class", names)  # noqa: B010
        setattr(botocore.useragent.UserAgentString, "to_string", agent)  # noqa: B010
