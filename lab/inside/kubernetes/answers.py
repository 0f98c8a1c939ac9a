"""Answers: an API server's error responses, as recorded from a real one.

In: the error. Out: HTTP responses in the shape of `lab/recorded/error-*`.
It does not: check access rights.
"""

from typing import Any

from aiohttp import web

GROUP_NAMES = {
    "apis/gateway.networking.k8s.io/v1": "gateway.networking.k8s.io",
    "api/v1": "",
    "apis/apps/v1": "apps",
    "apis/discovery.k8s.io/v1": "discovery.k8s.io",
    "apis/networking.k8s.io/v1": "networking.k8s.io",
}


def status(
    code: int, reason: str, message: str, details: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return a `Status` object with status Failure."""
    body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    body |= {"message": message, "reason": reason}
    return body | ({"details": details} if details else {}) | {"code": code}


def failure(
    code: int, reason: str, message: str, details: dict[str, Any] | None = None
) -> web.Response:
    """Return a `Status` object as a response."""
    return web.json_response(status(code, reason, message, details), status=code)


def unauthorized() -> web.Response:
    """Return the response to an unknown token."""
    return failure(401, "Unauthorized", "Unauthorized")


def forbidden(
    request: web.Request, user: str, verb: str, group: str, resource: str
) -> web.Response:
    """Return RBAC's response; the message has the API server's wording."""
    name, namespace = (request.match_info.get(k) for k in ("name", "namespace"))
    subject = f'{resource} "{name}"' if name else resource
    scope = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    details = {"name": name} if name else {}
    if GROUP_NAMES[group]:
        subject = subject.replace(resource, f"{resource}.{GROUP_NAMES[group]}", 1)
        details["group"] = GROUP_NAMES[group]
    message = (
        f'{subject} is forbidden: User "{user}" cannot {verb} resource "{resource}" '
        f'in API group "{GROUP_NAMES[group]}" {scope}'
    )
    return failure(403, "Forbidden", message, details | {"kind": resource})


def not_found(resource: str, name: str) -> web.Response:
    """Return the response for an object that does not exist."""
    details = {"name": name, "kind": resource}
    return failure(404, "NotFound", f'{resource} "{name}" not found', details)


def no_such_path(request: web.Request) -> web.Response:
    """Return the response to a path, or a method, that is not served.

    For an unknown group or resource the server responds with plain text. The message
    "could not find the requested resource" comes from `kubectl` itself. As of 1.36.
    """
    if request.method != "GET":
        message = "the server does not allow this method on the requested resource"
        return failure(405, "MethodNotAllowed", message)
    headers = {"X-Content-Type-Options": "nosniff"}
    return web.Response(status=404, text="404 page not found\n", headers=headers)
