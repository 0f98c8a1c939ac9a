"""Specification of the mail: `parallax.notify.mail`."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from parallax.causes import CAUSES
from parallax.diagnose import Rules, advance, judge, silences
from parallax.model.balancer import BalancerReading, Problem
from parallax.model.finding import UNWATCHED, Finding, Proof, State, Trend, Turn
from parallax.model.plain import plain, plain_line
from parallax.model.probe import Certificate, Role
from parallax.model.snapshot import Snapshot
from parallax.notify.mail import render
from parallax.notify.subject import LIMIT
from tests.parallax import scenarios as s
from tests.parallax.hostile import poisoned
from tests.parallax.pieces import MINUTE


def finding(snapshot: Snapshot) -> Finding:
    """Return the first finding of a snapshot's incident."""
    incident = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert incident
    assert incident.finding
    return incident.finding


@pytest.mark.parametrize("cause", s.FAULTS)
def test_each_mail_fits_sns_and_a_phone(cause: str) -> None:
    """An ASCII subject of one line; 80 columns, commands apart."""
    mail = render(finding(s.FAULTS[cause]()))
    assert mail.subject.isascii()
    assert len(mail.subject) <= LIMIT
    assert "\n" not in mail.subject
    for line in mail.body.splitlines():
        assert len(line) <= 80 or line.startswith("    ")


def test_the_mail_answers_in_ten_seconds() -> None:
    """What, for whom, since when, who, why, and the command, in that order."""
    body = render(finding(s.wrong_port())).body
    wanted = [
        "https://platform-api.keybuzz.io/ answers 503 for users",
        "Since 2025-11-20 03:00:00 UTC (40 s ago)",
        "WHO IS TO BLAME: the load balancer",
        "the health check uses port 30081, but the ingress listens on port 31695",
        (
            "hcloud load-balancer update-service keybuzz-lb --listen-port 443"
            " --health-check-port 31695"
        ),
        "The path, from the internet inward:",
        "Ruled out:",
        "service-without-endpoints, pods-not-ready: Service keybuzz/keybuzz-api has 5",
        "incident  ",
    ]
    places = [" ".join(body.split()).find(" ".join(text.split())) for text in wanted]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("cause", "who"),
    [
        ("dns-stale-address", "DNS."),
        ("cdn-cannot-reach-origin", "the cache (CDN)."),
        ("lb-no-target", "the load balancer."),
        ("node-firewall-blocks-load-balancer", "the load balancer's way to the"),
        ("overlay-between-nodes-broken", "the backend (network between nodes)."),
        ("pods-not-ready", "the backend (pods)."),
    ],
)
def test_who_it_is_names_the_place_too(cause: str, who: str) -> None:
    """Not "a cache or DNS" where it is known which; the path says the same."""
    body = " ".join(render(finding(s.FAULTS[cause]())).body.split())
    assert f"WHO IS TO BLAME: {who}" in body
    known = next(c for c in CAUSES if c.id == cause)
    assert f"{known.hop.value} FAULTY" in body


def test_what_is_true_and_explained_is_told_as_such() -> None:
    """That no target is healthy is a fact, and no riddle beside its reason."""
    body = " ".join(render(finding(s.wrong_port())).body.split())
    told = (
        "lb-no-healthy-target (explained by lb-health-check-wrong-port): keybuzz-lb"
        " reports 5 of 5 targets unhealthy"
    )
    assert "Also shown by the evidence:" in body
    assert told in body
    assert body.count("lb-no-healthy-target") == 1


def test_a_balancer_that_was_not_shown_is_explained() -> None:
    """Who reads the mail need not look into the journal for the reason."""
    reading = BalancerReading(
        target=s.TARGET.name,
        read_at=s.NOW,
        problem=Problem.NOT_FOUND,
        problem_detail="renamed? 'lb-new' serves it: 203.0.113.20 is its public IPv4",
    )
    found = finding(replace(s.wrong_port(), balancer=reading))
    body = " ".join(render(found).body.split())
    assert (
        "load-balancer not known missing: a reading of keybuzz-lb (Hetzner API:"
        " not_found) (renamed? 'lb-new' serves it: 203.0.113.20 is its public IPv4)"
    ) in body


def test_what_rules_out_several_causes_is_said_once() -> None:
    """The list is read at night."""
    body = render(finding(s.FAULTS["dns-stale-address"]())).body
    listed = body.partition("Ruled out:")[2].partition("\n\n")[0]
    sentence = "keybuzz-lb reports 5 of 5 targets healthy on port 443"
    assert " ".join(listed.split()).count(f": {sentence}") == 1
    assert "lb-no-healthy-target, lb-some-targets-unhealthy:" in " ".join(
        listed.split()
    )


def test_not_established_says_so_and_what_would_decide() -> None:
    """Nobody is accused; the missing observations are named."""
    blind = replace(s.wrong_port(), reports=(), sightings=())
    body = render(finding(blind)).body
    assert "not established" in body
    assert "What would decide: " in body
    assert "no agent has" in body


def test_the_resolved_mail_says_that_all_is_well_and_what_it_was() -> None:
    """It answers well now, how long it lasted, what it was blamed on."""
    began = finding(s.wrong_port())
    over = replace(
        began,
        state=State.RESOLVED,
        turn=Turn.RESOLVED,
        symptom=judge(s.healthy()).symptom,
        well_since=s.SINCE + timedelta(hours=2, minutes=5),
        judged_at=s.SINCE + timedelta(hours=2, minutes=10),
    )
    mail = render(over)
    assert mail.subject == (
        "[Parallax] RESOLVED platform-api: well again after 2 h 5 min"
        " (was lb-health-check-wrong-port)"
    )
    body = " ".join(mail.body.split())
    assert "platform-api (https://platform-api.keybuzz.io/) answers well again." in body
    assert "It lasted 2 h 5 min: from 2025-11-20 03:00:00 UTC to" in body
    assert (
        "blamed on the load balancer: \"The load balancer's health check uses the"
        ' wrong port" (lb-health-check-wrong-port).'
    ) in body
    assert "Now: 200 (1 of 1) from the internet" in body


def test_the_end_shows_the_path_as_it_is_now() -> None:
    """Read since it is well again; nothing of what was read while it failed."""
    rules, later = Rules(), s.NOW + timedelta(minutes=7)
    incident = None
    for x in (s.no_healthy_target(), recovered(s.NOW + MINUTE), recovered(later)):
        incident = advance(incident, judge(x), x, rules=rules)
    assert incident
    assert incident.finding
    assert incident.finding.turn is Turn.RESOLVED
    body = render(incident.finding).body
    assert "load-balancer ok        keybuzz-lb: 5 of 5 targets healthy" in body
    assert "FAULTY" not in body
    path = recovered(s.NOW + MINUTE, read=False)
    told = "missing: a reading of keybuzz-lb since the recovery"
    assert told in [h.seen for h in judge(path).path]


def recovered(at: datetime, *, read: bool = True) -> Snapshot:
    """Return the target well again since the minute after the failure's."""
    bad = s.run(s.LB_503)
    end = s.run(s.OK, at=s.NOW + MINUTE, investigated=False)
    newest = s.run(s.OK, at=at, investigated=False)
    balancer = s.balancer() if read else s.balancer(healthy=0)
    seen = replace(balancer, read_at=at if read else s.NOW)
    return s.taken(bad, end, newest, seen, *s.reports(at=at), taken_at=at)


def test_an_end_that_was_never_explained_says_so() -> None:
    """What was shown for a while is told, and accused of nothing."""
    blind = finding(replace(s.wrong_port(), reports=(), sightings=()))
    proof = Proof(cause="pod-answers-error", evidence=("x",), seen_at=s.SINCE)
    over = replace(blind, turn=Turn.RESOLVED, proof=proof)
    body = " ".join(render(over).body.split())
    assert "not established at the end; pod-answers-error was shown for a" in body
    assert "Now:" not in body


@pytest.mark.parametrize(
    ("turn", "trend", "word", "news"),
    [
        (Turn.FIRING, Trend.UNKNOWN, "DOWN", ""),
        (Turn.CAUSE_CHANGED, Trend.PROGRESS, "DOWN, CHANGED", "who is to blame."),
        (Turn.TREND_CHANGED, Trend.PROGRESS, "DOWN, PROGRESS", "get further"),
        (Turn.TREND_CHANGED, Trend.DECLINE, "DOWN, WORSE", "get less far"),
        (Turn.TREND_CHANGED, Trend.UNKNOWN, "DOWN, CHANGED", "another place"),
        (Turn.REMINDER, Trend.UNKNOWN, "STILL DOWN", "REMINDER: it is still down"),
    ],
)
def test_each_mail_says_what_it_is(
    turn: Turn, trend: Trend, word: str, news: str
) -> None:
    """The subject has the word, and the first line what is new."""
    first = finding(s.wrong_port())
    symptom = replace(first.symptom, trend=trend)
    mail = render(replace(first, turn=turn, symptom=symptom))
    assert mail.subject == (
        f"[Parallax] {word} platform-api (503):"
        " the load balancer's health check uses the wrong port"
    )
    assert news in mail.body.splitlines()[0]


def test_a_blind_mail_accuses_nobody_and_its_end_says_so() -> None:
    """Who is silent, what that means; then for how long."""
    dead = replace(s.healthy(), reports=s.healthy().reports[:4])
    silence = next(v.judgement for v in silences(dead) if v.judgement.class_)
    late = replace(dead, taken_at=s.NOW + timedelta(minutes=5))
    begun = advance(None, silence, dead, rules=Rules())
    fired = advance(begun, silence, late, rules=Rules())
    assert fired
    assert fired.finding
    blind = render(fired.finding)
    line = "[Parallax] BLIND keybuzz/agent: 1 of 5 agents silent: worker-05"
    assert blind.subject == line
    assert "PARALLAX IS BLIND (keybuzz/agent): 1 of 5 agents" in blind.body
    assert "TO BLAME" not in blind.body
    still = render(replace(fired.finding, turn=Turn.REMINDER))
    assert still.subject.startswith("[Parallax] STILL BLIND keybuzz/agent: ")
    over = render(replace(fired.finding, turn=Turn.RESOLVED))
    end = "[Parallax] RESOLVED keybuzz/agent: heard again after 5 min"
    assert over.subject == end
    assert "None" not in over.body


@pytest.mark.parametrize(
    ("gets", "said"),
    [
        ({"status_code": 200}, "answers 200, but not well, for users"),
        (
            {"status_code": None, "error_type": "connection_refused"},
            "gives no answer (connection refused) for users",
        ),
        ({"status_code": None, "error_type": None}, "does not answer well for users"),
    ],
)
def test_the_first_line_reads_well_whatever_users_get(
    gets: dict[str, object], said: str
) -> None:
    """A status that is no error, no answer at all, and nothing known."""
    first = finding(s.wrong_port())
    symptom = replace(first.symptom, **gets)  # type: ignore[arg-type]
    body = render(replace(first, symptom=symptom)).body
    assert f"https://platform-api.keybuzz.io/ {said}" in " ".join(body.split())


def test_the_mail_of_a_target_taken_out_claims_no_health() -> None:
    """It is said that nobody watches it any more, and nothing of how it is."""
    gone = replace(
        finding(s.wrong_port()),
        state=State.RESOLVED,
        turn=Turn.RESOLVED,
        cause=UNWATCHED,
        title="No longer watched; it was blamed on lb-no-target",
    )
    mail = render(gone)
    assert mail.subject == "[Parallax] RESOLVED platform-api: no-longer-watched"
    assert "platform-api is no longer watched" in mail.body
    assert "blamed on lb-no-target." in mail.body
    assert "works again" not in mail.body


def test_a_minority_inside_is_told_as_mostly() -> None:
    """One node in trouble is neither "it works" nor "inside too"."""
    x = s.wrong_port()
    bad = replace(
        x.reports[0],
        probes=tuple(
            replace(p, healthy=False, status_code=502) if p.role is Role.INGRESS else p
            for p in x.reports[0].probes
        ),
    )
    body = render(finding(replace(x, reports=(bad, *x.reports[1:])))).body
    told = "for users; inside the cluster it mostly works (9 of 10 probes)."
    assert told in " ".join(body.split())


def test_how_it_comes_is_told_with_counts_and_window() -> None:
    """Constant or intermittent, of how many, within which time, and whom it follows."""
    body = " ".join(render(finding(s.wrong_port())).body.split())
    assert "; constant: 11 of 11 failed in 20 s." in body
    body = " ".join(render(finding(s.out_of_step())).body.split())
    assert "; intermittent: 3 of 11 failed in 20 s." in body
    assert "https://platform-api.keybuzz.io/ answers 503 now and then for users" in body
    told = (
        "Follows: ingress replica ingress-1: 3 of 3 requests through ingress-1 failed,"
        " none of 10 elsewhere."
    )
    assert told in body


def test_progress_is_called_so() -> None:
    """504 before, 503 now."""
    before = s.run("haproxy/504_server_timeout", investigated=False)
    later = s.SINCE + timedelta(minutes=1)
    x = s.taken(
        before, s.run(s.LB_503, at=later), taken_at=later + timedelta(seconds=30)
    )
    body = " ".join(render(finding(x)).body.split())
    assert "Trend: progress: requests get further than before: 504 by the" in body


def test_advice_stands_at_the_end_under_its_own_heading() -> None:
    """It is no part of the failure, and comes after all that is."""
    x = s.wrong_port()
    assert x.run
    cert = Certificate(
        subject="a", issuer="Test CA", not_after=s.NOW + timedelta(days=2)
    )
    probes = tuple(replace(p, certificate=cert) for p in x.run.probes)
    body = render(finding(replace(x, run=replace(x.run, probes=probes)))).body
    heading = body.index("Advice, apart from this failure:")
    assert heading > body.index("Ruled out:")
    assert "The certificate expires in 2 days: renew it now" in body[heading:]


@pytest.mark.parametrize("turn", Turn)
@pytest.mark.parametrize("cause", s.FAULTS)
def test_no_name_in_a_mail_controls_its_reader(cause: str, turn: Turn) -> None:
    """Every text of the finding is hostile; the mail has the lines that it had."""
    sent = finding(s.FAULTS[cause]())
    proof = Proof(cause=sent.cause, evidence=("seen",), seen_at=sent.judged_at)
    sent = replace(sent, turn=turn, proof=proof, well_since=sent.judged_at)
    mail = render(poisoned(sent))
    assert plain_line(mail.subject) == mail.subject
    assert plain(mail.body) == mail.body
    assert "INJECTED" in mail.body
    assert first_words(mail.body, "    ") == first_words(render(sent).body, "    ")
    ids, plain_ids = (
        text.rpartition("\n-- \n")[2].splitlines()
        for text in (mail.body, render(sent).body)
    )
    assert [line.split()[0] for line in ids] == [line.split()[0] for line in plain_ids]


def first_words(body: str, indent: str) -> list[str]:
    """Return the programs of the commands in a mail."""
    lines = [line for line in body.splitlines() if line.startswith(indent)]
    words = [line.split()[0] for line in lines]
    return [word for word in words if word in {"kubectl", "hcloud", "curl", "openssl"}]
