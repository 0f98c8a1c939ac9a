"""Rules: the settings with which an ingress rejects requests itself.

In: a scene, a status. Out: the settings of the target's Ingress and of the controller
that can produce it. It does not: conclude; a setting need not have matched.
Source: ingress-nginx, `docs/user-guide` (annotations, ConfigMap).
"""

from parallax.evidence import way_in
from parallax.evidence.scene import Scene

LISTS = ("whitelist-source-range", "allowlist-source-range", "denylist-source-range")
LIMITS = ("limit-rps", "limit-rpm", "limit-connections")
"""Each replica counts on its own, so only some of them may reject at a time."""
RULES = {
    401: ("auth-type", "auth-url", "auth-secret"),
    403: (*LISTS, "auth-tls-secret", "enable-modsecurity", "block-cidrs"),
    413: ("proxy-body-size",),
    429: LIMITS,
    503: (*LIMITS, *LISTS),
}
"""Annotations and ConfigMap keys with which the ingress itself writes a status."""


def has_host(scene: Scene) -> bool | None:
    """Return whether a rule is known to lead to the host; None: not all were read."""
    cluster, host = scene.cluster, scene.target.host
    if cluster is None:
        return None
    if way_in.has_route(cluster, host):
        return True
    incomplete = cluster.ingress_hosts is None or "ingress_hosts" in cluster.partial
    return None if incomplete else False


def rules(scene: Scene, status: int) -> tuple[str, ...]:
    """Return the annotations and settings with which the ingress writes this status."""
    return _named(scene, RULES.get(status, ()))


def limits(scene: Scene, status: int) -> tuple[str, ...]:
    """Return those that limit requests; none if no limit produces this status."""
    return _named(scene, LIMITS if LIMITS[0] in RULES.get(status, ()) else ())


def _named(scene: Scene, names: tuple[str, ...]) -> tuple[str, ...]:
    cluster = scene.cluster
    if cluster is None:
        return ()
    found = [
        f"annotation {name}: {value}"
        for name, value in cluster.ingress_annotations
        if name.rpartition("/")[2] in names
    ]
    found += [
        f"controller ConfigMap {name}: {value}"
        for name, value in cluster.ingress_config or ()
        if name in names
    ]
    return tuple(found)
