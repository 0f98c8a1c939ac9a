"""Apps: how pods respond, failing and healthy.

In: a name. Out: a `Reply`. It does not: proxy.
Some apps look like a proxy: they run nginx or HAProxy, or a mesh's Envoy runs in the
pod. Sources: the captures; Envoy's source for its sentences; maintenance pages as they
are commonly written.
"""

from bench.accuracy.platform import pages
from bench.accuracy.platform.pages import Reply

MESH = "app/mesh-unconnected"
MAINTENANCE = "app/maintenance"
MARKED = (
    pages.APACHE,
    "pods/503_uvicorn_starlette_json",
    "pods/503_express_send",
    "pods/503_gunicorn_flask_abort",
    "pods/503_express_error_handler",
    "pods/500_uvicorn_crash",
    "pods/500_gunicorn_flask_crash",
)
"""Pages that show which server wrote them."""
LOOK_ALIKES = (MESH, MAINTENANCE, "nginx/503_return", "haproxy/503_all_servers_down")
"""Pages that a proxy or an app may have written."""
POD_PAGES = (*MARKED, *LOOK_ALIKES)


def reply(name: str) -> Reply:
    """Return an app's response by its name, or a recorded one."""
    if name == MESH:
        envoy = (("server", "istio-envoy"),)
        return pages.made(
            503, pages.REASONS[503], "text/plain", pages.UNCONNECTED, *envoy
        ).lowered()
    if name == MAINTENANCE:
        body = "<html><body><h1>We are back soon</h1>Maintenance.</body></html>\n"
        later = ("Retry-After", "600")
        return pages.made(503, pages.REASONS[503], "text/html", body, later)
    return pages.recorded(name)
