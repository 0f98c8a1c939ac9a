"""Connections as in a pod: TLS by the cluster's CA, a token that is replaced."""

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from kubernetes.client.exceptions import ApiException
from kubernetes.config import incluster_config
from urllib3.exceptions import ReadTimeoutError

from parallax_agent.watch import connection as connection_module
from parallax_agent.watch.connection import (
    Apis,
    body_of,
    connect,
    describe_error,
    status_of,
)
from tests.agent.kubernetes_api import (
    TOKEN,
    KubernetesHandler,
    KubernetesServer,
    kubeconfig,
)
from tests.agent.push.endless import Serve, endless, serve

__all__ = ["serve"]
NODES = "/api/v1/nodes"


class Clock(dt.datetime):
    """The client's clock, as far ahead as a test sets it."""

    ahead = dt.timedelta()

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> "Clock":
        """Return the time, ahead of the real one."""
        return super().now(tz) + cls.ahead


def authority(folder: Path) -> ssl.SSLContext:
    """Create a CA like EKS's, without key usage and key ids; sign a server's key."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    ca, server = (
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        for name in ("kubernetes", "kube-apiserver")
    )
    day = dt.timedelta(days=1)
    now = dt.datetime.now(dt.UTC)
    basic = x509.BasicConstraints(ca=True, path_length=None)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = [
        x509.CertificateBuilder(ca, subject, key.public_key(), number)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(keys[0], hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
        for number, (subject, key, extension) in enumerate(
            ((ca, keys[0], basic), (server, keys[1], names)), start=1
        )
    ]
    private = keys[1].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "ca.crt").write_bytes(made[0])
    (folder / "server.pem").write_bytes(made[1] + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[KubernetesServer]:
    """Serve the API over TLS."""
    server = KubernetesServer(context=authority(tmp_path))
    yield server
    server.stop()


@pytest.fixture
def account(
    secure: KubernetesServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Mount a service account as the kubelet does; return the token's file."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(secure.server_port))
    files = {"TOKEN": token, "CERT": tmp_path / "ca.crt"}
    for name, file in files.items():
        monkeypatch.setattr(incluster_config, f"SERVICE_{name}_FILENAME", str(file))
    clock = SimpleNamespace(datetime=Clock, timedelta=dt.timedelta)
    monkeypatch.setattr(incluster_config, "datetime", clock)
    return token


def status(apis: Apis) -> int | str:
    """Send one request; return the status, or the error."""
    try:
        with closing(apis.get(NODES, {"limit": "1"}, 5.0)) as response:
            assert response.data
            return response.status
    except ApiException as error:
        return status_of(error) or describe_error(error)


@pytest.mark.usefixtures("account")
def test_a_cluster_s_old_ca_is_trusted() -> None:
    """A CA without key usage and key identifiers, as of EKS and MicroK8s."""
    with closing(connect(None)) as apis:
        assert status(apis) == 200


@pytest.mark.usefixtures("account")
def test_another_ca_is_not(tmp_path: Path) -> None:
    """A server with another CA gets no token; the error is one line."""
    authority(tmp_path)
    with closing(connect(None)) as apis:
        error = str(status(apis))
    assert error.startswith("SSLError ")
    assert "CERTIFICATE_VERIFY_FAILED" in error
    assert "\n" not in error


@pytest.mark.usefixtures("account")
def test_another_name_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate must contain the address that is used."""
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "localhost")
    with closing(connect(None)) as apis:
        assert "Hostname mismatch" in str(status(apis))


def test_a_token_that_was_replaced_is_read_again(
    secure: KubernetesServer, account: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bound tokens expire after an hour; the kubelet replaces them earlier."""
    with closing(connect(None)) as apis:
        assert status(apis) == 200
        account.write_text("another-token")
        monkeypatch.setattr(Clock, "ahead", dt.timedelta(minutes=2))
        secure.token = "another-token"
        assert status(apis) == 200
        secure.token = TOKEN
        assert status(apis) == 401


@pytest.mark.parametrize(
    "pieces",
    [
        endless(b"HTTP/1.1 403 Forbidden\r\n\r\n", b" " * 9999),
        endless(
            b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X: " + b"x" * 999 + b"\r\n",
        ),
    ],
    ids=["body", "trailers"],
)
def test_an_error_whose_body_never_ends_keeps_its_status(
    serve: Serve,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pieces: Iterator[bytes],
) -> None:
    """The body is read up to a limit of bytes and of seconds."""
    monkeypatch.setattr(connection_module, "CALL_SECONDS", 0.5)
    file = kubeconfig(serve(pieces).rstrip("/"), tmp_path)
    with closing(connect(file)) as apis, pytest.raises(ApiException) as caught:
        apis.get(NODES, {"limit": "1"}, 5.0)
    assert (status_of(caught.value), describe_error(caught.value)) == (
        403,
        "403 Forbidden",
    )


def test_informational_responses_without_end_time_out(
    serve: Serve, tmp_path: Path
) -> None:
    """The read timeout applies to the whole head."""
    url = serve(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99)).rstrip("/")
    with (
        closing(connect(kubeconfig(url, tmp_path))) as apis,
        pytest.raises(ReadTimeoutError),
    ):
        apis.get(NODES, {}, 0.2)


@pytest.mark.usefixtures("account")
def test_a_body_over_tls_that_stops_half_way_times_out(
    secure: KubernetesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit of seconds applies to the whole body, also over TLS."""
    released = threading.Event()

    def half(handler: KubernetesHandler, *_: object) -> None:
        handler.stream("application/json")
        handler.chunk(b"{")
        released.wait(10)

    monkeypatch.setattr(KubernetesHandler, "list", half)
    with (
        closing(connect(None)) as apis,
        closing(apis.get(NODES, {"limit": "1"}, 30.0)) as response,
        pytest.raises(TimeoutError),
    ):
        body_of(response, 1000, 0.2)
    released.set()
    assert secure.requests


def test_tls_verification_can_be_disabled(
    secure: KubernetesServer, tmp_path: Path
) -> None:
    """`insecure-skip-tls-verify` of a kubeconfig works as in kubectl."""
    file = secure.kubeconfig(tmp_path)
    server = f'"server": "https://127.0.0.1:{secure.server_port}"'
    text = file.read_text().replace(f'"server": "{secure.url}"', server)
    file.write_text(text)
    with closing(connect(file)) as apis:
        assert "CERTIFICATE_VERIFY_FAILED" in str(status(apis))
    file.write_text(text.replace(server, f'{server}, "insecure-skip-tls-verify": true'))
    with closing(connect(file)) as apis, pytest.warns(match="Unverified HTTPS"):
        assert status(apis) == 200
