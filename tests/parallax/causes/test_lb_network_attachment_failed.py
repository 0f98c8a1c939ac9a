"""Specification of `lb-network-attachment-failed`."""

from dataclasses import replace

from parallax.causes.lb_network_attachment_failed import CAUSE
from parallax.diagnose.judge import judge
from parallax.model.judgement import Answer
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def changed(*, own: bool | None, targets: bool | None = False) -> Snapshot:
    """Return the scenario with these states of the attachments."""
    x = e.attachment_error()
    assert x.balancer
    found = e.changed(x.balancer, attachment_failed=own)
    found = e.with_targets(found, attachment_failed=targets)
    return replace(x, balancer=found)


def test_the_balancer_s_attachment_in_error_is_named() -> None:
    """It is detached and attached again with the same address."""
    judgement = judge(e.attachment_error())
    assert judgement.cause == CAUSE.id
    command = judgement.next_steps[0].command or ""
    assert "detach-from-network keybuzz-lb --network 4711" in command
    assert "attach-to-network keybuzz-lb --network 4711 --ip 10.0.0.5" in command


def test_every_target_s_attachment_in_error_is_named_too() -> None:
    """The first server is named in the step."""
    judgement = judge(changed(own=False, targets=True))
    assert judgement.cause == CAUSE.id
    assert "hcloud server detach-from-network" in (
        judgement.next_steps[0].command or ""
    )


def test_attachments_in_order_refute_it() -> None:
    """No member of the network has the status error."""
    assert answer(CAUSE, changed(own=False)) is Answer.REFUTED


def test_unread_attachments_leave_it_open() -> None:
    """Older readings have no such field."""
    assert answer(CAUSE, changed(own=None)) is Answer.UNKNOWN


def test_a_timeout_in_such_a_network_is_not_a_firewall() -> None:
    """Both are supported; the attachment explains the other."""
    x = e.attachment_error()
    assert x.balancer
    timed_out = replace(x, balancer=s.detailed(x.balancer, "layer4_timeout"))
    judgement = judge(timed_out)
    assert judgement.cause == CAUSE.id
    by = {a.cause: a.explained_by for a in judgement.assessments}
    assert by["node-firewall-blocks-load-balancer"] == CAUSE.id
