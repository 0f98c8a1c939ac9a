"""Error log steps: where an ingress writes why it gave up a response, and what to do.

In: the controller's namespace and pod, the app's Ingress and its annotations. Out: next
steps. It does not: judge. One line of the error log decides which step applies.
Source: nginx `ngx_http_upstream.c`, `ngx_http_proxy_module.c`; ingress-nginx,
annotations (backend-protocol, proxy-buffer-size).
"""

from collections.abc import Iterator, Mapping
from shlex import quote

from parallax.causes.undo import RESTORE, after_saving
from parallax.model.judgement import NextStep

NGINX = "nginx.ingress.kubernetes.io/"
TLS = frozenset({"HTTPS", "GRPCS"})
"""Values of `backend-protocol` with which the ingress connects with TLS."""


def error_log_steps(
    *,
    controller: str,
    pod: str | None,
    namespace: str,
    name: str,
    given: Mapping[str, str] | None,
) -> tuple[NextStep, ...]:
    """Return how to read the error log, and what each of its lines means.

    `given`: the Ingress's annotations as they are; None: not read.
    """
    where, namespace = quote(controller), quote(namespace)
    change = _Annotate(namespace, name, given)
    return (
        NextStep(
            text="In the controller's error log, read why it could not use the pod's"
            " response. Each of the next steps is for one message of this log.",
            command=f"kubectl -n {where} logs {quote(pod)} --since=15m"
            " | grep -E '\\[(error|crit)\\]'"
            if pod
            else f"kubectl -n {where} get pods -o wide",
        ),
        change.step(
            "`upstream sent too big header`: the response's header is larger than"
            " proxy-buffer-size (4k by default). Raise it, or let the app send"
            " fewer or smaller cookies.",
            key="proxy-buffer-size",
            value="16k",
        ),
        *_of_protocol(change, given),
        NextStep(
            text="`upstream prematurely closed connection` or `Connection reset by"
            " peer`: the app closes connections that the ingress keeps open, or its"
            " process ends. Its keep-alive timeout must exceed"
            " upstream-keepalive-timeout (60 s by default). Check its restarts.",
            command=f"kubectl -n {namespace} get pods",
        ),
        NextStep(
            text="`connect() failed`: something rejects the ingress's own connections."
            " Check the NetworkPolicies of the app.",
            command=f"kubectl -n {namespace} get networkpolicies",
        ),
    )


def _of_protocol(
    change: "_Annotate", given: Mapping[str, str] | None
) -> Iterator[NextStep]:
    """Yield the steps for the wrong protocol; one, if the present protocol is known."""
    now = None if given is None else given.get(f"{NGINX}backend-protocol", "HTTP")
    if now is None or now.upper() not in TLS:
        yield change.step(
            "`upstream sent no valid HTTP/1.0 header`: the pods speak another protocol"
            " than plain HTTP, in most cases TLS. For pods that speak gRPC, use GRPC"
            " instead of HTTPS.",
            key="backend-protocol",
            value="HTTPS",
        )
    if now is None or now.upper() in TLS:
        yield change.step(
            "`SSL_do_handshake() failed` or `wrong version number`: the ingress"
            " connects with TLS, but the pods speak plain HTTP.",
            key="backend-protocol",
            value="HTTP",
        )


class _Annotate:
    """Changes annotations of one Ingress, with the way back."""

    def __init__(
        self, namespace: str, name: str, given: Mapping[str, str] | None
    ) -> None:
        self._kubectl = f"kubectl -n {namespace}"
        self._name, self._given = quote(name), given

    def step(self, text: str, *, key: str, value: str) -> NextStep:
        """Return the step that sets an annotation of ingress-nginx."""
        undo, change = self._back(key), self._change(f"{key}={value}")
        which = f"ingress {self._name}"
        return NextStep(
            text=text,
            command=f"{self._kubectl} {change}"
            if undo
            else after_saving(self._kubectl, which, change),
            undo=undo or RESTORE,
        )

    def _change(self, pair: str) -> str:
        return f"annotate ingress {self._name} --overwrite {NGINX}{quote(pair)}"

    def _back(self, key: str) -> str | None:
        """Return the command that restores the value as read; None: not read."""
        if self._given is None:
            return None
        old = self._given.get(NGINX + key)
        pair = f"{key}-" if old is None else f"{key}={old}"
        return f"{self._kubectl} {self._change(pair)}"
