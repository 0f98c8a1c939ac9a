"""OpenShift's router: an HAProxy with its own page for a route without an app.

Sources: `images/router/haproxy/conf/error-page-503.http` and `error-page-404.http` of
openshift/router; whole responses in public threads. The page says that the router
knows no route for the host, or has no endpoint for it.
"""

from parallax.writers.mark import Family, own

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
    ),
)
