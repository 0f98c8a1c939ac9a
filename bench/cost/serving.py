"""Serving: where the requests to AWS go.

In: a request as botocore would send it. Out: its response: from Moto in this process,
or from an emulator on loopback, to compare both.
It does not: reach AWS.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from moto import mock_aws
from moto.core.models import botocore_stubber

LOOPBACK = "127.0.0.1"

type Serve = Callable[[str, AWSPreparedRequest], AWSResponse]


class Moto:
    """Moto, with its resources of this process."""

    def __init__(self) -> None:
        self._mock = mock_aws()
        self._mock.start()

    def __call__(self, event: str, request: AWSPreparedRequest) -> AWSResponse:
        """Return Moto's response."""
        response = botocore_stubber(event, request)
        if response is None:
            raise NotImplementedError(f"Moto does not serve {request.url}")
        return response

    def close(self) -> None:
        """Forget all resources."""
        self._mock.stop()


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
