"""Limits: an Ingress's annotations that can reject a request, without secrets.

In: Ingress objects. Out: names and values that may leave the cluster.
It does not: send secrets: of a snippet only the names of directives that reject
requests, and their status or network; of a URL only its scheme and host.
Source: ingress-nginx, user-guide/nginx-configuration/annotations.
"""

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from urllib.parse import urlsplit

from parallax.model.wire import Json
from parallax_agent.watch.objects import part

NGINX = "nginx.ingress.kubernetes.io/"
EXPORTED_ANNOTATIONS = frozenset(
    {
        "allowlist-source-range",
        "auth-secret",
        "auth-tls-secret",
        "auth-type",
        "auth-url",
        "backend-protocol",
        "configuration-snippet",
        "custom-http-errors",
        "denylist-source-range",
        "enable-modsecurity",
        "limit-allowlist",
        "limit-burst-multiplier",
        "limit-connections",
        "limit-rpm",
        "limit-rps",
        "limit-whitelist",
        "permanent-redirect",
        "proxy-body-size",
        "proxy-buffer-size",
        "proxy-read-timeout",
        "server-snippet",
        "ssl-redirect",
        "whitelist-source-range",
    }
)
"""Annotations that leave the cluster, with those that begin with `canary`."""
LONGEST = 200
"""Characters of a value."""
_SECRETS = frozenset({"auth-secret", "auth-tls-secret"})
"""Each names a Secret, with or without its namespace. Another text may be the secret
itself, put there by mistake."""
_SECRET = re.compile(r"(?:[a-z0-9.-]{1,253}/)?[a-z0-9.-]{1,253}")
_URLS = frozenset({"auth-url", "permanent-redirect", "global-auth-url"})
_BY_NAME = frozenset(
    {
        "auth_basic",
        "auth_request",
        "limit_conn",
        "limit_except",
        "limit_req",
        "proxy_pass",
        "rewrite",
    }
)
"""Directives of which only the name is sent."""


def exported_annotations(
    target: Json, canaries: Iterable[Json] = ()
) -> tuple[tuple[str, str], ...]:
    """Return an Ingress's annotations, and those of its canaries, sorted by name."""
    values = dict(pair for item in canaries for pair in _exported(item, "canary"))
    return tuple(sorted((values | dict(_exported(target))).items()))


def exported_value(name: str, text: str) -> str:
    """Return the part of a setting's value that may leave the cluster."""
    if name.endswith("-snippet"):
        text = "; ".join(_directives(text)) or "(rejects no request)"
    elif name in _URLS:
        text = _origin(text)
    elif name in _SECRETS and not _SECRET.fullmatch(text):
        text = "(no name)"
    elif name.startswith("canary-by-header-"):
        text = "(set)"  # the value gives access to the canary
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _exported(item: Json, beginning: str = "") -> Iterator[tuple[str, str]]:
    for key, text in part(item, "metadata", "annotations").items():
        name = key.removeprefix(NGINX)
        wanted = name in EXPORTED_ANNOTATIONS or name.startswith("canary")
        if key.startswith(NGINX) and wanted and name.startswith(beginning):
            yield key, exported_value(name, str(text))


def _directives(snippet: str) -> Iterator[str]:
    """Yield a snippet's directives that reject requests: `return 403`, `deny all`."""
    for statement in re.split(r"[;{}]", re.sub(r"#.*", "", snippet)):
        directive, *rest = statement.split() or [""]
        first = rest[0] if rest else ""
        if directive == "return":
            yield (
                f"return {first}" if re.fullmatch("[1-5][0-9]{2}", first) else directive
            )
        elif directive in {"allow", "deny"}:
            yield f"{directive} {first}" if _is_network(first) else directive
        elif directive in _BY_NAME:
            yield directive


def _is_network(text: str) -> bool:
    try:
        return text == "all" or bool(ip_network(text, strict=False))
    except ValueError:
        return False


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return "(no URL)"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if parts.scheme and host else "(no URL)"
