"""Rules: by which the ingress may turn a request away itself.

In: a scene, a status. Out: what the target's Ingress and the controller's settings
name, in words. It does not: conclude; that a rule stands there does not say it was met.
Source: ingress-nginx, `docs/user-guide` (annotations, ConfigMap).
"""

from parallax.evidence.scene import Scene

LISTS = ("whitelist-source-range", "allowlist-source-range", "denylist-source-range")
LIMITS = ("limit-rps", "limit-rpm", "limit-connections")
"""Each replica counts by itself: at one moment one turns away and another does not."""
RULES = {
    401: ("auth-type", "auth-url", "auth-secret"),
    403: (*LISTS, "auth-tls-secret", "enable-modsecurity", "block-cidrs"),
    413: ("proxy-body-size",),
    429: LIMITS,
    503: (*LIMITS, *LISTS),
}
"""What in annotations or ConfigMap makes the ingress answer so by itself."""


def rules(scene: Scene, status: int) -> tuple[str, ...]:
    """Return the annotations and settings that make the ingress answer so."""
    return _named(scene, RULES.get(status, ()))


def limits(scene: Scene, status: int) -> tuple[str, ...]:
    """Return those that count requests; none where no limit answers so."""
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
        f"ConfigMap of the controller: {name}: {value}"
        for name, value in cluster.ingress_config or ()
        if name in names
    ]
    return tuple(found)
