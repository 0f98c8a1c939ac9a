"""Reading the balancers, from a real HTTP server that answers in Hetzner's shapes."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from parallax.inspect import connect, read_balancers
from parallax.model.balancer import BalancerReading, HealthStatus, Problem
from parallax.model.target import Reached, Target
from tests.parallax.inspect.api import (
    API,
    BALANCER,
    FRONT,
    NOW,
    PLAIN,
    TOKEN,
    Api,
    Reply,
    error,
    server,
)


def look(api: Any, *targets: Target, token: str = TOKEN, budget: float = 5.0) -> Any:
    """Read through the real client."""
    client = connect(token, api.url, timeout=(1.0, 1.0))
    return read_balancers(client, targets or (FRONT,), NOW, budget)


def test_one_reading_serves_every_target_with_a_balancer(api: Api) -> None:
    """Both targets get the reading, the plain one none; all pages are read once."""
    readings = look(api, FRONT, API, PLAIN)
    assert [r.target for r in readings] == ["front", "api"]
    assert readings[0].load_balancer == readings[1].load_balancer
    assert api.tokens == [f"Bearer {TOKEN}"] * 4
    assert [path.split("?")[0] for path in api.paths] == [
        "/v1/load_balancers",
        "/v1/servers",
        "/v1/servers",
        "/v1/certificates",
    ]
    assert all("per_page=50" in path for path in api.paths)


def test_the_reading_has_the_api_s_values(api: Api) -> None:
    """Addresses, service, health check and targets keep Hetzner's names."""
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    assert (balancer.ipv4, balancer.private_ips) == ("203.0.113.20", ("10.0.0.5",))
    service = balancer.service_for(443)
    assert service is not None
    assert (service.destination_port, service.health_check.port) == (31695, 31000)
    assert service.health_check.http is not None
    assert service.health_check.http.status_codes == ("200", "3??")
    assert service.timeout_idle == 60


def test_label_selectors_hold_their_servers_one_level_down(api: Api) -> None:
    """Every real target has name, private address and its own health."""
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    assert [
        (target.label, target.ip, status) for target, status in balancer.health(443)
    ] == [
        ("worker-1", "10.0.0.111", HealthStatus.UNHEALTHY),
        ("worker-2", "10.0.0.112", HealthStatus.HEALTHY),
        ("198.51.100.9", "198.51.100.9", HealthStatus.UNKNOWN),
    ]


@pytest.mark.parametrize("empty", [{"targets": []}, {"targets": None}, {}])
def test_a_label_selector_may_match_no_server(api: Api, empty: dict[str, Any]) -> None:
    """If no server has the label, the selector has no targets."""
    selector = {
        "type": "label_selector",
        "label_selector": {"selector": "role=x"},
        "use_private_ip": True,
    }
    api.balancers = [[BALANCER | {"targets": [selector | empty]}]]
    reading: BalancerReading = look(api)[0]
    assert reading.problem is None
    assert reading.load_balancer is not None
    (target,) = reading.load_balancer.targets
    assert (target.selector, target.targets) == ("role=x", ())
    assert reading.load_balancer.health(443) == ()


def test_a_balancer_beyond_the_first_page_is_found(api: Api) -> None:
    """A project of 120 balancers takes three requests, and hides none."""
    many = [BALANCER | {"id": 100 + n, "name": f"lb-{n}"} for n in range(119)]
    api.balancers = [many[:50], many[50:100], [*many[100:], BALANCER]]
    reading: BalancerReading = look(api)[0]
    assert reading.load_balancer is not None
    assert reading.load_balancer.id == 7
    assert sum("/load_balancers" in path for path in api.paths) == 3


@pytest.mark.parametrize("token", ["wq7\nx9k", "wq7\u2026x9k"])
def test_a_token_that_no_header_holds_is_not_repeated(api: Api, token: str) -> None:
    """It is reported as wrong, and no text shows it."""
    reading: BalancerReading = look(api, token=token)[0]
    assert reading.problem is Problem.UNAUTHORIZED
    assert "wq7" not in str(reading.problem_detail)
    assert "x9k" not in str(reading.problem_detail)


def test_hetzners_reason_for_a_failed_health_check_is_kept(api: Api) -> None:
    """Newer responses state why a target is unhealthy, and its status code."""
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    failed = balancer.targets[0].health_status[0]
    assert failed.detail == "unexpected_http_status"
    assert failed.health_check_status_code == 404


def test_networks_and_servers_states_are_reported(api: Api) -> None:
    """Attachments, servers that are off, and whether the load balancer is public."""
    asleep = server(2) | {"status": "off", "private_net": []}
    api.servers = [[server(1)], [asleep]]
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    assert (balancer.networks, balancer.public_interface) == ((4711,), True)
    facts = [(t.networks, t.server_status, t.ip) for t in balancer.leaves()]
    assert facts == [
        ((4711,), "running", "10.0.0.111"),
        ((), "off", None),
        (None, None, "198.51.100.9"),
    ]


def test_a_balancer_may_be_in_no_network_and_off_the_internet(api: Api) -> None:
    """No network is reported as none; a server's address then still names it."""
    closed = BALANCER["public_net"] | {"enabled": False}
    api.balancers = [[BALANCER | {"private_net": [], "public_net": closed}]]
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    assert (balancer.networks, balancer.public_interface) == ((), False)
    assert next(balancer.leaves()).ip == "10.0.0.111"


def test_networks_that_the_api_does_not_speak_of_are_not_known(api: Api) -> None:
    """What was not read does not prove absence."""
    bare = {key: value for key, value in BALANCER.items() if key != "private_net"}
    mute = {key: value for key, value in server(1).items() if key != "private_net"}
    api.balancers, api.servers = [[bare]], [[mute]]
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    assert (balancer.networks, balancer.private_ips) == (None, ())
    one = next(balancer.leaves())
    assert (one.networks, one.server_status, one.ip) == (None, "running", None)


def test_the_address_is_the_one_in_the_balancer_s_network(api: Api) -> None:
    """A server in two networks is reached by the one that both share."""
    other = {"network": 1, "ip": "10.9.0.1", "alias_ips": [], "mac_address": "x"}
    two = server(1) | {"private_net": [other, *server(1)["private_net"]]}
    api.servers = [[two]]
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    one = next(balancer.leaves())
    assert (one.networks, one.ip) == ((1, 4711), "10.0.0.111")


def test_an_unknown_name_is_a_problem_that_names_the_known(api: Api) -> None:
    """A typo in targets.yaml is reported, with the existing names."""
    lost = Target(name="x", url="https://x/", reached=Reached(load_balancer="lb-pord"))
    reading: BalancerReading = look(api, lost)[0]
    assert reading.problem is Problem.NOT_FOUND
    assert "lb-pord" in str(reading.problem_detail)
    assert "lb-prod" in str(reading.problem_detail)


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (error(401, "unauthorized"), Problem.UNAUTHORIZED),
        (error(403, "forbidden"), Problem.FORBIDDEN),
        (
            error(429, "rate_limit_exceeded", **{"RateLimit-Remaining": "0"}),
            Problem.RATE_LIMITED,
        ),
        (error(503, "unavailable"), Problem.OTHER),
        (error(504, "timeout"), Problem.OTHER),
        (lambda: (500, {}, b"<html>oops</html>"), Problem.OTHER),
        (lambda: (502, {}, b""), Problem.OTHER),
        (lambda: (200, {}, b"{"), Problem.OTHER),
    ],
)
def test_every_refusal_is_a_problem_of_its_name(
    api: Api, reply: Callable[[], Reply], problem: Problem
) -> None:
    """No response raises, each list is requested once, and no text has the token."""
    api.reply = reply
    reading: BalancerReading = look(api)[0]
    assert (reading.load_balancer, reading.problem) == (None, problem)
    assert len(api.paths) == len(set(api.paths))
    assert TOKEN not in str(reading.problem_detail)


def test_no_listener_is_unreachable() -> None:
    """A refused connection is a problem of every target."""
    client = connect(TOKEN, "http://127.0.0.1:9/v1", timeout=(0.5, 0.5))
    reading = read_balancers(client, (FRONT,), NOW)[0]
    assert reading.problem is Problem.UNREACHABLE


def test_an_api_that_hangs_costs_no_more_than_the_budget(api: Api) -> None:
    """A silent server is given up after the budget, as unreachable."""
    woken = threading.Event()
    api.reply = lambda: (woken.wait(10), (200, {}, b"{}"))[1]
    reading: BalancerReading = look(api, budget=0.3)[0]
    woken.set()
    assert reading.problem is Problem.UNREACHABLE
    assert "0.3 s" in str(reading.problem_detail)


def test_servers_that_cannot_be_read_cost_only_their_names(api: Api) -> None:
    """A balancer's health is reported even without its servers' names."""
    api.servers = [[{"shape": "of tomorrow"}]]
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    assert [target.label for target, _ in balancer.health(443)][:2] == ["1", "2"]


def test_no_call_is_made_if_no_target_has_a_balancer(api: Api) -> None:
    """Targets without a balancer cost no call."""
    assert look(api, PLAIN) == ()
    assert api.paths == []


NAMELESS = Target(name="nameless", url="https://front.example/")


def test_a_target_without_a_name_is_found_by_its_address(api: Api) -> None:
    """The reading names the address that matched, or states the match by name."""
    project = connect(TOKEN, api.url)
    seen = read_balancers(
        project, (NAMELESS, FRONT), NOW, addresses=lambda _: ("203.0.113.20",)
    )
    assert [reading.matched_by for reading in seen] == [
        "203.0.113.20 is its public IPv4",
        "by name",
    ]
    assert all(reading.load_balancer for reading in seen)


def test_behind_a_cdn_the_reading_asks_for_a_name_without_a_call(api: Api) -> None:
    """The CDN's addresses prove nothing about the load balancer."""
    cached = Target(name="c", url="https://c.example/", reached=Reached(cdn=True))
    seen = read_balancers(
        connect(TOKEN, api.url), (cached,), NOW, addresses=lambda _: ("1.1.1.1",)
    )
    assert seen[0].problem is Problem.NOT_FOUND
    assert "behind a CDN" in str(seen[0].problem_detail)
    assert api.paths == []


def test_a_renamed_balancer_is_named_by_its_address(api: Api) -> None:
    """The configured name is absent, and the likely one is reported."""
    api.balancers = [[BALANCER | {"name": "lb-new"}]]
    project = connect(TOKEN, api.url)
    (seen,) = read_balancers(
        project, (FRONT,), NOW, addresses=lambda _: ("203.0.113.20",)
    )
    assert (seen.problem, seen.load_balancer) == (Problem.NOT_FOUND, None)
    assert "it may be renamed: 'lb-new' serves the target (203.0.113.20" in str(
        seen.problem_detail
    )


def test_a_name_that_resolves_to_a_server_s_ipv6_is_reported(api: Api) -> None:
    """The server's network comes with the list that is read anyway."""
    guarded = server(1)
    guarded["public_net"]["ipv6"] = {"ip": "2001:db8:1::/64", "dns_ptr": []}
    api.servers = [[guarded]]
    project = connect(TOKEN, api.url)
    (seen,) = read_balancers(
        project, (NAMELESS,), NOW, addresses=lambda _: ("2001:db8:1::5",)
    )
    assert seen.problem is Problem.NOT_FOUND
    assert "2001:db8:1::5 belongs to server worker-1" in str(seen.problem_detail)


def test_addresses_that_cannot_be_had_cost_no_named_balancer(api: Api) -> None:
    """The journal's error is logged, and the other target is read."""

    def fail(_target: Target) -> tuple[str, ...]:
        raise OSError("no journal")

    seen = read_balancers(
        connect(TOKEN, api.url), (NAMELESS, FRONT), NOW, addresses=fail
    )
    assert [(reading.target, reading.problem) for reading in seen] == [("front", None)]


def test_the_pages_before_a_broken_one_are_read(api: Api) -> None:
    """Targets on those pages have a reading; the others have the error's problem."""
    api.balancers = [[BALANCER], [BALANCER | {"id": 8, "name": "lb-8"}]]
    api.broken["load_balancers/2"] = error(403, "forbidden")()
    far = Target(name="far", url="https://x/", reached=Reached(load_balancer="lb-8"))
    near, lost = look(api, FRONT, far)
    assert near.load_balancer is not None
    assert lost.problem is Problem.FORBIDDEN
    assert "read before that: lb-prod" in str(lost.problem_detail)


def test_one_balancer_of_an_unknown_shape_costs_no_other(api: Api) -> None:
    """It alone is a problem."""
    target = BALANCER["targets"][0]
    health = [{"listen_port": 443, "status": []}]
    odd = BALANCER | {"id": 8, "name": "odd"}
    odd["targets"] = [target | {"health_status": health}]
    api.balancers = [[odd, BALANCER]]
    strange = Target(name="o", url="https://x/", reached=Reached(load_balancer="odd"))
    well, lost = look(api, FRONT, strange)
    assert well.load_balancer is not None
    assert (lost.target, lost.problem) == ("o", Problem.OTHER)


def test_a_remaining_share_below_the_floor_stops_the_calls(api: Api) -> None:
    """The next reading makes no call, and states when the next one follows."""
    api.headers = {"RateLimit-Limit": "3600", "RateLimit-Remaining": "700"}
    project = connect(TOKEN, api.url)
    assert read_balancers(project, (FRONT,), NOW)[0].load_balancer is not None
    asked = len(api.paths)
    (skipped,) = read_balancers(project, (FRONT,), NOW)
    assert skipped.problem is Problem.RATE_LIMITED
    assert "the project has 700 of 3600 calls per hour left" in str(
        skipped.problem_detail
    )
    assert "next reading at" in str(skipped.problem_detail)
    assert len(api.paths) == asked


def test_a_refusal_is_not_repeated_at_once(api: Api) -> None:
    """After a 429 the next reading reports it without a call."""
    api.reply = error(429, "rate_limit_exceeded")
    project = connect(TOKEN, api.url)
    seen = [read_balancers(project, (FRONT,), NOW)[0].problem for _ in range(3)]
    assert seen == [Problem.RATE_LIMITED] * 3
    assert len(api.paths) == 1
