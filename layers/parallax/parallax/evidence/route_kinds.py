"""Route kinds: whether the controller may have hosts that the reading does not list.

In: a scene. Out: the kind that was not read, e.g. `Traefik's IngressRoutes`.
It does not: conclude. A reading lists the hosts of Ingresses and HTTPRoutes. A
controller with a kind of its own may know more hosts, so a missing host proves nothing.
A reading of a newer agent names the kinds that it did not read. In an older one, the
controller's names and pages show which kind there may be.
Source: the controllers' own documentation: Traefik (IngressRoute), Contour (HTTPProxy),
Istio (VirtualService), F5 NGINX (VirtualServer), APISIX (ApisixRoute), Emissary
(Mapping), Skipper (RouteGroup), Gloo (VirtualService). ingress-nginx and HAProxy
Ingress have none.
"""

from collections.abc import Iterator

from parallax.evidence import users
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.cluster import ClusterReading
from parallax.model.probe import AT_THE_INGRESS, Role

WITHOUT = ("ingress-nginx", "haproxy")
"""Parts of names of controllers that have no kind for routes."""
INGRESSES = "ingress-nginx"
"""The controller that knows Ingresses alone, and writes `*` as one label."""
KINDS = (
    ("traefik", "Traefik's IngressRoutes"),
    ("contour", "Contour's HTTPProxies"),
    ("istio", "Istio's VirtualServices"),
    ("nginx-ingress", "F5 NGINX's VirtualServers"),
    ("apisix", "APISIX's ApisixRoutes"),
    ("emissary", "Emissary's Mappings"),
    ("ambassador", "Emissary's Mappings"),
    ("skipper", "Skipper's RouteGroups"),
    ("gloo", "Gloo's VirtualServices"),
    ("envoy", "kinds of an Envoy-based controller, e.g. HTTPProxies"),
)
"""By a part of the names of the controller's Service, namespace or pods."""
GO_404 = "404 page not found"
"""Traefik's page for an unknown host; Go's `http.NotFound` writes it."""
NOT_FOUND = 404


@reading
def unread(scene: Scene) -> str | None:
    """Return the kinds with hosts that were not read; None: there is none."""
    cluster = scene.cluster
    if cluster is None:
        return None
    if cluster.unread_kinds is not None:
        return ", ".join(cluster.unread_kinds) or None
    return _by_name(cluster) if _is_named(cluster) else _by_page(scene)


def only_ingresses(scene: Scene) -> bool:
    """Return whether every listed host is an Ingress's, of which `*` is one label.

    A Gateway's or another kind's may stand for several. ingress-nginx has none of them.
    """
    cluster = scene.cluster
    return cluster is not None and any(INGRESSES in n for n in _names(cluster))


def _is_named(cluster: ClusterReading) -> bool:
    known = (*WITHOUT, *(word for word, _ in KINDS))
    return any(word in name for name in _names(cluster) for word in known)


def _by_name(cluster: ClusterReading) -> str | None:
    names = list(_names(cluster))
    if any(word in name for name in names for word in WITHOUT):
        return None
    return next((kind for word, kind in KINDS if any(word in n for n in names)), None)


def _names(cluster: ClusterReading) -> Iterator[str]:
    service = cluster.ingress_service
    if service is not None:
        yield from (service.name, service.namespace)
    yield from (pod.name for pod in cluster.ingress_pods or ())


def _by_page(scene: Scene) -> str | None:
    """Return the kind of the controller that wrote the 404 for the target's host."""
    for probe in scene.inside(*AT_THE_INGRESS, Role.INGRESS_POD):
        if probe.status_code == NOT_FOUND and probe.body.strip() == GO_404:
            return "Traefik's IngressRoutes"
        if users.written_by(probe).writer == "envoy":
            return "kinds of an Envoy-based controller, e.g. HTTPProxies"
    return None
