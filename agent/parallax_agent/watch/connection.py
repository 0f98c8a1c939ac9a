"""Connection: the Kubernetes API through the official client, as raw responses.

In: a kubeconfig, or the pod's service account. Out: responses as they arrive, or an
`ApiException` with the server's message.
It does not: interpret the objects, keep anything, or write: every call is a GET.

It uses JSON instead of the client's typed objects and its `Watch`: one malformed object
fails a typed list as a whole (`endpoints: null` did until client 34), decoding costs
four times more, and `Watch` without typed objects fails on the event that contains a
410 (KeyError `raw_object`, client 37). Importing the typed API of one group alone takes
79 MB (measured, client 37).

The API server's certificate must chain to the cluster's CA and contain its name, but
need not follow RFC 5280 strictly: since Python 3.13 OpenSSL's `X509_STRICT` is
urllib3's default, and it rejects the CAs that EKS and MicroK8s create
(kubernetes-client/python #2394). Go's clients, among them kubelet and kubectl, check no
more than this module.
"""

import json
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast, override

from kubernetes import config
from kubernetes.client.api_client import ApiClient
from kubernetes.client.configuration import Configuration
from kubernetes.client.exceptions import ApiException
from urllib3 import HTTPResponse
from urllib3.util.ssl_ import create_urllib3_context

from parallax.http_limits import PIECE_BYTES, POOLS, TooLargeError, whole_body

CALL_SECONDS = 5.0
"""A call that takes longer counts as not answered."""
ERROR_BYTES = 65536
"""Bytes read of an error's body; a Status object has less than 1 KB."""
MAX_WAIT = 60.0
"""Seconds; a server cannot make the agent wait longer."""
MAX_CONNECTIONS = 200
"""Connections kept open; each watch and each followed log uses one."""
_KEEPALIVE = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
)
"""A server that disappears without closing is noticed after 25 seconds."""


@dataclass(frozen=True, slots=True)
class Apis:
    """The official client; `Any`, because it is built at run time."""

    client: Any

    def get(
        self, path: str, query: Mapping[str, str], read_seconds: float
    ) -> HTTPResponse:
        """Open a response; raises `ApiException`, or what urllib3 raises."""
        request = self.client.param_serialize(
            "GET",
            path,
            query_params=list(query.items()),
            header_params={"Accept": "application/json"},
            auth_settings=["BearerToken"],
        )
        answer = self.client.call_api(
            *request, _request_timeout=(CALL_SECONDS, read_seconds)
        )
        response = cast("HTTPResponse", answer.response)
        if response.status != HTTPStatus.OK:
            error = ApiException(
                status=response.status,
                reason=response.reason,
                body=answer.read().decode("utf-8", "replace"),
            )
            cast("Any", error).headers = response.headers
            raise error
        return response

    def close(self) -> None:
        """Close the connections that are kept open between calls."""
        self.client.rest_client.close()


def connect(kubeconfig: Path | None) -> Apis:
    """Prepare the client; it makes no call.

    Raises `kubernetes.config.ConfigException` for an unusable kubeconfig, or without
    one outside a cluster.
    """
    settings = Configuration()
    loader = cast("Any", config)
    if kubeconfig is None:
        loader.load_incluster_config(client_configuration=settings)
    else:
        loader.load_kube_config(
            config_file=str(kubeconfig),
            client_configuration=settings,
            persist_config=False,
        )
    untyped = cast("Any", settings)
    # urllib3's three retries would turn 5 seconds into 20.
    untyped.retries = False
    untyped.socket_options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), *_KEEPALIVE]
    untyped.connection_pool_maxsize = MAX_CONNECTIONS
    apis = Apis(_Client(settings))
    context = _tls_context(verify=untyped.verify_ssl)
    pools = apis.client.rest_client.pool_manager
    pools.connection_pool_kw["ssl_context"] = context
    pools.pool_classes_by_scheme = POOLS
    return apis


def body_of(response: HTTPResponse, most: int, seconds: float) -> bytes:
    """Return a whole body.

    Raises `TooLargeError`, `TimeoutError`, or what urllib3 raises.
    """
    pieces = response.stream(PIECE_BYTES, decode_content=True)
    return whole_body(pieces, response, most, seconds)


class _Client(ApiClient):
    """The official client, with a limit for the body of an error."""

    @override
    def call_api(self, *request: Any, **options: Any) -> Any:
        """Send a request, and read the body of an error."""
        answer = cast("Any", super()).call_api(*request, **options)
        if answer.status != HTTPStatus.OK:
            answer.data = _error_body(answer.response)
        return answer


def _error_body(response: HTTPResponse) -> bytes:
    """Return the body of an error; empty if it does not end: the status matters."""
    with closing(response):
        try:
            return body_of(response, ERROR_BYTES, CALL_SECONDS)
        except (TooLargeError, TimeoutError):
            return b""


def _tls_context(*, verify: bool) -> ssl.SSLContext:
    """Return a context without `X509_STRICT`; the client adds the CA to it."""
    return create_urllib3_context(
        cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE,
        verify_flags=ssl.VERIFY_X509_PARTIAL_CHAIN,
    )


def status_of(error: Exception) -> int | None:
    """Return the HTTP status of a failed call; None: it got no response."""
    # The client raises an ApiException with status 0 for TLS errors.
    value = cast("Any", error).status if isinstance(error, ApiException) else None
    return value or None


def retry_after(error: Exception) -> float:
    """Return the seconds of the server's `Retry-After`; 0 if there is none.

    Priority and fairness (429) and a server that shuts down (429, 503) send whole
    seconds.
    """
    if not isinstance(error, ApiException):
        return 0.0
    headers: Mapping[str, str] = cast("Any", error).headers or {}
    value = headers.get("Retry-After", "")
    return min(float(value), MAX_WAIT) if value.isdecimal() else 0.0


def describe_error(error: Exception) -> str:
    """Return in one line why a call failed, with the server's message if it has one."""
    if not isinstance(error, ApiException):
        return f"{type(error).__name__}: {error}"
    untyped = cast("Any", error)
    if not untyped.status:
        return " ".join(str(untyped.reason).split())
    code = f"{untyped.status} {untyped.reason}".strip()
    try:
        message = str(json.loads(untyped.body or "{}").get("message", ""))
    except (ValueError, AttributeError):
        message = ""
    return f"{code}: {message}" if message and message != untyped.reason else code
