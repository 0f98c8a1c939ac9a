"""Broken rule: snapshots in which complete responses break the target's health rule.

In: a snapshot. Out: the same, where users or pods get 200 that is wrong or slow.
"""

from collections.abc import Callable
from dataclasses import replace

from parallax.model.probe import AS_A_USER, Check, Probe, Role, Unmet
from parallax.model.snapshot import Snapshot
from parallax.model.target import Healthy
from parallax.rule import digest

CONTENT = Unmet(check=Check.BODY, text="the body lacks 'ok'")
SLOW = Unmet(check=Check.SECONDS, text="slower than 2 s")
RULE = Healthy(body_contains="ok", body_lacks=("error",), max_seconds=2.0)


def broken(probe: Probe, unmet: Unmet) -> Probe:
    """Return a probe that got a complete 200, which the target's rule does not take."""
    return Probe(
        role=probe.role,
        request_id=probe.request_id,
        url=probe.url,
        started_at=probe.started_at,
        healthy=False,
        duration=3.2 if unmet is SLOW else 0.05,
        phases=probe.phases,
        status_code=200,
        reason="OK",
        body="fine",
        peer_address=probe.peer_address,
        peer_port=probe.peer_port,
        node=probe.node,
        pod=probe.pod,
        peer_node=probe.peer_node,
        unmet=(unmet,),
        rule=digest(RULE),
    )


def judged_by_rule(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot of a target with a rule, by which all probes were judged."""
    target = replace(snapshot.target, healthy=RULE)
    return _changed(
        replace(snapshot, target=target), lambda p: replace(p, rule=digest(RULE))
    )


def for_users(snapshot: Snapshot, unmet: Unmet) -> Snapshot:
    """Return the snapshot in which users get a broken 200; the inside stays."""
    return _changed(
        judged_by_rule(snapshot),
        lambda p: broken(p, unmet) if p.role in AS_A_USER else p,
    )


def everywhere(snapshot: Snapshot, unmet: Unmet) -> Snapshot:
    """Return the snapshot in which each response of the app is a broken 200."""
    app = {*AS_A_USER, *Role} - {Role.UNKNOWN_HOST, Role.CONTROL}
    return _changed(
        judged_by_rule(snapshot), lambda p: broken(p, unmet) if p.role in app else p
    )


def inside_only(snapshot: Snapshot, change: Callable[[Probe], Probe]) -> Snapshot:
    """Return the snapshot with changed inside probes."""
    return replace(
        snapshot,
        reports=tuple(
            replace(r, probes=tuple(map(change, r.probes))) for r in snapshot.reports
        ),
    )


def _changed(snapshot: Snapshot, change: Callable[[Probe], Probe]) -> Snapshot:
    run = snapshot.run
    changed = run and replace(run, probes=tuple(map(change, run.probes)))
    return inside_only(replace(snapshot, run=changed), change)
