"""Specification of `lb-address-blocked`."""

from dataclasses import replace

from parallax.causes.lb_address_blocked import CAUSE
from parallax.diagnose.judge import judge
from parallax.model.judgement import Answer
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def with_blocked(snapshot: Snapshot, *addresses: str) -> Snapshot:
    """Return the snapshot with these addresses blocked."""
    assert snapshot.balancer
    found = e.changed(snapshot.balancer, blocked_addresses=addresses)
    return replace(snapshot, balancer=found)


def test_a_blocked_address_that_gives_no_connection_is_named() -> None:
    """The API reports the block, and users time out."""
    judgement = judge(e.address_blocked())
    assert judgement.cause == CAUSE.id
    see, _ = judgement.next_steps
    assert see.text == f"Check that Hetzner blocks {e.OWN}."
    assert (see.command or "").startswith("hcloud load-balancer describe keybuzz-lb")


def test_an_address_that_accepts_connections_is_not_blocked() -> None:
    """Also where an older reading does not state it."""
    assert answer(CAUSE, s.wrong_port()) is Answer.REFUTED
    assert answer(CAUSE, with_blocked(s.wrong_port(), e.OWN)) is Answer.REFUTED


def test_no_blocked_address_refutes_it() -> None:
    """The API states it for each address."""
    assert answer(CAUSE, with_blocked(e.address_blocked())) is Answer.REFUTED


def test_an_older_reading_leaves_a_timeout_open() -> None:
    """It has no such field."""
    x = e.address_blocked()
    assert x.balancer
    older = e.changed(x.balancer, blocked_addresses=None)
    assert answer(CAUSE, replace(x, balancer=older)) is Answer.UNKNOWN


def test_another_blocked_address_does_not_explain_it() -> None:
    """Users connect to one that is not blocked."""
    x = with_blocked(e.address_blocked(), "2001:db8::20")
    assert answer(CAUSE, x) is Answer.UNKNOWN
