"""Specification of the mail of a group: what it states, and what it does not claim."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parallax.model.alert import Alert
from parallax.model.finding import NotificationReason
from parallax.model.judgement import NOT_ESTABLISHED, UNWATCHED, Difference
from parallax.model.place import Place, PlaceKind
from parallax.notify.mail import render
from parallax.notify.mail.scope import place, targets
from tests.parallax.notify.mail.drawn import (
    OTHER,
    acknowledged,
    forty,
    grown,
    left,
    merged,
    mixed,
    pending,
    resolved,
    turned,
    two,
)


def first_line(alert: Alert) -> str:
    """Return what users get, as the mail states it first."""
    return render(alert).body.splitlines()[0]


def test_two_targets_have_one_impact() -> None:
    """The response, how many of how many, where, and what is true inside."""
    assert first_line(two()) == (
        "Users get 503 from 2 of 2 URLs on keybuzz-lb. Inside the cluster both respond."
    )


def test_different_responses_are_counted() -> None:
    """The most frequent first; inside, what is not known is not claimed."""
    assert first_line(forty()) == (
        "Users get errors from 40 of 41 URLs on keybuzz-lb: 503 from 35, no response"
        " (timeout) from 4, 502 from 1. Inside the cluster 37 respond, 1 fails too, 2"
        " are not known. 2 of the 40 are not confirmed yet."
    )


def test_a_failure_on_both_sides_and_an_unknown_one_are_stated() -> None:
    """Nobody is sent to the load balancer if the cluster fails too."""
    both = tuple(replace(m, difference=Difference.BOTH) for m in two().members)
    assert "They fail inside the cluster too." in first_line(
        replace(two(), members=both)
    )
    old = tuple(replace(m, difference=Difference.UNKNOWN) for m in two().members)
    assert "What requests get inside the cluster is not known." in first_line(
        replace(two(), members=old)
    )


def test_a_pending_incident_is_marked() -> None:
    """It fails at the same place, and nobody has confirmed it."""
    body = render(pending()).body
    assert "1 of the 2 is not confirmed yet." in body
    assert "shop-001  503  since 03:00:01  not confirmed yet  https://" in body


def test_a_confirmed_failure_without_a_cause_is_not_called_unconfirmed() -> None:
    """It is in a group without a cause, and its evidence is still to come."""
    waiting = (replace(m, cause=NOT_ESTABLISHED) for m in pending().pending)
    body = render(replace(pending(), pending=tuple(waiting))).body
    assert "not confirmed" not in body
    assert "since 03:00:01  cause not established yet  https://" in body


def test_a_member_with_another_cause_shows_it() -> None:
    """And those that are not listed are counted."""
    one, other = two().members
    odd = replace(two(), members=(one, replace(other, cause="pods-not-ready")))
    assert "  own cause: pods-not-ready  " in render(odd).body
    assert "and 35 more, 1 of them with another cause" in render(forty()).body


def test_a_target_without_an_incident_is_not_said_to_work() -> None:
    """The names of a few of them, by the place that they share."""
    line = (
        "Not affected (no open incident): 3 URLs on lb-2 (docs, blog, status);"
        " 1 URL on keybuzz-lb (search)."
    )
    assert line in render(forty()).body.splitlines()
    assert "Not affected" not in render(replace(forty(), unaffected=())).body


def test_a_group_is_intermittent_only_if_each_target_is() -> None:
    """One of two fails constantly."""
    mail = render(mixed())
    assert mail.subject.startswith("DOWN 2 of 2 URLs")
    assert "shop-001  503 at times  since" in mail.body


def test_growth_states_the_number_of_the_last_mail() -> None:
    """In the subject and in the first line; who recovered meanwhile."""
    mail = render(grown())
    assert mail.subject.startswith("DOWN 40 of 41 URLs on keybuzz-lb (was 2): ")
    assert mail.body.startswith("GROWN: 40 URLs fail now, 2 at the last mail.\n")
    assert "\nRecovered: wiki, forum.\n" in mail.body


def test_other_targets_than_at_the_last_mail_are_no_growth() -> None:
    """Their number is not larger; those of the last mail recovered."""
    mail = render(replace(grown(), was=40))
    first = "CHANGED: the failing URLs differ from those of the last mail.\n"
    assert mail.body.startswith(first)


def test_growth_after_an_acknowledgment_states_that_it_may_not_cover_it() -> None:
    """Somebody works on the earlier targets."""
    done = acknowledged().acknowledged
    body = " ".join(render(replace(grown(), acknowledged=done)).body.split())
    assert "Acknowledged by mina@example.com at" in body
    assert "That may not cover each URL of this mail." in body
    assert "That may not cover" not in render(acknowledged()).body


def test_who_moved_has_not_recovered() -> None:
    """Neither the subject nor the body counts it."""
    mail = render(resolved())
    assert mail.subject.startswith("RESOLVED 2 URLs on keybuzz-lb after 2 h 5 min")
    assert mail.body.startswith(
        "2 URLs on keybuzz-lb recovered: shop-001, platform-api. In another"
        " incident now, not recovered: shop-002.\n"
    )


def test_the_last_target_may_be_one_that_nobody_watches_any_more() -> None:
    """Its state is not claimed; those before it did recover."""
    alert = resolved()
    found = replace(alert.finding, cause=UNWATCHED, title="No longer watched")
    body = render(replace(alert, finding=found)).body
    assert "Whether it works is unknown." in body
    assert "Recovered before: shop-001." in body
    assert "has recovered" not in body


def test_a_merger_names_the_other_incident_and_what_to_do() -> None:
    """The target still fails, and no other mail may come."""
    mail = render(merged())
    assert mail.subject == (
        "MERGED platform-api into incident 77aa01c2: LB has no targets"
    )
    assert first_line(merged()).startswith(
        "STILL FAILING: platform-api is now part of incident 77aa01c2"
    )
    assert "Users get 503 from https://platform-api.keybuzz.io/" in mail.body
    assert "RUN THIS NEXT" not in mail.body
    assert "Next mail" not in mail.body
    assert " · was lb-health-check-wrong-port · " in mail.body


def test_a_target_that_left_a_group_names_it() -> None:
    """Its reader may have read the mail of that incident."""
    line = f"Before, platform-api failed by another cause, in incident {OTHER[:8]}."
    assert line in render(left()).body.splitlines()[:8]


def test_an_acknowledged_group_has_no_reminder() -> None:
    """Who, and since when."""
    body = render(acknowledged()).body
    assert "\nAcknowledged by mina@example.com at 03:03 UTC.\n" in body
    assert "Next mail: on a change, or on recovery (healthy for 5 min). No re" in body


def test_an_old_judgement_has_its_time() -> None:
    """A reminder does not present the evidence of hours ago as new."""
    late = turned(two(), NotificationReason.REMINDER, timedelta(hours=6))
    assert (
        "The evidence is of 03:00:40 UTC. State and cause are the same since then."
    ) in render(late).body
    assert "The evidence is of" not in render(two()).body


@pytest.mark.parametrize(
    ("kind", "name", "long", "short"),
    [
        (PlaceKind.LOAD_BALANCER, "lb-1", "on lb-1", "on lb-1"),
        (PlaceKind.CLUSTER, "shop", "in cluster shop", "in cluster shop"),
        (
            PlaceKind.INGRESS,
            "shop: web/nginx",
            "behind ingress web/nginx of cluster shop",
            "behind ingress nginx",
        ),
        (
            PlaceKind.SERVICE,
            "shop: web/api",
            "of Service web/api of cluster shop",
            "of Service api",
        ),
        (PlaceKind.ZONE, "a.example", "in zone a.example", "in zone a.example"),
        (PlaceKind.TARGET, "front", "", ""),
    ],
)
def test_a_place_is_a_phrase(kind: PlaceKind, name: str, long: str, short: str) -> None:
    """A subject has the object's own name only."""
    where = Place(kind=kind, name=name)
    assert place(where) == long
    assert place(where, short=True) == short


def test_the_number_of_watched_targets_is_stated_only_if_it_can_be_right() -> None:
    """Fewer than fail: the targets file has changed."""
    assert targets(replace(two(), watched=None)) == "2 URLs on keybuzz-lb"
    assert targets(replace(two(), watched=1)) == "2 URLs on keybuzz-lb"
    assert targets(replace(two(), watched=7)) == "2 of 7 URLs on keybuzz-lb"


def test_a_muted_alert_says_so() -> None:
    """Systems that get the event may forward its mail."""
    assert (
        "Muted: this alert was not mailed."
        in render(replace(resolved(), muted=True)).body
    )


def test_responses_that_break_a_rule_are_told_apart_from_errors() -> None:
    """A 200 alone would look like a success."""
    slow = tuple(
        replace(m, status_code=200, unmet="slower than 2 s") for m in two().members
    )
    assert first_line(replace(two(), members=slow)).startswith(
        "Users get 200 (slower than 2 s) from 2 of 2 URLs"
    )
