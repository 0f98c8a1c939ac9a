"""Inspect: reads the load balancers, every minute and when a probe fails.

In: the schedule's event, or the stream's records of failing runs; what they hold
does not matter, since one look serves all targets. Out: readings in the journal,
and a summary. It does not: judge.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from parallax import settings, targets
from parallax.aws import REVOKED, SecretError, secret
from parallax.inspect import (
    Allowance,
    answered,
    connect,
    read,
    record_all,
    unread,
)
from parallax.journal.choose import open_journal
from parallax.logs import open_log, with_context
from parallax.model.balancer import BalancerReading, Problem
from parallax.model.probe import ProbeRun
from parallax.model.target import Target

RUN_AGE = timedelta(minutes=5)
"""How old the run may be whose addresses tell a target's balancer."""
UNCONFIGURED = "no token is configured: set the stack's parameter HetznerToken"
TO_READ_IT = (
    "PARALLAX_HETZNER_TOKEN_ARN names it, and who runs inspect needs"
    " secretsmanager:GetSecretValue"
)
NOT_ALLOWED = ("AccessDeniedException", *REVOKED)
"""Secrets Manager's words for what somebody has to set right."""
found = settings.read()
journal = open_journal(found.journal_table)
allowance = Allowance(found.hetzner_calls_per_hour)
"""Lives with the container; another one has its own."""
log = open_log()


@with_context(log)
def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Read the balancers of all targets and write each reading down.

    Raises when all had their turn, so that the alarm of `Errors` can fire.
    """
    readings = look(targets.load(targets.find()), datetime.now(UTC))
    if failures := record_all(readings, journal.record):
        raise ExceptionGroup("readings not stored", failures)
    return {"readings": [summary(reading) for reading in readings]}


def look(known: Sequence[Target], now: datetime) -> tuple[BalancerReading, ...]:
    """Ask the API, or say that no token is there to ask with."""
    if found.hetzner_token_arn is None:
        return unasked(known, now, Problem.UNAUTHORIZED, UNCONFIGURED)
    try:
        token = secret(found.hetzner_token_arn).strip()
    except SecretError as error:
        if error.code in NOT_ALLOWED:
            text = f"{error}; {TO_READ_IT}"
            return unasked(known, now, Problem.UNAUTHORIZED, text)
        # AWS's trouble, and neither the token's nor Hetzner's.
        return unasked(known, now, Problem.OTHER, str(error))
    project = connect(token, found.hetzner_endpoint, allowance=allowance)
    before = allowance.calls
    readings = read(project, known, now, addresses=addresses)
    log.info(
        "Hetzner API was read",
        calls=allowance.calls - before,
        remaining_to_the_project=allowance.remaining,
    )
    told = {reading.target for reading in readings}
    if silent := [target.name for target in known if target.name not in told]:
        log.info(
            "targets were left without a load balancer reading",
            targets=silent,
            reason="reached.load_balancer is not set, and no probe of the last five"
            " minutes resolved an address",
        )
    return readings


def unasked(
    known: Sequence[Target], now: datetime, problem: Problem, reason: str
) -> tuple[BalancerReading, ...]:
    """Return a reading for every target that says why nobody was asked."""
    log.warning("load balancers were not read", reason=reason)
    return unread(known, now, problem, reason)


def addresses(target: Target) -> Sequence[str]:
    """Return what the target's name was answered with in its newest run."""
    seen = journal.recent(target.name, datetime.now(UTC) - RUN_AGE)
    runs = [one for one in seen if isinstance(one, ProbeRun)]
    fresh = [r for r in runs if datetime.now(UTC) - r.started_at <= RUN_AGE]
    return answered(fresh[-1]) if fresh else ()


def summary(reading: BalancerReading) -> dict[str, Any]:
    """Return a reading in short for whoever invoked by hand."""
    balancer = reading.load_balancer
    return {
        "target": reading.target,
        "load_balancer": balancer.name if balancer else None,
        "matched_by": reading.matched_by,
        "problem": reading.problem,
        "problem_detail": reading.problem_detail,
    }
