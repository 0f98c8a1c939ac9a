"""Serving: where the requests to AWS go.

In: a request as botocore would send it. Out: its response: from Moto in this process,
or from an emulator on loopback, to compare both.
It does not: reach AWS.
"""

from inspect import signature
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from moto import mock_aws
from moto.core.models import botocore_stubber
from moto.dynamodb.models.table import Table

LOOPBACK = "127.0.0.1"

_QUERY: Any = Table.query
_SIGNATURE = signature(_QUERY)


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


class Moto:
    """Moto, with its resources of this process."""

    def __init__(self) -> None:
        self._mock = mock_aws()
        self._mock.start()
        self._lock = Lock()
        setattr(Table, "query", _narrowed)  # noqa: B010 - Moto has exact types

    def __call__(self, event: str, request: AWSPreparedRequest) -> AWSResponse:
        """Return Moto's response."""
        with self._lock:
            response = botocore_stubber(event, request)
        if response is None:
            raise NotImplementedError(f"Moto does not serve {request.url}")
        return response

    def close(self) -> None:
        """Forget all resources."""
        self._mock.stop()
        setattr(Table, "query", _QUERY)  # noqa: B010 - the same


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
