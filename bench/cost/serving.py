"""Serving: where the requests to AWS go.

In: a request as botocore would send it. Out: its response: from Moto in this process,
or from an emulator on loopback, to compare both.
It does not: reach AWS, or change what DynamoDB does. Moto writes a response by the
service's model, which takes half of its time; for items that is the JSON that it has
already.
"""

import base64
import json
from inspect import signature
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from moto import mock_aws
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber
from moto.core.responses import ActionResult
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

LOOPBACK = "127.0.0.1"

_QUERY: Any = Table.query
_SIGNATURE = signature(_QUERY)
_SERIALIZED: Any = DynamoHandler.serialized
PLAIN = frozenset({"PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan"})
"""Requests whose responses Moto has as DynamoDB's JSON."""


def _narrowed(table: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - Moto's own arguments
    """Query a table as if it had only the items of the wanted partition.

    Moto copies and sorts the whole table in each query: with 10,000 targets that takes
    longer than everything else.
    """
    given = _SIGNATURE.bind(table, *args, **kwargs).arguments
    if given.get("index_name"):
        return _QUERY(table, *args, **kwargs)
    every, key = table.items, given["hash_key"]
    table.items = {key: every[key]} if key in every else {}
    try:
        return _QUERY(table, *args, **kwargs)
    finally:
        table.items = every


def _fast(handler: Any, result: ActionResult) -> Any:  # noqa: ANN401 - Moto's own
    """Return a response of items as JSON, if it is nothing else."""
    found: Any = result.result
    if isinstance(found, dict) and handler._get_action() in PLAIN:  # noqa: SLF001 - as Moto itself
        kept = {name: value for name, value in found.items() if value is not None}
        return 200, handler.response_headers, json.dumps(kept, default=_plain)
    return _SERIALIZED(handler, result)


def _plain(value: Any) -> Any:  # noqa: ANN401 - Moto's own
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.to_json()


class Moto:
    """Moto, with its resources of this process.

    botocore calls every handler, also after one has a response. So Moto's own is
    disabled: else it would carry out each request a second time.
    """

    def __init__(self) -> None:
        self._mock = mock_aws()
        self._mock.start()
        botocore_stubber.enabled = False
        self._lock = Lock()
        setattr(Table, "query", _narrowed)  # noqa: B010 - Moto has exact types
        setattr(DynamoHandler, "serialized", _fast)  # noqa: B010 - the same

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
        self._mock.stop()
        setattr(Table, "query", _QUERY)  # noqa: B010 - the same
        setattr(DynamoHandler, "serialized", _SERIALIZED)  # noqa: B010 - the same


class Emulator:
    """An emulator on loopback, which `AWS_ENDPOINT_URL` names."""

    def __init__(self) -> None:
        self._session = URLLib3Session()

    def __call__(self, _event: str, request: AWSPreparedRequest) -> AWSResponse:
        """Return the emulator's response."""
        if urlsplit(str(request.url)).hostname != LOOPBACK:
            raise ConnectionRefusedError(f"{request.url}: not on loopback")
        return self._session.send(request)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()
