"""Error log steps: where an ingress writes why it gave up a response, and what to do.

In: the controller's namespace and pod, the app's Ingress. Out: next steps.
It does not: judge. One line of the error log decides which step applies.
Source: nginx `ngx_http_upstream.c`, `ngx_http_proxy_module.c`; ingress-nginx,
annotations (backend-protocol, proxy-buffer-size).
"""

from shlex import quote

from parallax.model.judgement import NextStep

NGINX = "nginx.ingress.kubernetes.io/"


def error_log_steps(
    *, controller: str, pod: str | None, namespace: str, name: str
) -> tuple[NextStep, ...]:
    """Return how to read the error log, and what each of its lines means."""
    where, namespace = quote(controller), quote(namespace)
    annotate = f"kubectl -n {namespace} annotate ingress {quote(name)} --overwrite"
    annotate += f" {NGINX}"
    return (
        NextStep(
            text="In the controller's error log, read why it could not use the pod's"
            " response. Each of the next steps is for one message of this log.",
            command=f"kubectl -n {where} logs {quote(pod)} --since=15m"
            " | grep -E '\\[(error|crit)\\]'"
            if pod
            else f"kubectl -n {where} get pods -o wide",
        ),
        NextStep(
            text="`upstream sent too big header`: the response's header is larger than"
            " proxy-buffer-size (4k by default). Raise it, or let the app send"
            " fewer or smaller cookies.",
            command=f"{annotate}proxy-buffer-size=16k",
            undo_note=_back(annotate, "proxy-buffer-size"),
        ),
        NextStep(
            text="`upstream sent no valid HTTP/1.0 header`, `SSL_do_handshake() failed`"
            " or `wrong version number`: backend-protocol does not match what the pods"
            " speak (HTTP, HTTPS, GRPC). Correct it.",
            command=f"{annotate}backend-protocol=HTTP",
            undo_note=_back(annotate, "backend-protocol"),
        ),
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


def _back(annotate: str, key: str) -> str:
    """Return the way back: nothing has read the Ingress's annotations."""
    return (
        f"remove the annotation with `{annotate}{key}-`, or set the value that it had"
        " before the change."
    )
