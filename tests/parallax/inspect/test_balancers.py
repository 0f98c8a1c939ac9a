"""Reading the balancers, from a real HTTP server that answers in Hetzner's shapes."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, override
from urllib.parse import parse_qs, urlparse

import pytest

from parallax.inspect import connect, read
from parallax.model.balancer import BalancerReading, HealthStatus, Problem
from parallax.model.target import Reached, Target

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
FRONT = Target(
    name="front", url="https://front.example/", reached=Reached(load_balancer="lb-prod")
)
API = Target(
    name="api", url="https://api.example/", reached=Reached(load_balancer="lb-prod")
)
TOKEN = "token"
PLAIN = Target(name="plain", url="https://plain.example/")


def health(status: str, **more: object) -> list[dict[str, Any]]:
    """Make the health of one target on port 443."""
    return [{"listen_port": 443, "status": status, **more}]


BALANCER: dict[str, Any] = {
    "id": 7,
    "name": "lb-prod",
    "created": "2025-01-01T00:00:00+00:00",
    "labels": {},
    "protection": {"delete": False},
    "location": {"id": 1, "name": "fsn1"},
    "load_balancer_type": {"id": 1, "name": "lb11"},
    "public_net": {
        "enabled": True,
        "ipv4": {"ip": "203.0.113.20", "dns_ptr": "lb"},
        "ipv6": {"ip": "2001:db8::1", "dns_ptr": None},
    },
    "private_net": [{"network": 4711, "ip": "10.0.0.5"}],
    "algorithm": {"type": "round_robin"},
    "included_traffic": 1,
    "outgoing_traffic": None,
    "ingoing_traffic": None,
    "services": [
        {
            "protocol": "https",
            "listen_port": 443,
            "destination_port": 31695,
            "proxyprotocol": False,
            "http": {
                "cookie_name": "HCLBSTICKY",
                "cookie_lifetime": 300,
                "certificates": [897],
                "redirect_http": True,
                "sticky_sessions": True,
                "timeout_idle": 60,
            },
            "health_check": {
                "protocol": "http",
                "port": 31000,
                "interval": 15,
                "timeout": 10,
                "retries": 3,
                "http": {
                    "domain": None,
                    "path": "/healthz",
                    "response": "",
                    "status_codes": [200, "3??"],
                    "tls": False,
                },
            },
        }
    ],
    "targets": [
        {
            "type": "server",
            "server": {"id": 1},
            "use_private_ip": True,
            "health_status": health(
                "unhealthy", detail="unexpected_http_status", http_status_code=404
            ),
        },
        {
            "type": "label_selector",
            "label_selector": {"selector": "role=worker"},
            "use_private_ip": True,
            "targets": [
                {
                    "type": "server",
                    "server": {"id": 2},
                    "use_private_ip": True,
                    "health_status": health("healthy"),
                },
            ],
        },
        {
            "type": "ip",
            "ip": {"ip": "198.51.100.9"},
            "health_status": health("a word of tomorrow"),
        },
    ],
}


def server(number: int) -> dict[str, Any]:
    """Make one server of the project."""
    return {
        "id": number,
        "name": f"worker-{number}",
        "status": "running",
        "created": "2025-01-01T00:00:00+00:00",
        "public_net": {
            "ipv4": {
                "id": 100 + number,
                "ip": f"198.51.100.{number}",
                "blocked": False,
                "dns_ptr": "w",
            },
            "ipv6": None,
            "floating_ips": [],
            "firewalls": [],
        },
        "private_net": [
            {
                "network": 4711,
                "ip": f"10.0.0.11{number}",
                "alias_ips": [],
                "mac_address": "86:00:00:00:00:01",
            },
        ],
        "labels": {},
    }


type Reply = tuple[int, dict[str, str], bytes]


class Api:
    """Hetzner's API as far as it is read here, one page each; `reply` overrides."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.tokens: list[str | None] = []
        self.reply: Callable[[], Reply] | None = None
        self.balancers = [[BALANCER]]
        self.servers = [[server(1)], [server(2)]]

    def answer(self, path: str, token: str | None) -> Reply:
        """Answer one GET."""
        self.paths.append(path)
        self.tokens.append(token)
        if self.reply:
            return self.reply()
        url = urlparse(path)
        page = int(parse_qs(url.query).get("page", ["1"])[0])
        what = url.path.rsplit("/", 1)[1]
        pages = {"load_balancers": self.balancers, "servers": self.servers}[what]
        following = page + 1 if page < len(pages) else None
        meta = {"pagination": {"page": page, "per_page": 50, "next_page": following}}
        return 200, {}, json.dumps({what: pages[page - 1], "meta": meta}).encode()


@pytest.fixture
def api() -> Iterator[Api]:
    """Yield an API and stop its server."""
    made = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version: ClassVar[str] = "HTTP/1.1"  # pyright: ignore[reportIncompatibleVariableOverride]

        def do_GET(self) -> None:
            code, headers, body = made.answer(
                self.path, self.headers.get("authorization")
            )
            self.send_response(code)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    made.url = f"http://127.0.0.1:{http.server_port}/v1"  # pyright: ignore[reportAttributeAccessIssue]
    yield made
    http.shutdown()
    thread.join()
    http.server_close()


def look(api: Any, *targets: Target, token: str = TOKEN, budget: float = 5.0) -> Any:
    """Read through the real client."""
    client = connect(token, api.url, timeout=(1.0, 1.0))
    return read(client, targets or (FRONT,), NOW, budget)


def error(code: int, word: str, **headers: str) -> Callable[[], Reply]:
    """Make Hetzner's error of a code."""
    body = {"error": {"code": word, "message": f"{word} it is", "details": None}}
    return lambda: (code, headers, json.dumps(body).encode())


def test_one_look_serves_every_target_with_a_balancer(api: Api) -> None:
    """Both targets get the reading, the plain one none; all pages are read once."""
    readings = look(api, FRONT, API, PLAIN)
    assert [r.target for r in readings] == ["front", "api"]
    assert readings[0].load_balancer == readings[1].load_balancer
    assert api.tokens == ["Bearer token"] * 3
    assert len(api.paths) == 3


def test_the_reading_says_what_the_api_said(api: Api) -> None:
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
def test_a_label_selector_may_stand_for_nobody(api: Api, empty: dict[str, Any]) -> None:
    """Where no server bears the label, the selector is told without targets."""
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


@pytest.mark.parametrize("token", ["se\ncret", "se\u2026cret"])
def test_a_token_that_no_header_holds_is_not_repeated(api: Api, token: str) -> None:
    """It is told as a wrong one, and no text shows it."""
    reading: BalancerReading = look(api, token=token)[0]
    assert reading.problem is Problem.UNAUTHORIZED
    assert "cret" not in str(reading.problem_detail)


def test_hetzners_reason_for_a_failed_health_check_is_kept(api: Api) -> None:
    """Newer answers say why a target is unhealthy, and what it answered."""
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    failed = balancer.targets[0].health_status[0]
    assert failed.detail == "unexpected_http_status"
    assert failed.health_check_status_code == 404


def test_networks_and_servers_states_are_told(api: Api) -> None:
    """Who is attached where, who is off, and whether the internet has a door."""
    asleep = server(2) | {"status": "off", "private_net": []}
    api.servers = [[server(1)], [asleep]]
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    assert (balancer.networks, balancer.public_interface) == ((4711,), True)
    told = [(t.networks, t.server_status, t.ip) for t in balancer.leaves()]
    assert told == [
        ((4711,), "running", "10.0.0.111"),
        ((), "off", None),
        (None, None, "198.51.100.9"),
    ]


def test_a_balancer_may_be_in_no_network_and_off_the_internet(api: Api) -> None:
    """No network is told as none; a server's address then still names it."""
    closed = BALANCER["public_net"] | {"enabled": False}
    api.balancers = [[BALANCER | {"private_net": [], "public_net": closed}]]
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    assert (balancer.networks, balancer.public_interface) == ((), False)
    assert next(balancer.leaves()).ip == "10.0.0.111"


def test_networks_that_the_api_does_not_speak_of_are_not_known(api: Api) -> None:
    """What was not read is no proof of absence."""
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
    """A typo in targets.yaml is told, with what there is."""
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
    """No answer raises, each is asked for once, and the token is in no text."""
    api.reply = reply
    reading: BalancerReading = look(api)[0]
    assert (reading.load_balancer, reading.problem) == (None, problem)
    assert len(api.paths) == len(set(api.paths))
    assert "token" not in str(reading.problem_detail)


def test_nobody_there_is_unreachable() -> None:
    """A refused connection is a problem of every target."""
    client = connect("token", "http://127.0.0.1:9/v1", timeout=(0.5, 0.5))
    reading = read(client, (FRONT,), NOW)[0]
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
    """A balancer's health is told even where its servers' names are not."""
    api.servers = [[{"shape": "of tomorrow"}]]
    balancer = look(api)[0].load_balancer
    assert balancer is not None
    assert [target.label for target, _ in balancer.health(443)][:2] == ["1", "2"]


def test_nothing_is_asked_where_no_target_has_a_balancer(api: Api) -> None:
    """Targets without a balancer cost no call."""
    assert look(api, PLAIN) == ()
    assert api.paths == []
