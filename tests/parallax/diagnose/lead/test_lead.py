"""Specification of the lead: `parallax.diagnose.lead`.

The causes are left out: each test gives the scene and no assessment, so that what is
stated follows from the observations alone.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from parallax.causes import CAUSES
from parallax.causes.cause import hidden, refuted, supported, unknown
from parallax.diagnose.judge import judge
from parallax.diagnose.lead import lead
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerReading, Problem
from parallax.model.judgement import Assessment, Lead, NextStep
from parallax.model.probe import (
    Certificate,
    ErrorType,
    Probe,
    ProbeRun,
    Resolution,
)
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import nodes as n
from tests.parallax import pieces as p
from tests.parallax import scenarios as s

WEB = Certificate(
    subject="CN=other.example",
    issuer="CN=R11",
    not_after=datetime(2025, 12, 24, tzinfo=UTC),
    names=("other.example",),
)


def led(snapshot: Snapshot, *answers: Assessment) -> tuple[Lead, NextStep]:
    """Return the lead of a snapshot and its step."""
    found = lead(Scene.of(snapshot), CAUSES, answers)
    assert found is not None
    return found


def failing(**fields: object) -> Snapshot:
    """Return a snapshot in which every user request fails in one way."""
    base: dict[str, object] = {"status_code": None, "healthy": False, "headers": ()}
    outside = p.run(p.OK)
    probes = tuple(
        replace(one, **(base | fields))
        if one.role.value in {"first", "repeat"}
        else one
        for one in outside.probes
    )
    return p.taken(replace(outside, probes=probes), p.balancer(), *p.reports())


def test_an_unresolved_name_excludes_all_behind_it() -> None:
    """The servers' answers are counted; the command follows the delegation."""
    x = failing(error_type=ErrorType.NAME_NOT_RESOLVED, error_phase="resolve")
    assert x.run
    servers = tuple(
        Resolution(resolver=r, error_type="nxdomain") for r in ("1.1.1.1", "9.9.9.9")
    )
    found, step = led(replace(x, run=replace(x.run, resolutions=servers)))
    assert found.observation == (
        "platform-api.keybuzz.io was not resolved (11 of 11 external requests);"
        " name servers respond: nxdomain (2 of 2)"
    )
    assert step.command == "dig +trace platform-api.keybuzz.io"


def test_a_foreign_address_leads_to_its_owner() -> None:
    """It may be a proxy: no step sets the record past it."""
    for page, words in (
        (e.OLD_SERVER, "responds 503 as nginx"),
        (p.DROPPED, "does not respond (timeout)"),
    ):
        outside = e.resolved(e.led_to(e.OLD, p.run(page, direct=p.OK)), e.OLD, e.OLD)
        found, step = led(p.taken(outside, p.balancer(), *p.reports()))
        assert found.observation.startswith(
            f"the name leads to 198.51.100.7, which {words}; keybuzz-lb has"
            " 203.0.113.20, and no observation shows an earlier address of the name"
        )
        assert found.excludes.startswith("Direct requests to keybuzz-lb succeed")
        assert "grep -F 198.51.100.7; dig @ns1.keybuzz.io" in str(step.command)
        assert "set the records" not in step.text


def test_a_connection_that_times_out_names_the_address() -> None:
    """What the load balancer's own address does is stated if it differs."""
    x = failing(error_type=ErrorType.TIMEOUT, error_phase="connect")
    found, step = led(x)
    assert found.observation == (
        "11 of 11 external requests got no connection to 203.0.113.20 port 443:"
        " timeout; 1 of 1 requests directly to the load balancer succeeded"
    )
    assert step.command == "nc -vz -w 10 203.0.113.20 443"


def test_a_refused_certificate_is_shown() -> None:
    """The reason, whom it is for, who issued it, until when it is valid."""
    detail = "certificate does not verify: Hostname mismatch"
    x = failing(
        error_type=ErrorType.TLS,
        error_phase="tls",
        error_detail=detail,
        certificate=WEB,
    )
    found, step = led(x)
    assert found.observation == (
        "11 of 11 external requests failed in TLS at 203.0.113.20 port 443:"
        f" {detail}. The certificate is for other.example, from CN=R11,"
        " valid until 2025-12-24; keybuzz-lb ends TLS itself"
    )
    assert step.command is not None
    assert "openssl s_client -connect platform-api.keybuzz.io:443" in step.command


def test_a_closed_connection_leads_to_the_targets_health() -> None:
    """The address accepts connections; the load balancer or the ingress closes them."""
    x = failing(error_type=ErrorType.CONNECTION_CLOSED, error_phase="processing")
    found, step = led(x)
    assert (
        "accepted the connection and closed it after the request" in found.observation
    )
    assert step.command == "hcloud load-balancer describe keybuzz-lb"


def test_a_cut_response_states_how_much_arrived() -> None:
    """Received and announced bytes."""
    x = failing(
        status_code=200,
        error_type=ErrorType.BODY_INCOMPLETE,
        error_phase="transfer",
        body_bytes=1400,
        headers=(("Content-Length", "48000"),),
    )
    found, _ = led(x)
    assert found.observation == (
        "the response (200) began and did not arrive completely: 1400 of 48000 bytes"
        " (11 of 11 external requests)"
    )


@pytest.mark.parametrize(
    ("location", "loops"),
    [
        ("https://platform-api.keybuzz.io", True),
        ("/", True),
        ("https://platform-api.keybuzz.io/login", False),
    ],
)
def test_a_redirect_to_itself_is_recognized(location: str, *, loops: bool) -> None:
    """A relative location and an empty path count as the same URL."""
    found, step = led(failing(status_code=308, headers=(("Location", location),)))
    assert ("the URL that was requested" in found.observation) is loops
    assert step.command == "curl -sSIL --max-redirs 5 https://platform-api.keybuzz.io/"


def test_a_redirect_without_a_mark_is_that_of_a_server() -> None:
    """It is not that of a server with the name `unknown`."""
    found, _ = led(failing(status_code=302, headers=(("Location", "/login"),)))
    assert found.observation.startswith("a server redirects to /login")


def test_a_load_balancer_that_responds_is_not_blocked() -> None:
    """It listens on the port too, also if no reading shows it."""
    ids = ("lb-address-blocked", "lb-no-service-for-port", "lb-no-target")
    open_ones = [unknown(i, "the load balancer") for i in ids]
    x = replace(p.taken(p.run(p.LB_503)), balancer=None, sightings=())
    found, _ = led(x, *open_ones)
    assert "the load balancer (haproxy) responded 503" in found.observation
    assert [c.cause for c in found.candidates] == ["lb-no-target"]


def test_a_stored_response_leads_past_the_cache() -> None:
    """The origin may have recovered."""
    x = p.taken(p.run(p.REPLAYED_503, direct=p.OK), p.balancer(), *p.reports())
    found, step = led(x)
    assert "a cache sends a stored 503" in found.observation
    assert "no-cache" in str(step.command)


def test_no_line_in_any_log_excludes_the_cluster() -> None:
    """All logs were read after the last failing request."""
    found, _ = led(s.wrong_port())
    assert found.observation == (
        "no ingress log contains any of the 11 failing requests"
    )
    assert "before the ingress" in found.excludes


def test_a_request_that_an_ingress_cannot_parse_has_no_line_of_its_own() -> None:
    """A 400 may come from the ingress without the request id in its log."""
    found, _ = led(failing(status_code=400))
    assert "no ingress log" not in found.observation


def test_the_ingress_log_names_the_upstream() -> None:
    """The pod that wrote the line is in the command."""
    found, step = led(s.pods_refuse())
    assert "the ingress got no usable response from" in found.observation
    assert "kubectl -n ingress-nginx logs" in str(step.command)


def test_without_logs_the_writer_of_the_response_is_the_observation() -> None:
    """Agents are silent, and the page shows who wrote it."""
    found, _ = led(p.taken(p.run(p.INGRESS_503), p.balancer()))
    assert found.observation.startswith("the ingress (ingress-nginx) responded 503")
    found, step = led(p.taken(p.run(p.LB_503), p.balancer()))
    assert found.observation.startswith("the load balancer (haproxy) responded 503")
    assert step.command == "hcloud load-balancer describe keybuzz-lb"


def test_a_response_without_a_writer_shows_its_server() -> None:
    """Nothing is guessed from an unknown page."""
    x = failing(status_code=503, headers=(("Server", "acme"),), body="sorry")
    found, _ = led(replace(x, reports=()))
    assert "(Server: acme)" in found.observation


def test_a_balancer_that_does_not_exist_is_not_described() -> None:
    """The command lists those that exist."""
    gone = BalancerReading(
        target=s.TARGET.name, read_at=s.NOW, problem=Problem.NOT_FOUND
    )
    x = failing(error_type=ErrorType.TIMEOUT, error_phase="processing")
    _, step = led(replace(x, balancer=gone, reports=()))
    assert step.command == "hcloud load-balancer list"


def test_a_target_without_a_failing_probe_has_no_lead() -> None:
    """A healthy target has nothing to establish."""
    assert lead(Scene.of(s.healthy()), CAUSES, ()) is None
    assert judge(s.healthy()).lead is None


def test_candidates_are_open_causes_at_the_hops_that_remain() -> None:
    """Proven in part first; refuted, hidden and distant causes are left out."""
    answers = (
        unknown("lb-no-target", "a", "b"),
        unknown("lb-no-healthy-target", "c"),
        unknown("node-firewall-blocks-load-balancer", "d", evidence=("seen",)),
        hidden("lb-wrong-destination-port", "another fault"),
        refuted("lb-no-service-for-port", "no"),
        supported("lb-timeout-too-short", "yes"),
        unknown("pod-too-slow", "e"),
    )
    found, _ = led(s.wrong_port(), *answers)
    assert [one.cause for one in found.candidates] == [
        "node-firewall-blocks-load-balancer",
        "lb-no-healthy-target",
        "lb-no-target",
    ]
    assert found.candidates[0].missing == ("d",)


def test_a_judgement_without_a_cause_has_a_lead_and_its_step_first() -> None:
    """The finding of an unknown failure is never empty-handed."""
    x = failing(error_type=ErrorType.TIMEOUT, error_phase="connect")
    judgement = judge(replace(x, reports=()))
    assert judgement.cause == "not-established"
    assert judgement.lead is not None
    assert judgement.next_steps[0].command == "nc -vz -w 10 203.0.113.20 443"


def test_the_most_frequent_failure_is_observed() -> None:
    """Of 8 timeouts and 3 refusals, the timeouts."""
    x = failing(error_type=ErrorType.TIMEOUT, error_phase="connect")
    assert x.run

    def changed(number: int, one: Probe) -> Probe:
        refused = replace(one, error_type=ErrorType.CONNECTION_REFUSED)
        return refused if number < 3 else one

    probes = tuple(changed(n, one) for n, one in enumerate(x.run.probes))
    run: ProbeRun = replace(x.run, probes=probes)
    found, _ = led(replace(x, run=run))
    assert found.observation.startswith("8 of 11 external requests got no connection")


def test_pods_that_only_their_own_nodes_reach_come_before_the_page() -> None:
    """The page follows from it; a policy and a broken network remain."""
    found, step = led(n.one_app_cut_off())
    assert found.observation.startswith(
        "5 of 5 probes of pods on other nodes could not connect (timeout)"
    )
    assert "so the app is not at fault" in found.excludes
    assert step.command == "kubectl -n keybuzz describe networkpolicy"


def test_pods_of_a_silent_node_lead_to_the_node() -> None:
    """Nobody probed them at home, so nothing is excluded."""
    x = n.dead_node()
    lost = next(p for p in x.reports[3].probes if p.peer_node == n.DEAD)
    more = tuple(
        replace(r, probes=(*r.probes, replace(lost, node=r.node))) for r in x.reports
    )
    found, step = led(replace(x, reports=more))
    assert "the agent on worker-05 does not report" in found.observation
    assert not found.excludes
    assert step.command == "kubectl describe node worker-05"
