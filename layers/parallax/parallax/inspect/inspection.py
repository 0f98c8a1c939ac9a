"""Inspection: read the load balancers of all targets once, and store the readings.

In: the settings, a journal, the targets. Out: one reading per target, stored if it has
news. It does not: judge. A reading without a load balancer names the problem.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from parallax.aws import MALFORMED, REVOKED, SecretError, secret
from parallax.inspect.allowance import Allowance
from parallax.inspect.balancers import BUDGET, problem_readings, read_balancers
from parallax.inspect.history import History
from parallax.inspect.led_to import LedTo
from parallax.inspect.news import News
from parallax.inspect.project import connect
from parallax.inspect.projects import ONLY, read_projects, tokens_in
from parallax.inspect.record import record_all
from parallax.inspect.serving import resolved_addresses
from parallax.inspect.zones import is_suspicious, with_zones
from parallax.journal.choose import open_journal
from parallax.journal.observation import Journal
from parallax.model.balancer import BalancerReading, Problem
from parallax.model.freshness import is_fresh, run_stale
from parallax.model.probe import ProbeRun
from parallax.model.target import Target
from parallax.settings import Settings

RUN_AGE = timedelta(minutes=5)
"""Maximum age of the run whose addresses identify a target's load balancer; of a target
with a longer interval, three intervals."""
UNCONFIGURED = "no token is configured: set the stack's parameter HetznerToken"
ALLOW_READING = (
    "check that PARALLAX_HETZNER_TOKEN_ARN names the secret, and that the role of"
    " inspect has secretsmanager:GetSecretValue"
)
NOT_ALLOWED = ("AccessDeniedException", *REVOKED, MALFORMED)
"""Codes of errors of the secret that a person has to resolve."""
FIELD = "hetzner_token"
"""The secret's field with the token."""
log = logging.getLogger(__name__)


class Inspection:
    """Reads all load balancers again and again; one per container."""

    def __init__(self, settings: Settings, journal: Journal) -> None:
        self._settings = settings
        self.journal = journal
        self.allowances: dict[str, Allowance] = {}
        """By project, as Hetzner limits each; another container has its own."""
        self._news = News()
        self._history = History()
        self._led_to = LedTo()

    def run(
        self, targets: Sequence[Target], now: datetime, failing: Iterable[str] = ()
    ) -> tuple[BalancerReading, ...]:
        """Read the load balancers of all targets, and store the readings with news.

        `failing` names the targets whose failing probes started this run.
        Raises `ExceptionGroup` after the last target, so that the function's metric
        `Errors` counts readings that were not stored.
        """
        found = self._read(targets, now, frozenset(failing))
        readings = self._history.noted(found)
        worth = self._news.of(readings, failing, now)
        if failures := record_all(worth, self._record):
            raise ExceptionGroup("readings not stored", failures)
        return readings

    def _record(self, reading: BalancerReading) -> None:
        self.journal.record(reading)
        self._news.stored(reading)

    def addresses_of(self, target: Target) -> Sequence[str]:
        """Return the addresses that the target's name had in its last runs.

        Without a fresh run there is none.
        """
        now, age = datetime.now(UTC), max(RUN_AGE, run_stale(target.interval))
        run = self.journal.newest_run(target.name)
        if run is None or not is_fresh(run.started_at, now, age):
            return ()
        return self._led_to.with_earlier(target.name, resolved_addresses(run), now)

    def _read(
        self, targets: Sequence[Target], now: datetime, failing: frozenset[str]
    ) -> tuple[BalancerReading, ...]:
        """Call the API, or return readings that state why there is no token.

        A target without a load balancer gets no reading.
        """
        targets = [t for t in targets if not t.reached.no_balancer]
        arn = self._settings.hetzner_token_arn
        if arn is None:
            return _not_read(targets, now, Problem.UNAUTHORIZED, UNCONFIGURED)
        try:
            token = secret(arn, FIELD)
        except SecretError as error:
            if error.code in NOT_ALLOWED:
                reason = f"{error}; {ALLOW_READING}"
                return _not_read(targets, now, Problem.UNAUTHORIZED, reason)
            # AWS failed; the token and Hetzner may be fine.
            return _not_read(targets, now, Problem.OTHER, str(error))
        return self._call(tokens_in(token), targets, now, failing)

    def allowance(self, project: str = ONLY) -> Allowance:
        """Return the calls that may still be made in a project."""
        calls = self._settings.hetzner_calls_per_hour
        return self.allowances.setdefault(project, Allowance(calls))

    def _call(
        self,
        tokens: Mapping[str, str],
        targets: Sequence[Target],
        now: datetime,
        failing: frozenset[str],
    ) -> tuple[BalancerReading, ...]:
        ends = monotonic() + BUDGET

        def read(name: str, wanted: Sequence[Target]) -> tuple[BalancerReading, ...]:
            left = max(0.0, ends - monotonic())
            project = connect(
                tokens[name],
                self._settings.hetzner_endpoint,
                allowance=self.allowance(name),
            )
            before = project.allowance.calls
            found = read_balancers(
                project, wanted, now, budget=left, addresses=self.addresses_of
            )
            hosts = self._suspicious(wanted, found, failing)
            found = with_zones(project, found, hosts)
            _log_calls(name, project.allowance, before)
            return found

        readings = read_projects([*tokens], targets, now, read)
        _log_targets_without_reading(targets, readings)
        return readings

    def _suspicious(
        self,
        targets: Sequence[Target],
        readings: Sequence[BalancerReading],
        failing: frozenset[str],
    ) -> dict[str, str]:
        """Return the hosts of failing targets whose failure may come from DNS."""
        read = {reading.target: reading for reading in readings}
        hosts: dict[str, str] = {}
        for target in targets:
            if target.name not in failing or target.name not in read:
                continue
            run = self._newest_run(target)
            cdn = target.reached.cdn
            if run and is_suspicious(run, read[target.name], cdn=cdn):
                hosts[target.name] = target.host
        return hosts

    def _newest_run(self, target: Target) -> ProbeRun | None:
        """Return the target's newest run; without the journal there is none."""
        try:
            return self.journal.newest_run(target.name)
        except Exception as error:  # noqa: BLE001 - a zone must not cost the reading
            facts = {"target": target.name, "reason": repr(error)}
            log.warning("newest run could not be read", extra=facts)
            return None


def open_inspection(settings: Settings) -> Inspection:
    """Return the inspection of a function with these settings."""
    return Inspection(settings, open_journal(settings.journal_table))


def summarize(reading: BalancerReading) -> dict[str, Any]:
    """Return a short form of a reading, for an invocation by hand."""
    balancer = reading.load_balancer
    return {
        "target": reading.target,
        "load_balancer": balancer.name if balancer else None,
        "matched_by": reading.matched_by,
        "problem": reading.problem,
        "problem_detail": reading.problem_detail,
    }


def _not_read(
    targets: Sequence[Target], now: datetime, problem: Problem, reason: str
) -> tuple[BalancerReading, ...]:
    """Return a reading per target that states why the API was not called."""
    log.warning("load balancers were not read", extra={"reason": reason})
    return problem_readings(targets, now, problem, reason)


def _log_calls(project: str, allowance: Allowance, before: int) -> None:
    facts = {
        "project": project or "the only one",
        "calls": allowance.calls - before,
        "remaining_to_the_project": allowance.remaining,
    }
    log.info("Hetzner API was read", extra=facts)


def _log_targets_without_reading(
    targets: Sequence[Target], readings: Sequence[BalancerReading]
) -> None:
    read = {reading.target for reading in readings}
    if omitted := [target.name for target in targets if target.name not in read]:
        facts = {
            "targets": omitted,
            "reason": "reached.load_balancer is not set, and no probe of the last five"
            " minutes resolved an address",
        }
        log.info("targets were left without a load balancer reading", extra=facts)
