"""Controllers: which controller an IngressClass, a Service or a Gateway belongs to.

In: the names and labels that controllers use. Out: the controller's family.
It does not: choose among several installations of one family; `entry` does.
Source: the controllers' own manifests and charts: ingress-nginx, F5 NGINX, Traefik,
HAProxy (haproxytech), HAProxy Ingress, Contour, Envoy Gateway, Istio, Kong, Cilium.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from parallax.model.wire import Json
from parallax_agent.watch.objects import many, name_of, part

DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
_NAME = "app.kubernetes.io/name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One kind of ingress controller, and how it is recognized.

    `strings` occur in `spec.controller` (or a Gateway's `controllerName`), `classes`
    are usual names of its class, `labels` those of its Service or of the pods behind
    it.
    """

    name: str
    strings: tuple[str, ...]
    classes: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    config_map: bool = False
    """Whether a ConfigMap defines how it listens and logs."""
    tls_by_route: bool = False
    """Whether the `tls` of one Ingress does not apply to others with the same host."""

    def owns(self, service: Json) -> bool:
        """Tell whether a Service, or its selector, has one of the labels."""
        labels = part(service, "metadata", "labels")
        selected = part(service, "spec", "selector")
        return any(
            value in {labels.get(key), selected.get(key)} for key, value in self.labels
        )


def _named(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((_NAME, name) for name in names)


FAMILIES = (
    Family(
        name="ingress-nginx",
        strings=("ingress-nginx",),
        classes=("nginx", "public"),
        labels=(
            *_named("ingress-nginx", "rke2-ingress-nginx"),
            ("name", "nginx-ingress-microk8s"),
        ),
        config_map=True,
    ),
    Family(
        name="F5 NGINX",
        strings=("nginx.org/ingress-controller",),
        labels=(*_named("nginx-ingress"), ("app", "nginx-ingress")),
        config_map=True,
    ),
    Family(
        name="Traefik",
        strings=("traefik.io/",),
        classes=("traefik",),
        labels=(*_named("traefik", "rke2-traefik"), ("app", "traefik")),
        tls_by_route=True,
    ),
    Family(
        name="HAProxy",
        strings=("haproxy.org/",),
        classes=("haproxy",),
        labels=(*_named("kubernetes-ingress"), ("run", "haproxy-ingress")),
        config_map=True,
    ),
    Family(
        name="HAProxy Ingress",
        strings=("haproxy-ingress.github.io/",),
        labels=_named("haproxy-ingress"),
        config_map=True,
    ),
    Family(
        name="Contour",
        strings=("projectcontour.io/",),
        classes=("contour",),
        labels=(*_named("contour"), ("app", "envoy")),
    ),
    Family(
        name="Envoy Gateway",
        strings=("gateway.envoyproxy.io/",),
        labels=(("app.kubernetes.io/managed-by", "envoy-gateway"),),
    ),
    Family(
        name="Istio",
        strings=("istio.io/",),
        classes=("istio",),
        labels=(("istio", "ingressgateway"), ("app", "istio-ingressgateway")),
    ),
    Family(
        name="Kong",
        strings=("konghq.com/",),
        classes=("kong",),
        labels=_named("kong", "gateway"),
    ),
    Family(
        name="Cilium",
        strings=("cilium.io/", "io.cilium/"),
        classes=("cilium",),
        labels=(("cilium.io/ingress", "true"),),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """The class of an Ingress, and why; `family` None: an unknown controller."""

    name: str | None
    why: str
    family: Family | None = None
    controller: str | None = None
    item: Json = None
    problem: str | None = None


def of_string(controller: str | None, class_name: str | None = None) -> Family | None:
    """Return the family by the controller's name, else by the usual class name."""
    by_string = (f for f in FAMILIES if any(s in (controller or "") for s in f.strings))
    by_class = (f for f in FAMILIES if class_name in f.classes)
    return next(by_string, None) or next(by_class, None)


def of_service(service: Json) -> Family | None:
    """Return the family by a Service's labels; None: no known ingress controller."""
    return next((f for f in FAMILIES if f.owns(service)), None)


def class_of(name: str | None, classes: list[Json] | None) -> Class:
    """Return the class of an Ingress that names this class, or none."""
    if name is not None:
        return _of_name(name, classes)
    if classes is None:
        return Class(
            name=None, why="no class named, and IngressClasses could not be read"
        )
    defaults = list(_defaults(classes))
    if len(defaults) == 1:
        return _of_item(defaults[0], "no class named; this is the default class")
    if defaults:
        names = ", ".join(sorted(map(name_of, defaults)))
        return Class(
            name=None,
            why="no class named",
            problem=f"several IngressClasses are the default: {names}; keep one",
        )
    if len(classes) == 1:
        return _of_item(classes[0], "no class named; this is the only class")
    return Class(
        name=None,
        why=f"no class named, and none of {len(classes)} classes is the default",
        problem="the Ingress has no class, so no controller may serve it; "
        "set spec.ingressClassName",
    )


def _of_name(name: str, classes: list[Json] | None) -> Class:
    item = next((c for c in classes or () if name_of(c) == name), None)
    if item is not None:
        return _of_item(item, "named by the Ingress")
    return Class(
        name=name,
        why="named by the Ingress",
        family=of_string(None, name),
        problem=None
        if classes is None
        else f"IngressClass {name} does not exist; its Ingresses may be ignored",
    )


def _of_item(item: Json, why: str) -> Class:
    controller, name = part(item, "spec").get("controller"), name_of(item)
    return Class(
        name=name,
        why=why,
        family=of_string(controller, name),
        controller=controller,
        item=item,
    )


def _defaults(classes: list[Json]) -> Iterator[Json]:
    for item in classes:
        if part(item, "metadata", "annotations").get(DEFAULT_CLASS) == "true":
            yield item


def proxy_argument(pods: list[Json] | None) -> str | None:
    """Return `true` or `false`: whether Contour's argument enables the PROXY protocol.

    None: none of these pods is Contour's.
    """
    arguments = [
        [*many(container, "command"), *many(container, "args")]
        for item in pods or ()
        for container in many(item, "spec", "containers")
    ]
    serving = [a for a in arguments if "contour" in a and "serve" in a]
    if not serving:
        return None
    enabled = any("--use-proxy-protocol" in a for a in serving)
    return "true" if enabled else "false"
