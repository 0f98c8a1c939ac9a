"""Which Service an Ingress routes a URL to."""

from typing import Any

import pytest

from parallax.model.wire import Json
from parallax_agent.route.ingress import Route, canaries, routes
from parallax_agent.route.matching import EXACT


def route(ingresses: list[Any], host: str, path: str) -> Route | None:
    """Return the best route of a host and path; None: no Ingress matches."""
    return next(iter(routes(ingresses, host, path)), None)


def ingress(
    host: str | None, *paths: tuple[str, str, str], name: str = "a", **spec: Json
) -> dict[str, Any]:
    """Return an Ingress; a path is its text, its type, and the Service's name."""
    entries = [
        {
            "path": path,
            "pathType": kind,
            "backend": {"service": {"name": service, "port": {"name": "http"}}},
        }
        for path, kind, service in paths
    ]
    rule: dict[str, Any] = {"http": {"paths": entries}}
    if host:
        rule["host"] = host
    return {
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"rules": [rule], **spec},
    }


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/", "root"),
        ("/api", "api"),
        ("/api/v1", "api"),
        ("/apis", "root"),
        ("/exact", "exact"),
        ("/exact/", "root"),
        ("/raw-and-more", "raw"),
    ],
)
def test_paths(path: str, service: str) -> None:
    """Prefix matches whole elements, exact the whole path, the longest wins."""
    rules = [
        ingress(
            "a.example",
            ("/", "Prefix", "root"),
            ("/api", "Prefix", "api"),
            ("/exact", "Exact", "exact"),
            ("/raw", "ImplementationSpecific", "raw"),
        )
    ]
    found = route(rules, "a.example", path)
    assert found is not None
    assert (found.service, found.port, found.namespace) == (service, "http", "shop")


def test_hosts() -> None:
    """An exact host precedes a wildcard, a wildcard any host."""
    rules = [
        ingress(None, ("/", "Prefix", "any")),
        ingress("*.example", ("/", "Prefix", "wild")),
        ingress("a.example", ("/", "Prefix", "exact")),
    ]
    names = [
        found.service
        for host in ("a.example", "b.example", "x.b.example", "other")
        if (found := route(rules, host, "/"))
    ]
    assert names == ["exact", "wild", "any", "any"]


def test_the_default_backend() -> None:
    """The default backend comes last; without one there is no route."""
    default = {"service": {"name": "rest", "port": {"number": 80}}}
    rules = [ingress("a.example", ("/", "Prefix", "a"), defaultBackend=default)]
    found = route(rules, "b.example", "/")
    assert found is not None
    assert (found.service, found.port) == ("rest", 80)
    assert route([ingress("a.example", ("/", "Prefix", "a"))], "b.example", "/") is None
    assert route([], "a.example", "/") is None


def test_canaries_are_left_out_and_resources_name_no_service() -> None:
    """A resource that wins hides other rules; else it is skipped."""
    canary = ingress("a.example", ("/", "Prefix", "canary"))
    canary["metadata"]["annotations"] = {"nginx.ingress.kubernetes.io/canary": "true"}
    resource = ingress("a.example", ("/", "Prefix", "x"))
    backend = {"resource": {"kind": "StorageBucket", "name": "static"}}
    resource["spec"]["rules"][0]["http"]["paths"][0]["backend"] = backend
    found = route([canary, resource], "a.example", "/")
    assert found is not None
    assert (found.service, found.notes) == (
        "",
        (
            (
                "/ routes to StorageBucket static, which is not a Service; "
                "name the Service in the target"
            ),
        ),
    )
    longer = ingress("a.example", ("/api", "Prefix", "api"), name="b")
    assert [r.service for r in routes([longer, resource], "a.example", "/api")] == [
        "api"
    ]


def test_canaries_are_found_by_their_host() -> None:
    """Those of the host, no others."""
    canary = ingress("b.example", ("/", "Prefix", "canary"))
    canary["metadata"]["annotations"] = {"nginx.ingress.kubernetes.io/canary": "true"}
    rules = [ingress("a.example"), canary, ingress(None)]
    assert canaries(rules, "b.example") == [canary]
    assert canaries(rules, "a.example") == []


@pytest.mark.parametrize("yes", ["true", "True", "1"])
def test_a_canary_by_any_true_value(yes: str) -> None:
    """ingress-nginx parses true as Go does."""
    canary = ingress("a.example", ("/", "Prefix", "canary"))
    canary["metadata"]["annotations"] = {"nginx.ingress.kubernetes.io/canary": yes}
    assert route([canary], "a.example", "/") is None


def test_tls_of_a_wildcard() -> None:
    """The route says whether the Ingress terminates TLS for the host."""
    rule = ingress("a.example", ("/", "Prefix", "a"), tls=[{"hosts": ["*.example"]}])
    found = route([rule], "a.example", "/")
    assert found is not None
    assert found.tls


def test_tls_passed_through_reaches_the_ingress() -> None:
    """With ssl-passthrough the https port is probed, whatever `tls` is."""
    rule = ingress("a.example", ("/", "Prefix", "a"))
    name = "nginx.ingress.kubernetes.io/ssl-passthrough"
    for text, tls in (("true", True), ("false", False)):
        rule["metadata"]["annotations"] = {name: text}
        found = route([rule], "a.example", "/")
        assert found is not None
        assert found.tls is tls


def annotated(**notes: str) -> dict[str, Any]:
    """Write an Ingress with ingress-nginx's annotations."""
    rule = ingress("a.example", ("/v1(/|$)(.*)", "ImplementationSpecific", "a"))
    names = {
        f"nginx.ingress.kubernetes.io/{name.replace('_', '-')}": text
        for name, text in notes.items()
    }
    rule["metadata"]["annotations"] = names
    return rule


def test_a_regular_expression_of_one_service_takes_no_other_s_path() -> None:
    """With use-regex or rewrite-target a path is an expression; `false` is not."""
    for item in (annotated(use_regex="true"), annotated(rewrite_target="/$2")):
        found = route([item], "a.example", "/v1/books")
        assert found is not None
        assert found.notes == ()
        assert route([item], "a.example", "/v1x") is None
    for item in (annotated(), annotated(use_regex="false")):
        assert route([item], "a.example", "/v1/books") is None


def test_an_expression_that_could_take_long_is_reported() -> None:
    """Its literal beginning does not prove a match."""
    item = annotated(use_regex="true")
    entry = item["spec"]["rules"][0]["http"]["paths"][0]
    entry["path"] = "/v1/([a-z]+)+/x"
    found = route([item], "a.example", "/v1/books")
    assert found is not None
    assert found.notes == (
        "path /v1/([a-z]+)+/x may match less: only its literal beginning is evaluated",
    )


def test_an_alias_is_a_host_like_the_first() -> None:
    """server-alias adds hosts."""
    item = annotated(use_regex="true", server_alias="b.example, c.example")
    ranks = [
        found.rank[0]
        for host in ("a.example", "c.example")
        if (found := route([item], host, "/v1"))
    ]
    assert ranks == [EXACT, EXACT]


@pytest.mark.parametrize(
    ("spec", "annotation", "tls"),
    [
        ({}, {}, False),
        ({"tls": [{"secretName": "s"}]}, {}, True),
        ({"tls": [{"hosts": ["b.example"]}]}, {}, False),
        ({}, {"router.tls": "true"}, True),
        ({}, {"router.entrypoints": "websecure"}, True),
        ({}, {"router.entrypoints": "web,websecure"}, False),
    ],
)
def test_where_tls_is_terminated(
    spec: dict[str, Any], annotation: dict[str, str], *, tls: bool
) -> None:
    """A section without hosts applies to all; Traefik also has an annotation."""
    rule = ingress("a.example", ("/", "Prefix", "a"), **spec)
    rule["metadata"]["annotations"] = {
        f"traefik.ingress.kubernetes.io/{name}": text
        for name, text in annotation.items()
    }
    found = route([rule], "a.example", "/")
    assert found is not None
    assert found.tls is tls
