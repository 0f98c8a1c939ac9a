"""Specification of the mail: `parallax.notify.mail`."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from parallax.causes import CAUSES
from parallax.diagnose.judge import judge
from parallax.diagnose.silence import silences
from parallax.model.balancer import BalancerReading, Problem
from parallax.model.cluster import Pod
from parallax.model.finding import (
    Finding,
    NotificationReason,
    Proof,
    SnapshotRef,
    State,
)
from parallax.model.judgement import (
    NOT_ESTABLISHED,
    UNWATCHED,
    Answer,
    Assessment,
    Class,
    NextStep,
    Trend,
)
from parallax.model.plain import plain, plain_line
from parallax.model.probe import Certificate, Role
from parallax.model.snapshot import Snapshot
from parallax.notify.event import cloud_event
from parallax.notify.mail.cause import lacking
from parallax.notify.mail.path import LABELS
from parallax.notify.mail.subject import LIMIT
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s
from tests.parallax.hostile import is_safe, poisoned
from tests.parallax.pieces import MINUTE
from tests.parallax.rendered import mail_of


def finding(snapshot: Snapshot) -> Finding:
    """Return the first finding of a snapshot's incident."""
    incident = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert incident
    assert incident.finding
    return incident.finding


@pytest.mark.parametrize("cause", s.FAULTS)
def test_each_mail_fits_a_phone(cause: str) -> None:
    """A subject of one line, impact, cause and command soon, few lines in all."""
    mail = mail_of(finding(s.FAULTS[cause]()))
    assert len(mail.subject) <= LIMIT
    assert s.TARGET.name in mail.subject[:40]
    lines = mail.body.splitlines()
    assert "RUN THIS NEXT" in lines[:12]
    assert len(lines) <= 56


def test_the_mail_has_the_essentials_in_order() -> None:
    """What users get, since when, the cause, the command, the path, the evidence."""
    body = mail_of(finding(s.wrong_port())).body
    wanted = [
        "Users get 503 from https://platform-api.keybuzz.io/. Inside the cluster it",
        "Since 03:00:00 UTC (40 s ago). Constant: 11 of 11 external requests",
        "CAUSE (the load balancer, established)",
        "the health check uses port 30081, but the ingress listens on port 31695.",
        "RUN THIS NEXT",
        (
            "\nhcloud load-balancer update-service keybuzz-lb --listen-port 443"
            " --health-check-port 31695\n"
        ),
        "PATH  dns ok > load-balancer FAULTY > ",
        "\nload-balancer: keybuzz-lb: 5 of 5 targets unhealthy",
        "\nWHY\n- ",
        "\nRULED OUT: ",
        "\nTHEN\n2. ",
        "\nRESPONSE (03:00:00 UTC) 503 Service Unavailable",
        "\nTIMELINE (UTC)\n",
        "03:00:00 first failed probe",
        "\n-- \n",
        "Next mail: on a change, on recovery (healthy for 5 min), or at 09:00 UTC.",
        "\nseverity critical · incident ",
        " · finding ",
    ]
    places = [body.find(text) for text in wanted]
    missing = [text for text, at in zip(wanted, places, strict=True) if at < 0]
    assert missing == []
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("cause", "who"),
    [
        ("dns-stale-address", "DNS"),
        ("cdn-cannot-reach-origin", "the CDN or cache"),
        ("lb-no-target", "the load balancer"),
        (
            "node-firewall-blocks-load-balancer",
            "the network from the load balancer to the nodes",
        ),
        ("overlay-between-nodes-broken", "the network between nodes"),
        ("pods-not-ready", "the pods"),
    ],
)
def test_the_cause_has_its_component(cause: str, who: str) -> None:
    """It is not "a cache or DNS" if one of them is certain; the path agrees."""
    body = mail_of(finding(s.FAULTS[cause]())).body
    assert f"CAUSE ({who}, established)" in body
    known = next(c for c in CAUSES if c.id == cause)
    assert f"{LABELS.get(known.hop, known.hop.value)} FAULTY" in body


def test_the_reason_is_with_the_cause_and_in_the_event() -> None:
    """Its id, its meaning, and the sentence with the real names."""
    pod = Pod(
        name="keybuzz-api-7c9",
        phase="Pending",
        unscheduled="0/3 nodes are available: 3 Insufficient memory.",
    )
    found = finding(s.with_reading(s.without_endpoints(), pods=(pod,)))
    body = mail_of(found).body
    head = body.partition("RUN THIS NEXT")[0]
    assert "Reason: insufficient-memory (no node has enough free memory" in head
    assert (
        "pod keybuzz-api-7c9 cannot be scheduled: 0/3 nodes are available: 3"
        " Insufficient memory"
    ) in body
    assert cloud_event(found)["data"]["reason"] == "insufficient-memory"


def test_a_true_cause_is_listed_with_its_reason() -> None:
    """The level below it, as for the named cause."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    inside = s.reports(ingress=s.INGRESS_503, ready=0)
    body = mail_of(finding(s.taken(outside, s.without_targets(), *inside))).body
    listed = body.partition("ALSO TRUE")[2]
    title = "- The pods behind the Service are not ready (pods-not-ready, because of"
    assert f"{title} crash-loop): Service" in listed


def test_a_true_cause_is_listed_with_its_explanation() -> None:
    """That no target is healthy is a consequence; its evidence is that of the cause."""
    body = mail_of(finding(s.wrong_port())).body
    text = "The load balancer has no healthy target, but nodes respond"
    line = f"ALSO TRUE, as a consequence: {text} (lb-no-healthy-target)."
    assert f"\n{line}\n" in body
    assert body.count("lb-no-healthy-target") == 1


def test_a_missing_balancer_reading_has_its_reason() -> None:
    """A reader of the mail does not need the journal for the reason."""
    reading = BalancerReading(
        target=s.TARGET.name,
        read_at=s.NOW,
        problem=Problem.NOT_FOUND,
        problem_detail="renamed? 'lb-new' serves it: 203.0.113.20 is its public IPv4",
    )
    found = finding(replace(s.wrong_port(), balancer=reading))
    body = " ".join(mail_of(found).body.split())
    assert (
        "load-balancer: not available: Hetzner API data of keybuzz-lb"
        " (not_found) (renamed? 'lb-new' serves it: 203.0.113.20 is its public IPv4)"
    ) in body


def test_the_nearest_other_causes_are_listed_and_the_rest_is_counted() -> None:
    """Those at the same hop are the ones that a reader thinks of."""
    body = mail_of(finding(s.wrong_port())).body
    line = next(x for x in body.splitlines() if x.startswith("RULED OUT: "))
    listed = line.removeprefix("RULED OUT: ").split("? No: ")
    assert len(listed) == 4
    assert all("oad balancer" in text for text in listed[:3])
    assert re.search(r" \d+ more in `parallax judge`\. Not determined: \d+, in", line)


def test_causes_of_hops_that_no_request_passes_come_last() -> None:
    """Nobody needs to read first that a CDN is not at fault where none is."""
    body = mail_of(finding(s.FAULTS["dns-stale-address"]())).body
    listed = body[body.index("\nRULED OUT") : body.index("\nRESPONSE")]
    assert "CDN" not in listed
    assert "A cache serves an old error" not in listed


def test_an_undetermined_cause_is_named() -> None:
    """With what is missing, while no cause is established."""
    one = Assessment(
        cause="lb-no-target",
        answer=Answer.UNKNOWN,
        evidence=("1 of 2 pods runs",),
        missing=("a log line",),
    )
    found = replace(finding(s.wrong_port()), assessments=(one,))
    question = "\nNOT DETERMINED: The load balancer has no targets?"
    assert "\nNot determined: 1, in `parallax judge`.\n" in mail_of(found).body
    still = replace(found, cause=NOT_ESTABLISHED)
    assert f"{question} Not known: a log line.\n" in mail_of(still).body


def test_not_established_states_what_is_known_and_what_remains() -> None:
    """No component is blamed; observation, candidates, what is missing, the command."""
    blind = replace(s.wrong_port(), reports=(), sightings=())
    body = mail_of(finding(blind)).body
    assert (
        "CAUSE (not established)\n"
        "Observed: the load balancer (haproxy) responded 503 (11 of 11 external"
    ) in body
    assert "\nSTILL POSSIBLE\n- " in body
    assert "Missing: " in body
    assert lacking("whether a firewall drops it").startswith("Not known: whether")
    assert body.index("RUN THIS NEXT") < body.index("PATH  ")


def test_not_established_of_an_earlier_release_lists_the_missing_evidence() -> None:
    """A stored finding without a lead stays readable."""
    blind = replace(s.wrong_port(), reports=(), sightings=())
    body = mail_of(replace(finding(blind), lead=None)).body
    assert "Missing evidence: " in body
    assert "no agent has" in body


def test_the_resolved_mail_has_duration_and_cause() -> None:
    """The recovery, how long it lasted, and what the cause was."""
    began = finding(s.wrong_port())
    over = replace(
        began,
        state=State.RESOLVED,
        turn=NotificationReason.RESOLVED,
        symptom=judge(s.healthy()).symptom,
        well_since=s.SINCE + timedelta(hours=2, minutes=5),
        judged_at=s.SINCE + timedelta(hours=2, minutes=10),
    )
    mail = mail_of(over)
    assert mail.subject == (
        "RESOLVED platform-api after 2 h 5 min (was lb-health-check-wrong-port)"
    )
    body = " ".join(mail.body.split())
    assert "platform-api (https://platform-api.keybuzz.io/) has recovered." in body
    assert "It lasted 2 h 5 min, from 2025-11-20 03:00:00 UTC to" in body
    assert (
        "The cause was the load balancer: \"The load balancer's health check uses the"
        ' wrong port" (lb-health-check-wrong-port).'
    ) in body
    assert "Now: from the internet: 200 (1 of 1)" in body


def test_the_resolved_mail_has_the_present_path() -> None:
    """It has readings since the recovery only, none of the failure."""
    rules, later = Rules(), s.NOW + timedelta(minutes=7)
    incident = None
    for x in (s.no_healthy_target(), recovered(s.NOW + MINUTE), recovered(later)):
        incident = advance(incident, judge(x), x, rules=rules)
    assert incident
    assert incident.finding
    assert incident.finding.turn is NotificationReason.RESOLVED
    body = mail_of(incident.finding).body
    assert "dns ok > load-balancer ok > " in body
    assert "FAULTY" not in body
    path = recovered(s.NOW + MINUTE, read=False)
    sentence = "not available: Hetzner API data of keybuzz-lb since the recovery"
    assert sentence in [h.seen for h in judge(path).path]


def recovered(at: datetime, *, read: bool = True) -> Snapshot:
    """Return the target, recovered one minute after the failure."""
    bad = s.run(s.LB_503)
    end = s.run(s.OK, at=s.NOW + MINUTE, investigated=False)
    newest = s.run(s.OK, at=at, investigated=False)
    balancer = s.balancer() if read else s.balancer(healthy=0)
    seen = replace(balancer, read_at=at if read else s.NOW)
    return s.taken(bad, end, newest, seen, *s.reports(at=at), taken_at=at)


def test_an_end_without_a_cause_has_the_earlier_evidence() -> None:
    """The earlier evidence is mentioned without blame."""
    blind = finding(replace(s.wrong_port(), reports=(), sightings=()))
    proof = Proof(cause="pod-answers-error", evidence=("x",), seen_at=s.SINCE)
    over = replace(blind, turn=NotificationReason.RESOLVED, proof=proof)
    body = " ".join(mail_of(over).body.split())
    assert (
        "The cause was not established. Earlier evidence showed pod-answers-error."
        in body
    )
    assert "Now: " not in body


@pytest.mark.parametrize(
    ("turn", "trend", "word", "news"),
    [
        (NotificationReason.FIRING, Trend.UNKNOWN, "DOWN", ""),
        (
            NotificationReason.CAUSE_CHANGED,
            Trend.PROGRESS,
            "DOWN, CHANGED",
            "CHANGED: the cause is now lb-health-check-wrong-port.",
        ),
        (
            NotificationReason.TREND_CHANGED,
            Trend.PROGRESS,
            "DOWN, PROGRESS",
            "get further",
        ),
        (
            NotificationReason.TREND_CHANGED,
            Trend.DECLINE,
            "DOWN, WORSE",
            "fail at an earlier hop",
        ),
        (
            NotificationReason.TREND_CHANGED,
            Trend.UNKNOWN,
            "DOWN, CHANGED",
            "fail at a different hop",
        ),
        (
            NotificationReason.REMINDER,
            Trend.UNKNOWN,
            "STILL DOWN",
            "REMINDER: still failing, for 40 s.",
        ),
    ],
)
def test_each_mail_starts_with_its_reason(
    turn: NotificationReason, trend: Trend, word: str, news: str
) -> None:
    """The subject has the state, and the first line has the change."""
    first = finding(s.wrong_port())
    symptom = replace(first.symptom, trend=trend)
    mail = mail_of(replace(first, turn=turn, symptom=symptom))
    assert mail.subject.startswith(f"{word} platform-api 503: LB's health check ")
    assert news in mail.body.splitlines()[0]


def test_a_blind_mail_blames_no_component() -> None:
    """It has the silent source and the meaning; the end has the duration."""
    dead = replace(s.healthy(), reports=s.healthy().reports[:4])
    silence = next(v.judgement for v in silences(dead) if v.judgement.class_)
    late = replace(dead, taken_at=s.NOW + timedelta(minutes=5))
    begun = advance(None, silence, dead, rules=Rules())
    fired = advance(begun, silence, late, rules=Rules())
    assert fired
    assert fired.finding
    blind = mail_of(fired.finding)
    line = "BLIND keybuzz/agent: 1 of 5 agents not reporting: worker-05"
    assert blind.subject == line
    assert "PARALLAX IS BLIND (keybuzz/agent): 1 of 5 agents" in blind.body
    assert "CAUSE" not in blind.body
    still = mail_of(replace(fired.finding, turn=NotificationReason.REMINDER))
    assert still.subject.startswith("STILL BLIND keybuzz/agent: ")
    over = mail_of(replace(fired.finding, turn=NotificationReason.RESOLVED))
    end = "RESOLVED keybuzz/agent after 5 min"
    assert over.subject == end
    assert "None" not in over.body


@pytest.mark.parametrize(
    ("gets", "phrase"),
    [
        (
            {"status_code": 200},
            "Users get 200 from https://platform-api.keybuzz.io/, which is not a ",
        ),
        (
            {"status_code": None, "error_type": "connection_refused"},
            "Users get no response from https://platform-api.keybuzz.io/ (connection ",
        ),
        (
            {"status_code": None, "error_type": None},
            "Users get no response from https://platform-api.keybuzz.io/.",
        ),
    ],
)
def test_the_first_line_is_a_sentence_for_any_response(
    gets: dict[str, object], phrase: str
) -> None:
    """A status that is not an error, no response, and an unknown result."""
    first = finding(s.wrong_port())
    symptom = replace(first.symptom, **gets)  # type: ignore[arg-type]
    body = mail_of(replace(first, symptom=symptom)).body
    assert body.startswith(phrase)


def test_the_mail_of_a_removed_target_claims_no_health() -> None:
    """It states that the target is not watched any more, and not its state."""
    gone = replace(
        finding(s.wrong_port()),
        state=State.RESOLVED,
        turn=NotificationReason.RESOLVED,
        cause=UNWATCHED,
        title="No longer watched; its last cause was lb-no-target",
    )
    mail = mail_of(gone)
    assert mail.subject == "RESOLVED platform-api: no longer watched"
    assert "platform-api is no longer in the targets file" in mail.body
    assert "its last cause was lb-no-target." in mail.body
    assert "works again" not in mail.body


def test_a_cause_of_some_resolvers_affects_only_their_users() -> None:
    """The same mail reports that users of the other resolvers are served."""
    body = mail_of(
        replace(finding(s.no_healthy_target()), cause="dns-resolvers-disagree")
    ).body
    assert body.startswith("Users of some resolvers get 503")


def test_few_failures_inside_are_mostly_working() -> None:
    """One failing node is neither "it works" nor a failure inside."""
    x = s.wrong_port()
    bad = replace(
        x.reports[0],
        probes=tuple(
            replace(p, healthy=False, status_code=502) if p.role is Role.INGRESS else p
            for p in x.reports[0].probes
        ),
    )
    body = mail_of(finding(replace(x, reports=(bad, *x.reports[1:])))).body
    sentence = "Inside the cluster it mostly works (9 of 10 probes)."
    assert sentence in " ".join(body.split())


def test_the_constancy_has_counts_and_window() -> None:
    """Constant or intermittent, the counts, the time, and what failures follow."""
    body = " ".join(mail_of(finding(s.wrong_port())).body.split())
    assert "). Constant: 11 of 11 external requests within 20 s failed." in body
    body = " ".join(mail_of(finding(s.out_of_step())).body.split())
    assert (
        "). Intermittent: 3 of 11 external requests within 20 s failed, 8 succeeded."
        in body
    )
    assert body.startswith("Some users get 503 from")
    sentence = (
        "Failures follow ingress replica ingress-1: 3 of 3 requests through ingress-1"
        " failed, none of 10 elsewhere."
    )
    assert sentence in body


def test_the_trend_is_a_sentence() -> None:
    """504 before, 503 now."""
    before = s.run("haproxy/504_server_timeout", investigated=False)
    later = s.SINCE + timedelta(minutes=1)
    x = s.taken(
        before, s.run(s.LB_503, at=later), taken_at=later + timedelta(seconds=30)
    )
    body = " ".join(mail_of(finding(x)).body.split())
    assert (
        "Trend: requests now get further (before: 504 at load-balancer; now: 503"
        in body
    )


def test_advice_is_at_the_end_with_its_own_heading() -> None:
    """It is not part of the failure, so it comes last."""
    x = s.wrong_port()
    assert x.run
    cert = Certificate(
        subject="a", issuer="Test CA", not_after=s.NOW + timedelta(days=2)
    )
    probes = tuple(replace(p, certificate=cert) for p in x.run.probes)
    body = mail_of(finding(replace(x, run=replace(x.run, probes=probes)))).body
    heading = body.index("\nADVICE\n")
    assert heading > body.index("RULED OUT: ")
    assert "The certificate expires in 2 days: renew it now" in body[heading:]


REFERENCE = SnapshotRef(
    url=f"s3://parallax-snapshots/snapshots/2026-11-30/{'0' * 64}.json.gz",
    sha256="0" * 64,
    bytes=17_000,
)


@pytest.mark.parametrize("turn", NotificationReason)
def test_the_command_that_judges_again_names_the_stored_snapshot(
    turn: NotificationReason,
) -> None:
    """It comes after the evidence, on a line of its own that can be pasted."""
    sent = finding(s.wrong_port())
    run = sent.snapshot and sent.snapshot.run
    assert run
    sent = replace(sent, turn=turn, snapshot=None, snapshot_ref=REFERENCE)
    lines = mail_of(replace(sent, well_since=sent.judged_at)).body.splitlines()
    assert f"parallax judge {REFERENCE.url}" in lines
    assert lines.index("-- ") < lines.index("All observations and answers:")
    assert f"first request {run.first.request_id} (X-Request-Id)" in lines[-1]


def test_a_mail_without_a_stored_snapshot_states_why() -> None:
    """Nobody looks for an object that does not exist."""
    problem = "The snapshot was not stored: S3 did not respond within 3 seconds."
    lost = replace(finding(s.wrong_port()), snapshot=None, snapshot_problem=problem)
    body = mail_of(lost).body
    assert f"\n{problem}\n" in body
    assert "parallax judge s3" not in body
    assert "parallax judge s3" not in mail_of(finding(s.wrong_port())).body


def test_a_blind_mail_has_the_address_without_the_command() -> None:
    """The command would judge the target, not the source that is silent."""
    blind = finding(s.wrong_port())
    blind = replace(blind, class_=Class.MONITOR, snapshot=None, snapshot_ref=REFERENCE)
    body = mail_of(blind).body
    assert f"\n{REFERENCE.url}\n" in body
    assert "parallax judge s3" not in body


@pytest.mark.parametrize("turn", NotificationReason)
@pytest.mark.parametrize("cause", s.FAULTS)
def test_no_name_in_a_mail_controls_its_reader(
    cause: str, turn: NotificationReason
) -> None:
    """Every text of the finding is hostile; the mail's lines do not change."""
    sent = finding(s.FAULTS[cause]())
    proof = Proof(cause=sent.cause, evidence=("seen",), seen_at=sent.judged_at)
    sent = replace(sent, turn=turn, proof=proof, well_since=sent.judged_at)
    mail = mail_of(poisoned(sent))
    assert plain_line(mail.subject) == mail.subject
    assert plain(mail.body) == mail.body
    assert "INJECTED" in mail.body
    assert first_words(mail.body) == first_words(mail_of(sent).body)
    assert is_safe(mail.body)


def first_words(body: str) -> list[str]:
    """Return the programs of the commands in a mail."""
    words = [line.split()[0] for line in body.splitlines() if line]
    return [word for word in words if word in {"kubectl", "hcloud", "curl", "openssl"}]


def test_an_alternative_stands_at_the_first_step_and_not_among_the_next() -> None:
    """Nobody does both."""
    steps = (
        NextStep(text="Fix it.", command="fix"),
        NextStep(text="Look.", command="look"),
        NextStep(text="Fix it elsewhere.", command="other", alternative=True),
    )
    body = mail_of(replace(finding(s.wrong_port()), next_steps=steps)).body
    first = body.partition("RUN THIS NEXT\n")[2].partition("\n\nPATH")[0]
    assert first == "Fix it.\nfix\nor instead:\nFix it elsewhere.\nother"
    assert "\n\nTHEN\n2. Look.\nlook\n\n" in body
