"""Connection: the Kubernetes API through the official client, as raw answers.

In: a kubeconfig, or the pod's service account. Out: answers as they come over
the wire, or an `ApiException` with the server's own words.
It does not: understand the objects, keep anything, or write: every call is a GET.

JSON instead of the client's typed objects, and of its `Watch`: one odd object
fails a typed list as a whole (`endpoints: null` did until client 34), decoding
costs four times more, and `Watch` without it trips over the event that a 410
comes in (KeyError `raw_object`, client 37).

The API server's certificate must lead to the cluster's CA and bear its name, but not
keep RFC 5280 to the letter: since Python 3.13 OpenSSL's `X509_STRICT` is urllib3's
default, and refuses the CAs that EKS and MicroK8s make (kubernetes-client/python
#2394). Go's clients, kubelet and kubectl among them, ask for no more than we do.
"""

import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from kubernetes import config
from kubernetes.client import ApiClient, Configuration, CoreV1Api
from kubernetes.client.exceptions import ApiException
from urllib3 import HTTPResponse
from urllib3.util.ssl_ import create_urllib3_context

CALL_SECONDS = 5.0
"""A call that takes longer counts as not answered."""
MAX_WAIT = 60.0
"""Seconds; longer than this no server makes us wait."""
MAX_CONNECTIONS = 200
"""Kept open at once; a watch and a followed log hold one each."""
_KEEPALIVE = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
)
"""A server that is gone without a word is noticed after 25 seconds."""


@dataclass(frozen=True, slots=True)
class Apis:
    """The official client; `Any`: it is built at run time."""

    client: Any

    @property
    def core(self) -> Any:  # noqa: ANN401 - the client is untyped
        """The API group of pods and their logs."""
        return CoreV1Api(self.client)

    def get(
        self, path: str, query: Mapping[str, str], read_seconds: float
    ) -> HTTPResponse:
        """Open an answer; raises `ApiException`, or what urllib3 raises."""
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
            body = response.data.decode("utf-8", "replace")
            error = ApiException(
                status=response.status, reason=response.reason, body=body
            )
            cast("Any", error).headers = response.headers
            raise error
        return response

    def close(self) -> None:
        """Close the connections that are kept open between calls."""
        self.client.rest_client.close()


def connect(kubeconfig: Path | None) -> Apis:
    """Prepare the client; no call is made.

    Raises `kubernetes.config.ConfigException` for an unusable kubeconfig, or
    without one outside a cluster.
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
    # urllib3's own three tries would turn 5 seconds into 20.
    untyped.retries = False
    untyped.socket_options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), *_KEEPALIVE]
    untyped.connection_pool_maxsize = MAX_CONNECTIONS
    apis = Apis(ApiClient(settings))
    context = _as_strict_as_go(verify=untyped.verify_ssl)
    apis.client.rest_client.pool_manager.connection_pool_kw["ssl_context"] = context
    return apis


def _as_strict_as_go(*, verify: bool) -> ssl.SSLContext:
    """Return a context without `X509_STRICT`; the client adds the CA to it."""
    return create_urllib3_context(
        cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE,
        verify_flags=ssl.VERIFY_X509_PARTIAL_CHAIN,
    )


def status_of(error: Exception) -> int | None:
    """Return the HTTP status that a call failed with; None: it got no answer."""
    # The client makes an ApiException with status 0 of what TLS has to complain.
    told = cast("Any", error).status if isinstance(error, ApiException) else None
    return told or None


def retry_after(error: Exception) -> float:
    """Return the seconds that a server asks for with `Retry-After`; 0: it does not.

    Priority and fairness (429) and a server that ends (429, 503) send whole seconds.
    """
    if not isinstance(error, ApiException):
        return 0.0
    headers: Mapping[str, str] = cast("Any", error).headers or {}
    told = headers.get("Retry-After", "")
    return min(float(told), MAX_WAIT) if told.isdecimal() else 0.0


def describe_error(error: Exception) -> str:
    """Say in one line why a call failed; the server's own words where it has some."""
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
