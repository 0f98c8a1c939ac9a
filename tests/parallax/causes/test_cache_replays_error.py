"""Specification of `cache-replays-error`."""

from dataclasses import replace

import pytest

from parallax.causes.cache_replays_error import CAUSE
from parallax.diagnose.judge import judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import ProbeRun, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

CDN = replace(s.TARGET, reached=replace(s.TARGET.reached, cdn=True))
HIT = "nginx/503_cache_HIT"


def users_got(pages: list[str]) -> Snapshot:
    """Return a target behind a CDN whose origin works."""
    return s.taken(s.run(pages, direct=s.OK), s.balancer(), *s.reports(), target=CDN)


@pytest.mark.parametrize(
    ("kept", "cause"),
    [(11, CAUSE.id), (10, CAUSE.id), (9, NOT_ESTABLISHED), (1, NOT_ESTABLISHED)],
)
def test_nearly_all_failing_answers_are_to_be_replays(kept: int, cause: str) -> None:
    """A few replays among fresh errors do not explain the fresh ones."""
    x = users_got([s.REPLAYED_503] * kept + [s.LB_503] * (11 - kept))
    assert judge(x).cause == cause


def at_ingress(buster: str = s.OK) -> ProbeRun:
    """Return replays of a cache at the ingress, also to direct requests."""
    run = s.run(HIT)
    probes = tuple(
        replace(p, **({"headers": ()} | s.answer(buster)))  # type: ignore[arg-type]
        if p.role is Role.CACHE_BUSTER
        else p
        for p in run.probes
    )
    return replace(run, probes=probes)


def test_a_cache_at_the_ingress_is_named() -> None:
    """It replays to everybody; only a cache-buster succeeds."""
    run = at_ingress()
    x = s.taken(run, s.balancer(), *s.reports())
    assert judge(x).cause == CAUSE.id
    logged = s.reports(sightings=s.seen(run, None))
    assert judge(s.taken(run, s.balancer(), *logged)).cause == CAUSE.id
    asked = s.reports(sightings=s.seen(run, 503))
    assert answer(CAUSE, s.taken(run, s.balancer(), *asked)) is Answer.UNKNOWN


def test_a_cache_at_the_ingress_before_a_failing_app_repeats_the_truth() -> None:
    """The cache-buster fails too, which hides the cache, or is replayed too."""
    failing = s.taken(at_ingress(s.POD_503), s.balancer(), *s.reports())
    assert answer(CAUSE, failing) is Answer.UNKNOWN
    nothing_past = s.taken(at_ingress(HIT), s.balancer(), *s.reports())
    assert answer(CAUSE, nothing_past) is Answer.UNKNOWN


def test_no_step_goes_past_a_cache_that_stands_behind_the_balancer() -> None:
    """The purge and the proof would use the same address."""
    (purge,) = judge(s.taken(at_ingress(), s.balancer(), *s.reports())).next_steps
    assert "PURGE" in (purge.command or "")
    run = s.run(s.REPLAYED_503, direct=s.OK)
    edge = tuple(
        replace(p, peer_address="203.0.113.80") if p.role is not Role.DIRECT else p
        for p in run.probes
    )
    before = s.taken(replace(run, probes=edge), s.balancer(), *s.reports(), target=CDN)
    assert len(judge(before).next_steps) == 2


def test_age_alone_names_no_cache() -> None:
    """An app may send Age itself; the direct request succeeded by chance."""
    run = s.run(s.POD_503, direct=s.OK)
    probes = tuple(
        p if p.healthy else replace(p, headers=(*p.headers, ("Age", "12")))
        for p in run.probes
    )
    x = s.taken(replace(run, probes=probes), s.balancer(), *s.reports())
    assert answer(CAUSE, x) is Answer.REFUTED
    assert judge(x).cause == NOT_ESTABLISHED
