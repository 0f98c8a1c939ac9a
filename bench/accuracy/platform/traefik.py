"""Traefik: topologies of its own: a route of its own kind, TLS at an entry point.

In: a healthy platform. Out: the same in another topology, still healthy.
It does not: break it.
"""

from bench.accuracy.platform.spec import PlatformSpec

HTTPS = 443


def ingress_route(spec: PlatformSpec) -> None:
    """State the host in an IngressRoute, for one of the two entry points."""
    others = ("grafana.example.org", "wiki.example.org")
    spec.conditions.own_kind = True
    spec.conditions.other_hosts = spec.rng.choice(((), others))
    if _passes_tls(spec):
        spec.conditions.plain = 404
    else:
        spec.conditions.over_tls = 404


def ingress_route_unread(spec: PlatformSpec) -> None:
    """State it there, where the agent's role does not allow to read IngressRoutes."""
    ingress_route(spec)
    spec.conditions.rules_read = False


def entry_point_tls(spec: PlatformSpec) -> None:
    """End TLS at the controller's entry point; no Ingress has a `tls` section."""
    spec.conditions.plain = spec.rng.choice((308, 404))


def entry_point_tls_unread(spec: PlatformSpec) -> None:
    """End it there by a setting in a file, which the agent does not read."""
    entry_point_tls(spec)
    spec.conditions.tls_read = spec.conditions.config_read = False


def _passes_tls(spec: PlatformSpec) -> bool:
    return any(x.protocol == "tcp" and x.port == HTTPS for x in spec.balancer.listens)
