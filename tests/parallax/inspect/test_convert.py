"""Load balancers of unusual formats: what is readable, and what costs only itself."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given as given_by
from hypothesis import strategies as st

from parallax.inspect import connect, read_balancers
from parallax.inspect.convert import convert
from parallax.journal.observation import from_image, to_item
from parallax.model.balancer import ANY_PORT, HealthStatus, LoadBalancer, Problem
from parallax.model.target import Reached, Target
from tests.parallax.inspect.api import (
    API,
    BALANCER,
    CERTIFICATE,
    FRONT,
    NOW,
    TOKEN,
    Api,
)

IPV6 = "2001:db8::1"
ODD = Target(
    name="odd", url="https://odd.example/", reached=Reached(load_balancer="odd")
)
NAMELESS = Target(name="nameless", url="https://front.example/")


def service(**changes: Any) -> dict[str, Any]:
    """Make the balancer's one service, changed."""
    return {"services": [deepcopy(BALANCER["services"][0]) | changes]}


def check(**changes: Any) -> dict[str, Any]:
    """Make the balancer's one service with its health check changed."""
    return service(health_check=BALANCER["services"][0]["health_check"] | changes)


def balancer(api: Api, **changes: Any) -> LoadBalancer:
    """Read the balancer with these changes."""
    api.balancers = [[BALANCER | changes]]
    (seen,) = read_balancers(connect(TOKEN, api.url), (FRONT,), NOW)
    assert seen.load_balancer is not None, seen.problem_detail
    return seen.load_balancer


@pytest.mark.parametrize("none", [None, {"ip": None, "dns_ptr": None}])
def test_a_balancer_without_ipv4_is_found_by_its_ipv6(api: Api, none: Any) -> None:
    """IPv6 is an address as any other, also where there is no IPv4 object at all."""
    public = {"enabled": True, "ipv4": none, "ipv6": {"ip": IPV6, "dns_ptr": None}}
    api.balancers = [[BALANCER | {"public_net": public}]]
    project = connect(TOKEN, api.url)
    (seen,) = read_balancers(project, (NAMELESS,), NOW, addresses=lambda _: (IPV6,))
    assert seen.load_balancer is not None
    assert (seen.load_balancer.ipv4, seen.load_balancer.ipv6) == (None, IPV6)
    assert seen.matched_by == f"{IPV6} is its public IPv6"


@pytest.mark.parametrize(
    ("http", "redirects"),
    [
        ({"redirect_http": True}, True),
        ({"redirect_http": False}, False),
        ({}, None),
        (None, None),
    ],
)
def test_a_redirect_of_port_80_is_known_only_where_it_is_said(
    api: Api, http: dict[str, bool] | None, *, redirects: bool | None
) -> None:
    """An absent field does not mean that there is no public interface."""
    found = balancer(api, **service(http=http))
    assert found.redirects(80) is redirects
    assert found.redirects(8080) is False


@pytest.mark.parametrize("given", ["2001:db8::1/64", "2001:0DB8:0::0001", IPV6])
def test_an_address_has_its_normal_form(api: Api, given: str) -> None:
    """A server's IPv6 is reported as its network; a balancer's may be as well."""
    public = {"enabled": True, "ipv4": {"ip": ""}, "ipv6": {"ip": given}}
    found = balancer(api, public_net=public)
    assert (found.ipv4, found.ipv6) == (None, IPV6)


@pytest.mark.parametrize(
    "flags", [{}, {"use_private_ip": None}, {"use_private_ip": False}]
)
def test_who_does_not_say_how_it_is_used_is_used_as_its_selector(
    api: Api, flags: dict[str, bool | None]
) -> None:
    """The field may be absent below a label selector; if present, it counts."""
    one = {"type": "server", "server": {"id": 1}, **flags}
    selector = BALANCER["targets"][1] | {"targets": [one]}
    (leaf,) = balancer(api, targets=[selector]).leaves()
    private = flags.get("use_private_ip") is None
    assert leaf.use_private_ip is private
    assert leaf.ip == ("10.0.0.111" if private else "198.51.100.1")


@pytest.mark.parametrize("public", [None, {"enabled": False}, {}])
def test_a_balancer_may_have_no_public_address(api: Api, public: Any) -> None:
    """It is read by its name, and no address is invented."""
    found = balancer(api, public_net=public)
    assert (found.ipv4, found.ipv6) == (None, None)


@pytest.mark.parametrize("lacking", ["http", "certificates"])
def test_an_https_service_may_lack_its_http_part(api: Api, lacking: str) -> None:
    """Then its certificates are unknown, and its ports are reported."""
    given = service()["services"][0]
    del (given if lacking == "http" else given["http"])[lacking]
    found = balancer(api, services=[given]).service_for(443)
    assert found is not None
    assert (found.certificate_ids, found.destination_port) == ((), 31695)


def test_an_http_health_check_may_lack_its_http_part(api: Api) -> None:
    """Its check is unknown then, and its port is known."""
    found = balancer(api, **check(http=None)).service_for(443)
    assert found is not None
    assert (found.health_check.http, found.health_check.port) == (None, 31000)


def test_status_codes_may_be_nothing(api: Api) -> None:
    """Absent codes are reported as none."""
    asks = BALANCER["services"][0]["health_check"]["http"] | {"status_codes": None}
    found = balancer(api, **check(http=asks)).service_for(443)
    assert found is not None
    assert found.health_check.http is not None
    assert found.health_check.http.status_codes == ()


def test_future_values_and_fields_are_accepted(api: Api) -> None:
    """A new algorithm, protocol, target type or field costs nothing."""
    found = balancer(
        api,
        algorithm={"type": "by_moon", "phase": 3},
        future=[{"a": 1}],
        targets=[{"type": "network", "network": {"id": 3}}],
        **service(protocol="quic", http={"alpn": ["h3"]}),
    )
    assert found.algorithm == "by_moon"
    assert found.services[0].protocol == "quic"
    assert [t.type for t in found.leaves()] == ["network"]
    assert [status for _, status in found.health(443)] == [HealthStatus.UNKNOWN]


def test_names_are_any_text(api: Api) -> None:
    """A name of another script is found as it is written."""
    name = "lb-größe-東京 🚀"
    api.balancers = [[BALANCER | {"name": name}]]
    target = Target(name="x", url="https://x/", reached=Reached(load_balancer=name))
    (seen,) = read_balancers(connect(TOKEN, api.url), (target,), NOW)
    assert seen.load_balancer is not None
    assert seen.load_balancer.name == name


def test_a_changed_listen_port_is_read(api: Api) -> None:
    """The old port has no service any more."""
    found = balancer(api, **service(listen_port=8443))
    assert found.service_for(443) is None
    assert found.service_for(8443) is not None


def _without(*names: str) -> dict[str, Any]:
    return {k: v for k, v in BALANCER.items() if k not in names} | {"name": "odd"}


def _lacking(name: str) -> dict[str, Any]:
    given = service()["services"][0]
    del given[name]
    return {"services": [given]}


UNREADABLE = [
    _without("services"),
    _without("targets"),
    BALANCER | {"services": None},
    BALANCER | {"targets": None},
    BALANCER | {"public_net": "text"},
    BALANCER | {"public_net": {"ipv4": {"ip": "text"}, "ipv6": None}},
    BALANCER | {"private_net": [{"network": 1}]},
    BALANCER | {"private_net": [{"network": {"id": 1}, "ip": "10.0.0.5"}]},
    BALANCER | {"id": "seven"},
]


@pytest.mark.parametrize("odd", UNREADABLE)
def test_an_unreadable_balancer_costs_only_itself(
    api: Api, odd: dict[str, Any]
) -> None:
    """Its page, the pages after it and their servers are read; its name is reported."""
    last = BALANCER | {"id": 9, "name": "last"}
    api.balancers = [[odd | {"name": "odd"}, BALANCER], [last]]
    far = Target(name="far", url="https://x/", reached=Reached(load_balancer="last"))
    near, lost, end = read_balancers(connect(TOKEN, api.url), (FRONT, ODD, far), NOW)
    assert near.load_balancer is not None
    assert next(near.load_balancer.leaves()).label == "worker-1"
    assert near.load_balancer.certificates
    assert end.load_balancer is not None
    assert (lost.load_balancer, lost.problem) == (None, Problem.OTHER)
    assert "load balancer 'odd': unexpected format" in str(lost.problem_detail)
    assert "\n" not in str(lost.problem_detail)


ODD_SERVICES = [
    (443, service(health_check=None)),
    (443, service(destination_port=None)),
    (443, service(protocol=None)),
    (443, service(http={"certificates": [{"id": 897}]})),
    (443, check(port=None)),
    (443, check(interval="often")),
    (443, _lacking("destination_port")),
    (443, _lacking("proxyprotocol")),
    (443, _lacking("health_check")),
    (ANY_PORT, service(listen_port="https")),
    (ANY_PORT, service(listen_port=None)),
    (ANY_PORT, service(listen_port=True, health_check=None)),
    (ANY_PORT, {"services": ["text"]}),
    (ANY_PORT, {"services": [None]}),
]


@pytest.mark.parametrize(("port", "odd"), ODD_SERVICES)
@pytest.mark.parametrize("first", [True, False])
def test_a_malformed_service_costs_only_itself(
    api: Api,
    port: int,
    odd: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    *,
    first: bool,
) -> None:
    """The balancer and its other services are read; reading and log report the one."""
    well, strange = service(listen_port=8443)["services"], odd["services"]
    services = [*strange, *well] if first else [*well, *strange]
    api.balancers = [[BALANCER | {"services": services}]]
    (seen,) = read_balancers(connect(TOKEN, api.url), (FRONT,), NOW)
    found = seen.load_balancer
    assert found is not None
    assert [one.listen_port for one in found.services] == [8443]
    assert found.unread_services == (port,)
    assert next(found.leaves()).label == "worker-1"
    assert seen.problem is None
    named = str(port or "unknown")
    assert f"unexpected format: service {named}" in str(seen.problem_detail)
    (line,) = (r for r in caplog.records if r.name.endswith("convert"))
    assert line.message == "load balancer service was omitted"
    facts = vars(line)
    assert (facts["load_balancer"], facts["listen_port"]) == ("lb-prod", port)
    assert facts["reason"]
    assert from_image(to_item(seen)) == seen


@given_by(st.lists(st.booleans(), max_size=6))
def test_every_service_that_can_be_read_is_read(fine: list[bool]) -> None:
    """At any place among the others; each is recorded by its port."""
    given = [
        service(listen_port=number, **({} if ok else {"health_check": None}))
        for number, ok in enumerate(fine, 1)
    ]
    services = [one for each in given for one in each["services"]]
    found = convert(BALANCER | {"services": services}, {})
    assert [s.listen_port for s in found.services] == [
        number for number, ok in enumerate(fine, 1) if ok
    ]
    assert found.unread_services == tuple(
        number for number, ok in enumerate(fine, 1) if not ok
    )
    for number, ok in enumerate(fine, 1):
        assert found.is_unread(number) is not ok


def test_an_unread_service_leaves_open_what_its_port_is(api: Api) -> None:
    """It may listen on any port, and may redirect port 80."""
    unread = balancer(api, services=[None])
    assert unread.is_unread(443)
    assert unread.redirects(80) is None
    both = balancer(api, services=[None, *service()["services"]])
    assert not both.is_unread(443)
    assert both.redirects(80) is True


@pytest.mark.parametrize("odd", ["text", None, 7, [], {}, {"name": None}])
def test_what_is_no_balancer_costs_no_balancer(api: Api, odd: Any) -> None:
    """Neither does an item without a name or an id."""
    api.balancers = [[odd, BALANCER]]
    (seen,) = read_balancers(connect(TOKEN, api.url), (FRONT,), NOW)
    assert seen.load_balancer is not None


def test_an_unread_balancer_may_be_the_one_that_serves(api: Api) -> None:
    """An address that no readable one has is not "not found" then."""
    api.balancers = [[BALANCER | {"name": "odd", "services": None}]]
    project = connect(TOKEN, api.url)
    (seen,) = read_balancers(
        project, (NAMELESS,), NOW, addresses=lambda _: ("203.0.113.20",)
    )
    assert seen.problem is Problem.OTHER
    assert "one load balancer could not be read: load balancer 'odd'" in str(
        seen.problem_detail
    )


PENDING = CERTIFICATE | {
    "not_valid_before": None,
    "not_valid_after": None,
    "status": {"issuance": "pending", "renewal": "unavailable", "error": None},
}


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (PENDING, "managed"),
        ({"id": 897, "name": "front", "type": "of_tomorrow"}, "of_tomorrow"),
        ({"id": 897, "name": "front", "type": "uploaded", "status": None}, "uploaded"),
    ],
)
def test_a_certificate_without_dates_has_no_expiry(
    api: Api, given: dict[str, Any], kind: str
) -> None:
    """Not issued yet, failed, or of an unknown kind."""
    api.certificates = [[given]]
    certificates = balancer(api).certificates
    assert certificates is not None
    assert [(c.type, c.not_valid_after) for c in certificates] == [(kind, None)]


def test_a_malformed_certificate_costs_only_its_balancer_s(api: Api) -> None:
    """Another balancer's is read, and both balancers are."""
    other = BALANCER | {"id": 8, "name": "odd"}
    mine = BALANCER["services"][0]["http"] | {"certificates": [1]}
    api.balancers = [[BALANCER | service(http=mine), other]]
    api.certificates = [
        [CERTIFICATE | {"not_valid_after": "soon"}, CERTIFICATE | {"id": 1}, "text"]
    ]
    well, lost = read_balancers(connect(TOKEN, api.url), (API, ODD), NOW)
    assert well.load_balancer is not None
    assert lost.load_balancer is not None
    assert [c.id for c in well.load_balancer.certificates or ()] == [1]
    assert lost.load_balancer.certificates is None


def test_a_health_check_s_path_holds_no_secret(api: Api) -> None:
    """A token in its query is removed; the rest of the path stays."""
    asks = BALANCER["services"][0]["health_check"]["http"]
    http = asks | {"path": "/healthz?full=1&token=s3cret"}
    found = balancer(api, **check(http=http)).service_for(443)
    assert found is not None
    assert found.health_check.http is not None
    assert found.health_check.http.path == "/healthz?full=1&token=[redacted]"


@pytest.mark.parametrize(
    ("labels", "uid"),
    [({"hcloud-ccm/service-uid": "u-1"}, "u-1"), ({"a": "b"}, ""), (None, None)],
)
def test_the_cloud_controller_s_label_is_read(
    api: Api, labels: dict[str, str] | None, uid: str | None
) -> None:
    """It names the Service that keeps the load balancer; absent labels are unknown."""
    assert balancer(api, labels=labels).service_uid == uid


@pytest.mark.parametrize(
    ("value", "blocked"), [(True, ("203.0.113.9",)), (False, ()), (None, None)]
)
def test_a_blocked_address_is_read(
    api: Api, *, value: bool | None, blocked: tuple[str, ...] | None
) -> None:
    """Hetzner states it for each address; older versions do not."""
    ipv4 = {"ip": "203.0.113.9", "dns_ptr": None}
    ipv4 |= {} if value is None else {"blocked": value}
    public = {"enabled": True, "ipv4": ipv4, "ipv6": None}
    assert balancer(api, public_net=public).blocked_addresses == blocked
