"""Comparable: which inside probes show the same request as the failing external ones.

In: a snapshot. Out: whether an inside probe that is healthy says that users should be
served too. It does not: read evidence of a hop.
An agent may have an older targets file, or know less of a health rule; and it sends no
login. Its `healthy` is then the answer to another question. Such a probe is left out
where the difference may be the failure itself, so that it blames no hop in between.
"""

from collections.abc import Sequence

from parallax.model.probe import AS_A_USER, Check, ErrorType, Probe, Unmet
from parallax.model.snapshot import Snapshot
from parallax.rule import digest
from parallax.writers import attribute_probe

_NOT_SENT = (
    ErrorType.NAME_NOT_RESOLVED,
    ErrorType.CONNECTION_REFUSED,
    ErrorType.HOST_UNREACHABLE,
    ErrorType.ADDRESS_NOT_ALLOWED,
    ErrorType.TLS,
)
_BEFORE = ("resolve", "connect", "tls")
_UNAVAILABLE = 503


def unmet_of(snapshot: Snapshot, probe: Probe) -> tuple[Unmet, ...]:
    """Return which rules a complete response with an expected status breaks.

    A probe of an earlier release does not say it; then only one text can be missing.
    """
    rule = snapshot.target.healthy
    if probe.healthy or probe.status_code is None or probe.error_type is not None:
        return ()
    if probe.unmet:
        return probe.broken_rules
    if probe.status_code in rule.status_codes and rule.body_contains is not None:
        return (Unmet(check=Check.BODY, text="the body lacks the expected text"),)
    return ()


def left_out(snapshot: Snapshot, probes: Sequence[Probe]) -> tuple[Probe, ...]:
    """Return the inside probes that do not compare with the failing external ones."""
    run = snapshot.outside
    users = run.by_role(*AS_A_USER) if run else ()
    failing = [p for p in users if not p.healthy]
    if not failing:
        return ()
    without_login = any(p.without_login for p in probes) and not _reach_no_app(failing)
    breaking = [p for p in failing if unmet_of(snapshot, p)]
    by_rule = 2 * len(breaking) > len(failing)
    rule = digest(snapshot.target.healthy)
    return tuple(
        p
        for p in probes
        if p.healthy
        and ((without_login and p.without_login) or (by_rule and p.rule != rule))
    )


def _reach_no_app(failing: Sequence[Probe]) -> bool:
    """Say whether most requests end where no login is read: before the app.

    They have no connection, or the load balancer's own 503, for which it needs no
    response of a target.
    """
    return 2 * sum(map(_ends_before, failing)) > len(failing)


def _ends_before(probe: Probe) -> bool:
    if probe.status_code is None:
        return probe.error_type in _NOT_SENT or probe.error_phase in _BEFORE
    author = attribute_probe(probe) if probe.status_code == _UNAVAILABLE else None
    return author is not None and author.hop == "load-balancer"
