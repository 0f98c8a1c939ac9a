"""`parallax investigate`: real requests to a server on loopback."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from parallax.cli import app
from parallax.cli.outside import failing_first
from parallax.cli.outside_lines import from_here
from parallax.cli.progress import Progress, text_of
from parallax.diagnose.judge import NO_REPORTS, judge
from parallax.model.probe import Resolution, Role
from parallax.model.target import Reached
from tests.parallax import scenarios
from tests.parallax.cli.served import Server, serving
from tests.parallax.hostile import is_safe
from tests.parallax.inspect.api import BALANCER, Api, error
from tests.parallax.inspect.conftest import api  # noqa: F401 - a fixture
from tests.parallax.pieces import NOW, OK, probe

FAST = ("--allow-private", "--pause", "0.1", "--timeout", "2")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve for all tests."""
    with serving() as made:
        yield made


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the token of whoever runs the test."""
    monkeypatch.delenv("HCLOUD_TOKEN", raising=False)


def look(*words: str) -> Result:
    """Run the command."""
    result = CliRunner().invoke(app, ["investigate", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_a_failure_has_what_was_seen_and_what_to_do(
    server: Server, tmp_path: Path
) -> None:
    """Writer, observation, what remains, next command; judge reads the saved file."""
    saved = tmp_path / "snapshot.json"
    result = look(server.url("/down"), *FAST, "--save", f"{saved}")
    assert result.exit_code == 1
    assert "requests       503 (11 of 11) within" in result.stdout
    assert "written by     the load balancer (haproxy)" in result.stdout
    assert "unknown host   127.0.0.1: 503" in result.stdout
    assert "The load balancer (haproxy) responded 503" in result.stdout
    assert "still possible: lb-no-target" in result.stdout
    assert "1. Request the URL from another network" in result.stdout
    assert "load balancer  not read: set HCLOUD_TOKEN" in result.stdout
    assert result.stderr == ""
    judged = CliRunner().invoke(app, ["judge", f"{saved}"])
    assert judged.exit_code == 0
    assert "The load balancer (haproxy) responded 503" in judged.stdout


def test_its_json_can_be_judged(server: Server) -> None:
    """It has the finding, and the snapshot of it."""
    result = look(server.url("/evil"), *FAST, "--json", "--cluster", "production")
    assert result.exit_code == 1
    assert is_safe(result.stdout)
    document = json.loads(result.stdout)
    assert document["finding"]["cause"] == "not-established"
    assert document["snapshot"]["target"]["reached"]["k8s.cluster.name"] == "production"
    judged = CliRunner().invoke(app, ["judge", "--json", "-"], input=result.stdout)
    assert json.loads(judged.stdout)["cause"] == "not-established"


def test_a_healthy_url_is_exit_status_0(server: Server) -> None:
    """It is investigated nevertheless: a failure may be intermittent."""
    result = look(server.url(), *FAST)
    assert result.exit_code == 0
    assert "requests       200 (11 of 11)" in result.stdout
    assert "The target is healthy" in result.stdout
    assert "Other causes" not in result.stdout


def test_a_failure_of_some_requests_is_seen(server: Server) -> None:
    """Whichever of them fail."""
    result = look(server.url("/flaky"), *FAST)
    assert result.exit_code == 1
    assert "503 (" in result.stdout
    assert "200 (" in result.stdout


def test_a_redirect_is_followed(server: Server) -> None:
    """If it ends at a page that works, the text names that page."""
    result = look(server.url("/go"), *FAST)
    assert result.exit_code == 1
    assert f"redirects to   {server.url()}\n" in result.stdout
    assert f"leads to       {server.url()}: 200" in result.stdout
    assert f"investigate {server.url()} instead" in result.stdout
    assert "--expect 302" in result.stdout


def test_a_redirect_loop_is_named(server: Server) -> None:
    """It is followed once."""
    result = look(server.url("/loop"), *FAST)
    assert f"redirect loop  back to {server.url('/loop')}" in result.stdout


def test_a_hostile_server_controls_no_terminal(server: Server) -> None:
    """By its reason phrase, its headers, its page."""
    result = look(server.url("/evil"), *FAST)
    assert result.exit_code == 1
    assert "503" in result.stdout
    assert is_safe(result.output)


def test_nothing_is_sent_to_a_private_address(server: Server) -> None:
    """The error names the option that allows it."""
    before = len(server.served)
    result = look(server.url(), "--pause", "0.1")
    assert result.exit_code == 2
    assert "127.0.0.1 is not a public address" in result.stderr
    assert "--allow-private" in result.stderr
    assert len(server.served) == before


def test_a_refused_connection_is_a_result(server: Server) -> None:
    """The control URL responds, so this machine is not offline."""
    control = ("--control-url", server.url())
    result = look("http://127.0.0.1:1/", *FAST, *control)
    assert result.exit_code == 1
    assert "connection refused in phase connect" in result.stdout
    assert "control URL    200" in result.stdout
    assert "control URL is configured" not in result.stdout


def test_a_name_that_does_not_resolve_is_a_result(server: Server) -> None:
    """No name server responds either: this machine may be offline, and it says so."""
    names = ("--resolver", "127.0.0.1", "--control-url", "http://127.0.0.1:1/")
    result = look("http://nothing.invalid/", *FAST, *names)
    assert result.exit_code == 1
    assert "name not resolved in phase resolve" in result.stdout
    assert "by 127.0.0.1" in result.stdout
    assert "Check the network and the resolver of this machine first" in result.stdout
    del server


def test_a_url_with_an_address_has_no_dns_in_its_path() -> None:
    """No name was resolved, so nothing is marked as good; the sentence is complete."""
    result = look("http://127.0.0.1:1/", *FAST, "--control-url", "http://127.0.0.1:1/")
    assert result.exit_code == 1
    assert "resolves to 127.0.0.1" not in result.stdout
    verdict = result.stdout.partition("From the internet")[2].partition("\n")[0]
    assert verdict.count("(") == verdict.count(")")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), "expected a URL, or --target"),
        (("nonsense",), "the scheme is missing"),
        (("ftp://a.example/",), "its scheme is not supported"),
        (("https://user:s3cret@a.example/",), "user name and password"),
        (("https://a.example/", "--resolver", "dns.example"), "--resolver"),
        (("https://a.example/", "--balancer-address", "lb-1"), "--balancer-address"),
        (("https://a.example/", "--control-url", "x"), "the scheme is missing"),
        (("https://a.example/", "--expect", "99"), "--expect 99"),
        (("https://a.example/", "--timeout", "nan"), "--timeout"),
        (("https://a.example/", "--pause", "0"), "--pause"),
        (("--target", "shop\x1b[2J"), "no such target"),
    ],
)
def test_wrong_use_is_explained(
    words: tuple[str, ...], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 2, before any request."""
    file = tmp_path / "targets.yaml"
    file.write_text("targets: [{name: shop, url: 'https://shop.example/'}]")
    monkeypatch.setenv("PARALLAX_TARGETS", f"{file}")
    result = look(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr
    assert "s3cret" not in result.stderr
    assert is_safe(result.stderr)


def test_a_file_that_cannot_be_written_is_an_error(server: Server) -> None:
    """The result is not lost silently."""
    result = look(server.url(), *FAST, "--save", "/nowhere/a.json")
    assert result.exit_code == 2
    assert "/nowhere/a.json: cannot be written: No such file" in result.stderr


def test_a_target_of_the_file_brings_its_settings(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed as well replaces them."""
    file = tmp_path / "targets.yaml"
    file.write_text(
        f"targets: [{{name: shop, url: '{server.url('/down')}', healthy: "
        "{status_codes: [503]}, reached: {load_balancer: none, cluster: production}, "
        "allow_private_addresses: true}]"
    )
    monkeypatch.setenv("PARALLAX_TARGETS", f"{file}")
    result = look("--target", "shop", "--pause", "0.1")
    assert result.exit_code == 0
    assert "load balancer  none, as configured" in result.stdout
    document = json.loads(
        look("--target", "shop", "--pause", "0.1", "--expect", "200", "--json").stdout
    )
    assert document["snapshot"]["target"]["healthy"]["status_codes"] == [200]


def test_a_token_reads_the_load_balancer(
    server: Server,
    api: Api,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before the requests for its address, and after them for its state."""
    balancer = BALANCER | {
        "public_net": {"enabled": False, "ipv4": {}, "ipv6": {}},
        "private_net": [{"network": 4711, "ip": "127.0.0.1"}],
        "targets": [],
    }
    api.balancers = [[balancer]]
    monkeypatch.setenv("HCLOUD_TOKEN", "a-read-only-token")
    monkeypatch.setenv("PARALLAX_HETZNER_ENDPOINT", api.url)
    result = look(server.url("/down"), *FAST, "--load-balancer", "lb-prod")
    assert result.exit_code == 1
    assert "load balancer  lb-prod, read at Hetzner (by name)" in result.stdout
    assert "directly to    127.0.0.1: 503" in result.stdout
    assert {path.partition("?")[0] for path in api.paths} >= {"/v1/load_balancers"}
    assert "a-read-only-token" not in result.output
    assert "Set HCLOUD_TOKEN" not in result.stdout
    assert result.stderr == ""


def test_a_token_that_is_refused_costs_nothing_else(
    server: Server,
    api: Api,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The line states why the load balancer was not read."""
    api.reply = error(401, "unauthorized")
    monkeypatch.setenv("HCLOUD_TOKEN", "wrong")
    monkeypatch.setenv("PARALLAX_HETZNER_ENDPOINT", api.url)
    result = look(server.url("/down"), *FAST, "--load-balancer", "lb-prod")
    assert result.exit_code == 1
    assert "load balancer  not read at Hetzner: unauthorized" in result.stdout
    assert "503 (11 of 11)" in result.stdout
    assert result.stderr == ""


def test_a_run_whose_first_request_succeeds_begins_with_a_failing_one() -> None:
    """As if the scheduled probe had met it; no request is lost."""
    run = scenarios.wrong_port().run
    assert run is not None
    first = replace(probe(Role.FIRST, NOW, OK), request_id="good")
    mixed = replace(run, probes=(first, *run.probes[1:]))
    found = failing_first(mixed)
    assert not found.first.healthy
    assert found.first.role is Role.FIRST
    assert {p.request_id for p in found.probes} == {p.request_id for p in mixed.probes}
    assert [p.role for p in found.probes].count(Role.FIRST) == 1
    assert failing_first(run) is run


def test_no_agent_is_blamed_for_its_silence() -> None:
    """Nobody looked inside, so the step shows how to look."""
    snapshot = scenarios.wrong_port()
    target = replace(snapshot.target, reached=Reached(cluster="production"))
    snapshot = replace(snapshot, target=target, reports=(), balancer=None)
    judgement = judge(snapshot)
    assert NO_REPORTS in judgement.next_steps
    steps = from_here(judgement, snapshot).next_steps
    assert NO_REPORTS not in steps
    assert "parallax-agent explain" in (steps[-1].command or "")


def test_progress_is_one_safe_line_for_each_result(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of a request, a name server, a step; nothing if nobody watches."""
    resolution = Resolution(resolver="192.0.2.53", error_type="no_address")
    assert text_of(resolution) == "name server 192.0.2.53: no address"
    Progress(shown=True)("a\x1b[2J\nstep")
    Progress(shown=False)("hidden")
    error = capsys.readouterr().err
    assert error.endswith("s  a\ufffd[2J\ufffdstep\n")
    assert "hidden" not in error
