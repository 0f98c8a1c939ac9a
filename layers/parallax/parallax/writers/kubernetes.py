"""Kubernetes' own servers: the API server, kube-proxy, and Go's TLS listener.

Sources: `metav1.Status` of k8s.io/apimachinery; `proxyHealthServer` and `hcHandler` in
kubernetes/pkg/proxy/healthcheck (Cilium writes the same JSON); `net/http`'s
`badRequestError` for plain HTTP on a TLS port. Go writes that sentence for every
program, e.g. Traefik, the API server or an app, so its hop is unknown.
"""

from parallax.writers.mark import Family, Level, Mark, Shows, own, through

API_SERVER = Family(
    name="kube-apiserver",
    hop="unknown",
    marks=(
        own(
            text="a `Status` object of the Kubernetes API",
            body=r'\A\s*\{[\s\S]{0,80}"kind":\s*"Status",\s*"apiVersion":\s*"v1"'
            r'|\A\s*\{\s*"apiVersion":\s*"v1",[\s\S]{0,400}"kind":\s*"Status"',
        ),
        own(
            text="the API server's sentence for a failed proxied request",
            status_codes=(500, 502, 503),
            body=r"\A[Ee]rror trying to reach service: ",
        ),
        through(
            text="the API server's priority and fairness handled the request: it "
            "responded, or passed on what it proxied",
            headers=(("x-kubernetes-pf-flowschema-uid", ""),),
        ),
    ),
)
KUBE_PROXY = Family(
    name="kube-proxy",
    hop="node",
    marks=(
        own(
            text="the JSON of a health-check node port: the Service and the number of "
            "its local endpoints (kube-proxy, or Cilium in its place)",
            body=r'\A\s*\{\s*"service":\s*\{\s*"namespace":\s*"[^"]*",\s*"name":'
            r'[\s\S]{0,300}"localEndpoints":\s*\d',
        ),
        own(
            text="the JSON of kube-proxy's own health port",
            body=r'\A\s*\{\s*"lastUpdated":\s*"[^"]*",\s*"currentTime":',
        ),
    ),
)
GO = Family(
    name="go",
    hop="unknown",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            text="Go's sentence for plain HTTP on a TLS port; any Go program writes "
            "it, an ingress or an app",
            body=r"\A\s*Client sent an HTTP request to an HTTPS server\.?\s*\Z",
        ),
    ),
)
FAMILIES = (API_SERVER, KUBE_PROXY, GO)
