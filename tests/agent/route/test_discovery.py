"""What leads to a host: the route, its class, and the ingress controller's Service."""

from typing import Any

import pytest

from parallax_agent.read.target_path import TargetPath
from tests.agent.shapes import (
    INSTANCE,
    NAME,
    Object,
    Shelf,
    gateway,
    http_route,
    ingress,
    ingress_class,
    node,
    seen,
    service,
    slices,
)

WEB = service("shop/web", ("http", 80, None))
PODS = slices("shop/web", "10.42.0.1", "10.42.1.1")
NODES = [node("one", "10.0.0.1"), node("two", "10.0.0.2")]
NGINX = service(
    "ingress-nginx/ingress-nginx-controller",
    ("http", 80, 31080),
    ("https", 443, 31443),
    labels={NAME: "ingress-nginx"},
    kind="LoadBalancer",
)
NGINX_LABELS = {NAME: "ingress-nginx"}
ADMISSION = service(
    "ingress-nginx/ingress-nginx-controller-admission",
    ("https-webhook", 443, None),
    labels={NAME: "ingress-nginx"},
)
TRAEFIK = service(
    "kube-system/traefik",
    ("web", 80, 31080),
    ("websecure", 443, 31443),
    labels={NAME: "traefik", INSTANCE: "traefik-kube-system"},
    kind="LoadBalancer",
    address="10.0.0.1",
)
TRAEFIK_CLASS = ingress_class("traefik", "traefik.io/ingress-controller", default=True)
NGINX_CLASS = ingress_class("nginx", "k8s.io/ingress-nginx")


def shelf(
    *more: Object, classes: tuple[Object, ...] = (TRAEFIK_CLASS,), **objects: Any
) -> Shelf:
    """Return a cluster with a shop, and these Services."""
    found: dict[str, list[Object]] = {
        "nodes": NODES,
        "ingresses": [ingress(tls=[{"hosts": ["shop.example"]}])],
        "ingressclasses": list(classes),
        "services": [WEB, *more],
        "endpointslices": [PODS],
    }
    return Shelf(**(found | objects))


def entry_of(path: TargetPath) -> str | None:
    """Return the ingress's Service, namespace and name."""
    found = path.reading.ingress_service
    return f"{found.namespace}/{found.name}" if found else None


def why(path: TargetPath) -> str:
    """Return why this Service was chosen, or none."""
    assert path.discovery
    return path.discovery.entry.why


def test_k3s() -> None:
    """The default class is Traefik's, in kube-system; no ConfigMap is read."""
    path = seen(shelf(TRAEFIK))
    assert path.reading.problems == ()
    assert (entry_of(path), path.reading.ingress_name) == ("kube-system/traefik", "web")
    assert path.discovery
    assert path.discovery.cls
    assert path.discovery.cls.why == "no class named; this is the default class"
    assert (path.reading.ingress_config, path.route and path.route.tls) == (None, True)
    assert why(path) == "has the labels of Traefik"


def test_a_url_with_a_final_dot() -> None:
    """`shop.example.` matches the Ingress's name without the dot."""
    path = seen(shelf(TRAEFIK), "https://SHOP.example./")
    assert (path.reading.problems, path.reading.ingress_name) == ((), "web")


@pytest.mark.parametrize(
    ("controller", "labels", "place"),
    [
        ("haproxy.org/ingress-controller/public", "kubernetes-ingress", "h/kubernetes"),
        ("haproxy-ingress.github.io/controller", "haproxy-ingress", "i/haproxy"),
        ("projectcontour.io/ingress-controller", "contour", "projectcontour/envoy"),
        ("nginx.org/ingress-controller", "nginx-ingress", "nginx-ingress/nginx"),
        ("k8s.io/ingress-nginx", "rke2-ingress-nginx", "kube-system/rke2"),
        ("ingress-controllers.konghq.com/kong", "gateway", "kong/kong-gateway-proxy"),
    ],
)
def test_each_controller_is_known_by_its_labels(
    controller: str, labels: str, place: str
) -> None:
    """Beside another controller, the one of the class is used."""
    mine = service(place, ("https", 443, 31443), labels={NAME: labels}, kind="NodePort")
    cls = ingress_class("own", controller, default=True)
    path = seen(shelf(TRAEFIK, mine, classes=(cls, NGINX_CLASS)))
    assert entry_of(path) == place


def test_a_webhook_is_no_entry() -> None:
    """ingress-nginx's admission Service has port 443 and is not for users."""
    path = seen(shelf(ADMISSION, NGINX, classes=(NGINX_CLASS,)))
    assert entry_of(path) == "ingress-nginx/ingress-nginx-controller"
    assert path.discovery
    assert path.discovery.cls
    assert path.discovery.cls.why == "no class named; this is the only class"


def test_two_controllers_and_the_class_decides() -> None:
    """spec.ingressClassName, else the older annotation."""
    both = TRAEFIK_CLASS, NGINX_CLASS
    old = {"kubernetes.io/ingress.class": "nginx"}
    named = [ingress(cls="nginx")]
    annotated = [ingress(annotations=old)]
    places = [
        entry_of(seen(shelf(TRAEFIK, NGINX, classes=both, ingresses=rules)))
        for rules in ([ingress()], named, annotated)
    ]
    nginx = "ingress-nginx/ingress-nginx-controller"
    assert places == ["kube-system/traefik", nginx, nginx]


def installation(name: str, **more: Any) -> Object:
    """Return the Service of one of several ingress-nginx."""
    return service(
        f"{name}/controller",
        ("https", 443, 31443),
        labels={NAME: "ingress-nginx", INSTANCE: name},
        kind="LoadBalancer",
        **more,
    )


def test_two_installations_of_one_controller() -> None:
    """The one installed with the class is used; otherwise the choice is open."""
    services = installation("outer"), installation("inner")
    bare = ingress_class("nginx", "k8s.io/ingress-nginx")
    path = seen(shelf(*services, classes=(bare,)))
    assert (entry_of(path), path.reading.ingress_service) == (None, None)
    (problem,) = path.reading.problems
    assert "several Services match ingress-nginx: inner/controller, outer/c" in problem
    assert problem.endswith("set ingress_namespace and ingress_service in the target")
    released = ingress_class(
        "nginx", "k8s.io/x-ingress-nginx", labels={INSTANCE: "inner"}
    )
    path = seen(shelf(*services, classes=(released,)))
    assert entry_of(path) == "inner/controller"
    assert "installed together with the class" in why(path)


def test_the_status_decides_between_installations() -> None:
    """The address in the Ingress's status belongs to one Service."""
    services = (
        installation("outer", address="203.0.113.7"),
        installation("inner", address="10.0.0.7"),
    )
    item = ingress(cls="nginx")
    item["status"] = {"loadBalancer": {"ingress": [{"ip": "10.0.0.7"}]}}
    path = seen(shelf(*services, classes=(NGINX_CLASS,), ingresses=[item]))
    assert entry_of(path) == "inner/controller"
    assert "the address in the Ingress's status" in why(path)


def test_an_unknown_controller_is_found_by_address() -> None:
    """For an unknown controller only the status decides."""
    item = ingress(cls="own")
    item["status"] = {"loadBalancer": {"ingress": [{"hostname": "lb.example"}]}}
    mine = service("x/proxy", ("http", 80, 30080), kind="LoadBalancer")
    cls = ingress_class("own", "example.com/own")
    path = seen(shelf(TRAEFIK, mine, classes=(cls,), ingresses=[item]))
    assert (entry_of(path), len(path.reading.problems)) == (None, 1)
    mine["status"] = {"loadBalancer": {"ingress": [{"hostname": "lb.example"}]}}
    path = seen(shelf(TRAEFIK, mine, classes=(cls,), ingresses=[item]))
    assert entry_of(path) == "x/proxy"


def test_problems_with_classes() -> None:
    """No default, several defaults, and a missing class are reported."""
    second = ingress_class("nginx", "k8s.io/ingress-nginx", default=True)
    third = ingress_class("other", "k8s.io/ingress-nginx")
    statuses = [
        seen(shelf(TRAEFIK, classes=classes, ingresses=[ingress(cls=cls)])).reading
        for classes, cls in (
            ((TRAEFIK_CLASS, second), None),
            ((NGINX_CLASS, third), None),
            ((NGINX_CLASS,), "gone"),
        )
    ]
    first = [reading.problems[0] for reading in statuses]
    assert first[0].startswith("several IngressClasses are the default: nginx, traefik")
    assert first[1].startswith("the Ingress has no class, so no controller may")
    assert first[2].startswith("IngressClass gone does not exist")


def test_several_ingresses_of_a_host() -> None:
    """The longest path wins; of equal ones the oldest, with a problem."""
    api = ingress(service="api", place="shop/api", path="/api")
    late = ingress(service="new", place="shop/late", created="2026-02-01T00:00:00Z")
    rules = [late, ingress(), api]
    path = seen(shelf(TRAEFIK, ingresses=rules), "https://shop.example/api/v1")
    assert path.route
    assert path.route.service == "api"
    path = seen(shelf(TRAEFIK, ingresses=rules))
    assert path.route
    assert path.route.service == "web"
    assert path.reading.problems == (
        (
            "Ingress shop/late and Ingress shop/web each have a rule for "
            "shop.example/; controllers use the oldest, so keep only one"
        ),
    )


def test_a_host_in_several_classes() -> None:
    """It is a problem, unless the target names its ingress."""
    rules = [ingress(cls="traefik"), ingress(cls="nginx", place="shop/second")]
    both = shelf(TRAEFIK, NGINX, ingresses=rules, classes=(TRAEFIK_CLASS, NGINX_CLASS))
    path = seen(both)
    assert (entry_of(path), path.reading.problems) == (
        None,
        (
            (
                "ingress: shop.example is served by Ingresses of several classes: "
                "nginx, traefik; set ingress_namespace and ingress_service in the "
                "target"
            ),
        ),
    )
    path = seen(
        both,
        ingress_namespace="ingress-nginx",
        ingress_service="ingress-nginx-controller",
    )
    assert path.reading.ingress_name == "second"


def test_the_default_class_and_its_name_are_one() -> None:
    """One Ingress omits the class, the other names it: one entry, duplicate rules."""
    late = ingress(cls="traefik", place="shop/z", service="two")
    path = seen(shelf(TRAEFIK, NGINX, ingresses=[ingress(), late]))
    assert entry_of(path) == "kube-system/traefik"
    assert path.reading.problems == (
        (
            "Ingress shop/z and Ingress shop/web each have a rule for shop.example/; "
            "controllers use the oldest, so keep only one"
        ),
    )


@pytest.mark.parametrize(
    ("cls", "service_", "tls"),
    [(NGINX_CLASS, NGINX, True), (TRAEFIK_CLASS, TRAEFIK, False)],
)
def test_another_ingress_of_the_host_may_end_tls(
    cls: Object, service_: Object, *, tls: bool
) -> None:
    """A certificate applies to all paths; Traefik's routers have their own."""
    rules = [
        ingress(place="shop/api", path="/api"),
        ingress(tls=[{"hosts": ["shop.example"]}]),
    ]
    both = shelf(service_, ingresses=rules, classes=(cls,))
    path = seen(both, "https://shop.example/api")
    assert path.route
    assert (path.route.ingress, path.route.tls) == ("api", tls)


def test_a_catch_all_ingress_goes_after_an_http_route_that_names_the_host() -> None:
    """A fallback page is not what users of another controller reach."""
    envoy = service(
        "infra/envoy",
        ("https", 443, 30443),
        labels={"gateway.networking.k8s.io/gateway-name": "eg"},
    )
    parts: dict[str, Any] = {
        "ingresses": [ingress(None, "fallback", place="kube-system/all")],
        "gateways": [gateway(("https", "HTTPS", 443, None))],
    }
    path = seen(shelf(TRAEFIK, envoy, httproutes=[http_route(("web", 1))], **parts))
    assert (entry_of(path), path.reading.problems) == ("infra/envoy", ())
    bare = http_route(("web", 1), hosts=())
    path = seen(shelf(TRAEFIK, envoy, httproutes=[bare], **parts))
    assert entry_of(path) is None
    assert any(
        "is served by several Gateways or classes: Gateway infra/eg, traefik" in p
        for p in path.reading.problems
    )


def test_a_route_on_two_gateways() -> None:
    """The users' entry is ambiguous, unless the target names its Service."""
    parents = [{"name": name, "namespace": "infra"} for name in ("eg", "inner")]
    item = http_route(("web", 1))
    item["spec"]["parentRefs"] = parents
    (statuses,) = item["status"]["parents"]
    item["status"]["parents"] = [{**statuses, "parentRef": p} for p in parents]
    named = "gateway.networking.k8s.io/gateway-name"
    services = [
        service(f"infra/{name}", ("https", port, 30443), labels={named: name})
        for name, port in (("eg", 443), ("inner", 8443))
    ]
    inner = gateway(("https", "HTTPS", 8443, None))
    inner["metadata"] = {"namespace": "infra", "name": "inner"}
    both = shelf(
        *services,
        ingresses=[],
        httproutes=[item],
        gateways=[gateway(("https", "HTTPS", 443, None)), inner],
    )
    path = seen(both)
    assert entry_of(path) is None
    assert path.reading.problems == (
        (
            "ingress: shop.example is served by several Gateways or classes: Gateway "
            "infra/eg, Gateway infra/inner; set ingress_namespace and "
            "ingress_service in the target"
        ),
    )
    path = seen(both, ingress_namespace="infra", ingress_service="inner")
    assert path.route
    assert (path.route.gateway, path.route.listener) == (("infra", "inner"), 8443)


def test_a_path_that_leads_to_no_service() -> None:
    """No other path's Service is used; the target's own name is."""
    rule = ingress(place="shop/static", path="/static")
    rule["spec"]["rules"][0]["http"]["paths"][0]["backend"] = {
        "resource": {"kind": "Bucket", "name": "b"}
    }
    both = shelf(TRAEFIK, ingresses=[ingress(), rule])
    path = seen(both, "https://shop.example/static/x")
    assert (path.reading.service, path.reading.endpoints) == (None, None)
    statuses = (
        "/static routes to Bucket b, which is not a Service; "
        "name the Service in the target"
    )
    assert statuses in path.reading.problems
    path = seen(both, "https://shop.example/static/x", namespace="shop", service="web")
    assert (path.reading.service is not None, path.reading.problems) == (
        True,
        (statuses,),
    )


def test_two_services_of_the_same_pods() -> None:
    """The status decides; else both are entries, with NodePorts of their own."""
    services = [
        installation(name, address=address, selector={"app": "nginx"})
        for name, address in (("a", "10.0.0.5"), ("b", "203.0.113.1"))
    ]
    for item, name in zip(services, ("inner", "outer"), strict=True):
        item["metadata"] |= {"namespace": "nginx", "name": name, "labels": NGINX_LABELS}
    path = seen(shelf(*services, classes=(NGINX_CLASS,)))
    assert "several Services match ingress-nginx: nginx/inner, nginx/outer" in why(path)
    rule = ingress()
    rule["status"] = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}
    path = seen(shelf(*services, classes=(NGINX_CLASS,), ingresses=[rule]))
    assert entry_of(path) == "nginx/outer"


def test_without_any_class_the_only_controller_is_used() -> None:
    """The missing class is a problem all the same."""
    path = seen(shelf(NGINX, classes=()))
    assert entry_of(path) == "ingress-nginx/ingress-nginx-controller"
    assert path.reading.problems[0].startswith(
        "the Ingress has no class, so no controller may"
    )


def test_names_in_the_target_are_used_and_compared() -> None:
    """A Service, a namespace and an ingress that contradict the Ingress."""
    both = shelf(TRAEFIK, NGINX)
    named = {
        "ingress_namespace": "ingress-nginx",
        "ingress_service": "ingress-nginx-controller",
    }
    path = seen(both, namespace="shop", service="other", **named)
    assert entry_of(path) == "ingress-nginx/ingress-nginx-controller"
    assert "no Service other in namespace shop" in path.reading.problems
    assert {p.partition(",")[0] for p in path.reading.problems[1:]} == {
        "the target names Service shop/other",
        "the target names ingress-nginx/ingress-nginx-controller as its ingress",
    }
    path = seen(shelf(TRAEFIK), namespace="elsewhere", service="web")
    assert path.route is None
    assert any(
        p.startswith("the target names namespace elsewhere, but shop.example is routed")
        for p in path.reading.problems
    )


def test_names_that_agree_are_no_problem() -> None:
    """The target's names and the discovered ones are equal."""
    path = seen(
        shelf(TRAEFIK),
        namespace="shop",
        service="web",
        ingress_namespace="kube-system",
        ingress_service="traefik",
    )
    assert (path.reading.problems, why(path)) == ((), "named in the target")


def test_services_are_not_listed_without_need() -> None:
    """A target that names its ingress needs no list of all Services."""
    named = shelf(TRAEFIK)
    seen(named, ingress_namespace="kube-system", ingress_service="traefik")
    assert ("services", None) not in named.asked
    assert ("httproutes", None) not in named.asked


def test_without_the_right_to_list_services() -> None:
    """The default names are used, and the problem names the permission."""
    lacking = shelf(NGINX, classes=(NGINX_CLASS,))
    lacking.forbid("services")
    path = seen(lacking)
    assert entry_of(path) == "ingress-nginx/ingress-nginx-controller"
    assert "cannot list services: 403 Forbidden" in path.reading.problems


def test_envoy_gateway() -> None:
    """Without an Ingress for the host, an HTTPRoute is used, via its Gateway."""
    owner = {
        "gateway.envoyproxy.io/owning-gateway-namespace": "infra",
        "gateway.envoyproxy.io/owning-gateway-name": "eg",
        "app.kubernetes.io/managed-by": "envoy-gateway",
    }
    envoy = service("system/envoy-1f", ("https-8443", 8443, 30443), labels=owner)
    other = {**owner, "gateway.envoyproxy.io/owning-gateway-name": "other"}
    path = seen(
        shelf(
            service("system/envoy-2e", ("https-8443", 8443, 30444), labels=other),
            envoy,
            ingresses=[],
            httproutes=[http_route(("web", 1))],
            gateways=[gateway(("https", "HTTPS", 8443, None))],
        )
    )
    assert (entry_of(path), path.reading.problems) == ("system/envoy-1f", ())
    assert why(path) == "labels name Gateway infra/eg"
    assert path.reading.ingress_hosts == ("shop.example",)
    assert path.reading.ingress_name == "web"
    assert path.route
    assert (path.route.tls, path.route.listener) == (True, 8443)


def test_a_gateway_of_a_shared_proxy() -> None:
    """Traefik serves Gateways by its own Service, found by address or labels."""
    parts: dict[str, Any] = {
        "ingresses": [],
        "httproutes": [http_route(("web", 1), controller="traefik.io/gateway-c")],
        "gateways": [gateway(("web", "HTTP", 80, None))],
    }
    path = seen(shelf(TRAEFIK, NGINX, **parts))
    assert (entry_of(path), why(path)) == (
        "kube-system/traefik",
        "has the labels of Traefik",
    )
    addressed = gateway(
        ("web", "HTTP", 80, None), status={"addresses": [{"value": "10.0.0.1"}]}
    )
    path = seen(shelf(TRAEFIK, NGINX, **{**parts, "gateways": [addressed]}))
    assert why(path) == "has the Gateway's address"


def test_gateways_that_may_not_be_read_hide_hosts() -> None:
    """Not installed is not a problem; forbidden makes the hosts partial."""
    nobody = shelf(TRAEFIK, ingresses=[ingress("other.example")])
    reading = seen(nobody).reading
    assert (reading.partial, reading.ingress_hosts) == ((), ("other.example",))
    lacking = shelf(TRAEFIK, ingresses=[ingress("other.example")])
    lacking.forbid("httproutes")
    reading = seen(lacking).reading
    assert reading.partial == ("ingress_hosts",)
    assert "cannot list httproutes: 403 Forbidden" in reading.problems


def test_an_ingress_is_found_for_a_host_without_a_route() -> None:
    """The only controller responds with its own page, so it is probed."""
    path = seen(shelf(TRAEFIK, ingresses=[ingress("shopp.example")]))
    assert (path.route, entry_of(path)) == (None, "kube-system/traefik")


def test_external_name() -> None:
    """A Service outside the cluster has no missing endpoints."""
    outer = service("shop/web", ("http", 80, None), kind="ExternalName")
    outer["spec"] |= {"externalName": "shop.elsewhere.io", "selector": None}
    reading = seen(shelf(TRAEFIK, services=[outer, TRAEFIK], endpointslices=[])).reading
    assert (reading.endpoints, reading.pods, reading.workloads) == (None, None, None)
    assert reading.problems == (
        (
            "Service shop/web is an ExternalName for shop.elsewhere.io, "
            "which the agent does not probe"
        ),
    )


def test_a_service_without_selector() -> None:
    """Manual endpoints are read; their pods are unknown."""
    bare = service("shop/web", ("http", 80, None), selector=None)
    reading = seen(shelf(TRAEFIK, services=[bare, TRAEFIK])).reading
    assert len(reading.endpoints or ()) == 2
    assert (reading.pods, reading.workloads) == (None, None)


def dual(*nodes: Object) -> TargetPath:
    """Read a Service of two families in a cluster of these nodes."""
    web = service(
        "shop/web",
        ("http", 80, None),
        ipFamilies=["IPv4", "IPv6"],
        clusterIPs=["10.43.0.7", "fd43::7"],
    )
    both = [PODS, slices("shop/web", "fd42::1", "fd42::2")]
    return seen(
        shelf(TRAEFIK, services=[web, TRAEFIK], endpointslices=both, nodes=list(nodes))
    )


def test_two_address_families() -> None:
    """The second one is probed as well, if this node has it."""
    path = dual(node("one", "10.0.0.1", "fd00::1"))
    assert path.reading.nodes
    assert path.reading.nodes[0].internal_ip == "10.0.0.1"
    assert [e.address for e in path.reading.endpoints or ()] == [
        "10.42.0.1",
        "10.42.1.1",
    ]
    assert [(e.address, e.pod) for e in path.second_endpoints] == [
        ("fd42::1", "web-one"),
        ("fd42::2", "web-two"),
    ]
    assert path.second_ip == "fd43::7"
    path = dual(node("one", "10.0.0.1"))
    assert (path.second_endpoints, path.second_ip) == ((), None)
