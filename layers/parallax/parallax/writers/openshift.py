"""OpenShift's router: an HAProxy with its own page for a route without an app.

Sources: `images/router/haproxy/conf/error-page-503.http` and `error-page-404.http` of
openshift/router; whole responses in public threads. The page says that the router
knows no route for the host, or has no endpoint for it.
"""

from parallax.writers.mark import Family, own

_HEADERS = {"pragma", "cache-control", "content-type", "connection", "content-length"}
"""HAProxy adds no Date to an error file."""

FAMILY = Family(
    name="openshift-router",
    hop="ingress",
    marks=(
        own(
            text="`Application is not available`, the page of OpenShift's router",
            body=r"<h1>Application is not available</h1>[\s\S]{0,200}"
            r"The application is currently not serving requests at this endpoint"
            r"|The application is currently not serving requests at this endpoint\. "
            r"It may not have been started or is still starting\.",
        ),
        own(
            text="exactly the headers of the router's error file, without the page",
            status_codes=(404, 503),
            headers=(
                ("pragma", r"^no-cache$"),
                ("cache-control", r"^private, max-age=0, no-cache, no-store$"),
                ("content-type", r"^text/html$"),
            ),
            empty_body=True,
            test=lambda r: r.by_name.keys() <= _HEADERS,
        ),
    ),
)
